#include "agentd/ctl/context.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <unistd.h>

namespace agentd::ctl {

using core::Json;

namespace {

constexpr const char* usual_config = "/etc/agentd/agentd.toml";

std::string variable(const Surroundings& around, const char* name) {
    return around.variable(name).value_or("");
}

} // namespace

Context::Context(Asked asked, const Surroundings& around)
    : asked_(std::move(asked)), around_(around), terminal_(around_, asked_.style()) {}

Reply Context::call(std::string_view method, const Json& params, const Hearing& hearing) {
    auto socket = admin_socket();
    if (auto* trouble = std::get_if<Trouble>(&socket)) {
        return std::move(*trouble);
    }
    return Daemon(std::get<std::string>(socket), around_.stop).call(method, params, hearing);
}

std::variant<std::string, Trouble> Context::admin_socket() {
    if (const auto given = asked_.value("--socket")) {
        return absolute(*given);
    }
    if (const auto given = variable(around_, "AGENTD_SOCKET"); !given.empty()) {
        return given;
    }
    auto config = this->config();
    if (auto* trouble = std::get_if<Trouble>(&config)) {
        return std::move(*trouble);
    }
    const auto& loaded = std::get<0>(config);
    return loaded ? loaded->sockets.admin : Config::Sockets{}.admin;
}

std::string Context::config_file() const {
    if (const auto given = asked_.value("--config")) {
        return absolute(*given);
    }
    const auto given = variable(around_, "AGENTD_CONFIG");
    return given.empty() ? usual_config : given;
}

std::variant<std::optional<Config>, Trouble> Context::config() {
    const std::string file = config_file();
    if (file == usual_config && ::access(file.c_str(), R_OK) != 0) {
        return std::nullopt;
    }
    try {
        auto loaded = load_config(file);
        if (loaded.config) {
            return std::move(loaded.config);
        }
        core::Problem problem = loaded.problems.empty() ? core::Problem{} : loaded.problems.front();
        problem.hint = "agentctl config check " + file;
        return Trouble{.problem = std::move(problem)};
    } catch (const core::Failure& failure) {
        return trouble_of(failure);
    }
}

std::variant<std::string, Trouble> Context::proposal() const {
    constexpr std::size_t shortest_prefix = 6;
    constexpr std::size_t id_size = 26;
    const std::string id = asked_.argument("ID");
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    const bool number = core::parse_integer(id).value_or(0) > 0 && plain;
    if (!plain || id.size() > id_size || (!number && id.size() < shortest_prefix)) {
        return usage("`" + one_line(id, 60) + "` is not an ID",
                     "give a number from `agentctl list`, or at least six characters of an id");
    }
    return id;
}

Reply Context::proposal_of(std::string_view method, Json params, const Hearing& hearing) {
    Reply reply = call(method, params, hearing);
    if (const Json* answer = std::get_if<Json>(&reply)) {
        return Json(part(*answer, "proposal"));
    }
    return reply;
}

std::string Context::absolute(const std::string& path) const {
    return path.starts_with("/") ? path : around_.directory + "/" + path;
}

bool Context::pause(std::chrono::milliseconds time) const {
    std::mutex mutex;
    std::condition_variable_any sleeper;
    std::unique_lock lock(mutex);
    sleeper.wait_for(lock, around_.stop, time, [] { return false; });
    return !around_.stop.stop_requested();
}

std::optional<std::string> find_program(const Surroundings& around, std::string_view name) {
    for (const std::string& folder : around.program_folders) {
        const std::string path = folder + "/" + std::string(name);
        if (::access(path.c_str(), X_OK) == 0) {
            return path;
        }
    }
    return std::nullopt;
}

} // namespace agentd::ctl
