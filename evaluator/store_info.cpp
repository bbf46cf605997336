#include "evaluator/store_info.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_json = 256U << 20;
constexpr std::size_t paths_a_call = 1000; // stays far below the kernel's limit on arguments

core::Problem cancelled() {
    return {.code = "cancelled", .message = "stopped on request"};
}

/// What Nix said, without the mention of a network that is not there on purpose.
std::string last_error(const sandbox::Outcome& outcome) {
    std::string last;
    for (const auto line : core::lines(outcome.err.bytes)) {
        if (line.find("error") != line.npos || last.empty()) {
            last = core::printable(core::shorten(core::to_utf8(line), 512));
        }
    }
    return last.empty() ? "Nix " + sandbox::describe(outcome.ending) : last;
}

bool is_valid(const Nix& nix, const core::StorePath& path, const std::stop_token& stop) {
    return sandbox::run(nix.nix_store(NixPurpose::query, {"--check-validity", path.str()}), stop)
        .succeeded();
}

struct Answer {
    std::vector<PathInfo> paths{};
    std::chrono::milliseconds nix_time{};
};

core::Result<Answer> ask(const Nix& nix, const core::StorePath& path, bool recursive,
                         const std::stop_token& stop) {
    std::vector<std::string> arguments{"path-info", "--json"};
    if (recursive) {
        arguments.push_back("--recursive");
    }
    if (path.is_derivation()) {
        arguments.push_back("--derivation"); // else 2.8 means its outputs
    }
    arguments.push_back(path.str());
    auto command = nix.nix(NixPurpose::query, std::move(arguments));
    command.out = {.bytes = most_json, .above = sandbox::Cap::Above::stop};
    const auto outcome = sandbox::run(command, stop);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return cancelled();
    }
    if (!outcome.succeeded()) {
        if (!is_valid(nix, path, stop) && !stop.stop_requested()) {
            return core::Problem{.code = "not_in_store",
                                 .message = "the store does not have this path",
                                 .where = path.str(),
                                 .hint = "build it again"};
        }
        return core::Problem{
            .code = "query_failed", .message = last_error(outcome), .where = path.str()};
    }
    auto parsed = parse_path_info(outcome.out.bytes);
    if (!parsed) {
        return parsed.problem();
    }
    return Answer{std::move(parsed).value(),
                  std::chrono::ceil<std::chrono::milliseconds>(outcome.wall)};
}

} // namespace

const PathInfo* Closure::find(const core::StorePath& path) const {
    const auto it = std::lower_bound(
        paths.begin(), paths.end(), path,
        [](const PathInfo& info, const core::StorePath& p) { return info.path < p; });
    return it != paths.end() && it->path == path ? &*it : nullptr;
}

core::Result<Closure> closure_of(const Nix& nix, const core::StorePath& path,
                                 std::stop_token stop) {
    auto answer = ask(nix, path, true, stop);
    if (!answer) {
        return answer.problem();
    }
    Closure out{.root = path, .paths = std::move(answer->paths), .nix_time = answer->nix_time};
    for (const auto& info : out.paths) {
        out.nar_bytes += info.nar_size;
    }
    if (out.find(path) == nullptr) {
        return core::Problem{.code = "query_failed",
                             .message = "the closure does not hold its own root",
                             .where = path.str()};
    }
    return out;
}

core::Result<PathInfo> path_info(const Nix& nix, const core::StorePath& path,
                                 std::stop_token stop) {
    auto answer = ask(nix, path, false, stop);
    if (!answer) {
        return answer.problem();
    }
    if (answer->paths.size() != 1 || answer->paths.front().path != path) {
        return core::Problem{.code = "query_failed",
                             .message = "Nix answered about another path",
                             .where = path.str()};
    }
    return std::move(answer->paths.front());
}

ClosureManifest manifest_of(const Closure& closure) {
    std::string text;
    text.reserve(closure.paths.size() * 140);
    for (const auto& info : closure.paths) {
        text +=
            info.path.str() + "\t" + info.nar_hash + "\t" + std::to_string(info.nar_size) + "\n";
    }
    auto digest = core::sha256(text);
    return {.text = std::move(text), .digest = digest};
}

core::Result<core::Done> verify_paths(const Nix& nix, const std::vector<core::StorePath>& paths,
                                      std::stop_token stop) {
    for (std::size_t at = 0; at < paths.size(); at += paths_a_call) {
        std::vector<std::string> arguments{"--verify-path"};
        for (std::size_t i = at; i < std::min(paths.size(), at + paths_a_call); ++i) {
            arguments.push_back(paths[i].str());
        }
        auto command = nix.nix_store(NixPurpose::query, arguments);
        command.deadline = nix.settings().build_deadline; // it reads every byte
        const auto outcome = sandbox::run(command, stop);
        if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
            return cancelled();
        }
        if (outcome.succeeded()) {
            continue;
        }
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            if (outcome.err.bytes.find(arguments[i]) != std::string::npos) {
                return core::Problem{
                    .code = "store_damaged",
                    .message = "the bytes in the store are not what was built",
                    .where = arguments[i],
                    .hint = "run `nix-store --repair-path` on it, and look for a failing disk"};
            }
        }
        return core::Problem{
            .code = "query_failed", .message = last_error(outcome), .where = arguments[1]};
    }
    return core::Done{};
}

} // namespace agentd::evaluator
