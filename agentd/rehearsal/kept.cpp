#include "agentd/rehearsal/kept.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/keep_newest.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

namespace agentd::rehearsal {

namespace {

namespace fs = std::filesystem;
constexpr std::size_t max_bytes = 1U << 20;

core::Json depends_on(Question question, const Bounds& bounds, const std::string& place) {
    question.kept = false;
    return {{"question", to_json(question)}, {"place", place},      {"disk", bounds.disk},
            {"processes", bounds.processes}, {"lent", bounds.lent}, {"owned", bounds.owned}};
}

} // namespace

Kept::Kept(std::string folder, const Question& question, const Bounds& bounds,
           const std::string& place)
    : folder_(std::move(folder)), system_(question.system.str()),
      file_(folder_ + "/" +
            core::sha256(core::canonical(depends_on(question, bounds, place))).hex()) {}

std::optional<Rehearsal> Kept::find() const {
    std::error_code error;
    const auto written = fs::last_write_time(file_, error);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(
        fs::file_time_type::clock::now() - written);
    if (error || age < std::chrono::seconds(0) || age > longest) {
        return std::nullopt;
    }
    try {
        const auto text = core::read_file_if_exists(file_, max_bytes);
        const auto json = core::parse_json(text.value_or(""), {.bytes = max_bytes, .depth = 8});
        auto seen = json ? rehearsal_from_json(*json) : core::Result<Rehearsal>(json.problem());
        if (!seen || seen->system != system_) {
            return std::nullopt;
        }
        seen->log = core::shorten(
            fmt::format("-- seen {} s ago, and not booted again --\n{}", age.count(), seen->log),
            Rehearsal::max_log - 8);
        return *seen;
    } catch (const core::Failure&) { // it is booted again
        return std::nullopt;
    }
}

void Kept::keep(const Rehearsal& seen) const {
    if (!seen.up || seen.truncated || seen.dry_run || seen.units.empty()) {
        return;
    }
    try {
        fs::create_directories(folder_);
        ::chmod(folder_.c_str(), 0700);
        core::write_file_durably(file_, core::canonical(to_json(seen)), 0600);
        core::keep_newest(folder_, "", most);
    } catch (const std::exception&) { // no room, or nowhere: the next is booted again
    }
}

std::string folder_of_kept() {
    const char* given = std::getenv("CACHE_DIRECTORY"); // systemd.exec(5)
    return given != nullptr && *given == '/' ? given : "/var/cache/agentd-rehearse";
}

std::string digest_of_self() {
    return core::sha256(core::read_file("/proc/self/exe")).hex();
}

} // namespace agentd::rehearsal
