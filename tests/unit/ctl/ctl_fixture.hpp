/// @file
/// A daemon that says what a test tells it to, and agentctl with a terminal made of strings.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/ctl/surroundings.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace agentd::test {

using core::Json;

/// Speaks the contract of admin.sock (or, with `raw`, any lines at all) on a socket file.
class FakeDaemon {
  public:
    /// The lines that answer one request.
    using Answer = std::function<std::vector<Json>(const Json& request)>;

    FakeDaemon(const std::string& path, Answer answer)
        : listener_({.path = path, .mode = 0600}), answer_(std::move(answer)),
          thread_([this](const std::stop_token& stop) { serve(stop); }) {}

    std::vector<Json> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void serve(const std::stop_token& stop) {
        while (auto connection = listener_.accept(stop)) {
            const auto read = connection->channel.read_line(std::chrono::seconds(5), stop);
            if (read.end != core::LineChannel::End::line) {
                continue;
            }
            const Json request = Json::parse(read.line);
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            for (const Json& line : answer_(request)) {
                connection->channel.write_line(line.dump());
            }
        }
    }

    core::Listener listener_;
    Answer answer_;
    std::mutex mutex_;
    std::vector<Json> requests_;
    std::jthread thread_;
};

inline Json ok(Json result) {
    return {{"ok", true}, {"result", std::move(result)}};
}
inline Json error(const std::string& code, const std::string& message, Json exit = nullptr) {
    Json body{{"code", code}, {"message", message}, {"where", "here"}, {"hint", "do this"}};
    if (!exit.is_null()) {
        body["exit"] = exit;
    }
    return {{"ok", false}, {"error", body}};
}

/// What one call of agentctl did.
struct Ran {
    int exit = -1;
    std::string out;
    std::string err;
    Json json() const { return Json::parse(out); }
    std::vector<Json> lines() const {
        std::vector<Json> all;
        std::istringstream in(out);
        for (std::string line; std::getline(in, line);) {
            all.push_back(Json::parse(line));
        }
        return all;
    }
};

class Ctl {
  public:
    std::string socket() const { return directory / "admin.sock"; }

    /// `--socket` is added.
    Ran run(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--socket", socket()});
        return bare(arguments);
    }

    Ran bare(const std::vector<std::string>& arguments) {
        std::istringstream in(input);
        std::ostringstream out, err;
        const ctl::Surroundings around{
            .in = in,
            .out = out,
            .err = err,
            .clock = clock,
            .variable = [this](const char* name) -> std::optional<std::string> {
                const auto it = variables.find(name);
                return it == variables.end() ? std::nullopt : std::optional(it->second);
            },
            .in_is_terminal = terminal,
            .out_is_terminal = terminal,
            .uid = uid,
            .directory = cwd.empty() ? directory.path() : cwd,
            .session_began = session_began,
            .stop = stop.get_token()};
        const int exit = ctl::run(arguments, around);
        return {.exit = exit, .out = out.str(), .err = err.str()};
    }

    TempDir directory;
    FixedClock clock;
    std::map<std::string, std::string> variables{{"AGENTD_CONFIG", "/nonexistent/agentd.toml"},
                                                 {"TERM", "dumb"}};
    std::string input;
    std::string cwd;
    bool terminal = false;
    std::optional<core::Instant> session_began{};
    uid_t uid = 1000;
    std::stop_source stop;
};

/// Answers each method by its row; a method without one is a `usage` error.
inline FakeDaemon::Answer by_method(std::map<std::string, Json> results) {
    return [results = std::move(results)](const Json& request) -> std::vector<Json> {
        const auto it = results.find(request.at("method").get<std::string>());
        return {it == results.end() ? error("usage", "no such method", 64) : it->second};
    };
}

} // namespace agentd::test
