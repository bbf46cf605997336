#include "agentd/stages/dead_bytes.hpp"

#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <algorithm>
#include <set>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using Paths = std::set<std::string, std::less<>>;

constexpr std::size_t most_output = 64U << 20;
constexpr std::size_t paths_a_call = 400;

Result<std::string> ask(const evaluator::Nix& nix, std::vector<std::string> arguments,
                        const std::stop_token& stop) {
    auto command = nix.nix_store(evaluator::NixPurpose::query, std::move(arguments));
    command.out.bytes = most_output;
    const auto outcome = sandbox::run(command, stop);
    if (stop.stop_requested()) {
        return Problem{.code = "cancelled", .message = "stopped on request"};
    }
    if (!outcome.succeeded() || outcome.out.truncated) {
        const auto said = core::lines(core::trim(outcome.err.bytes));
        return Problem{.code = "query_failed",
                       .message = said.empty() ? "nix-store did not answer"
                                               : core::printable(core::shorten(said.back(), 300))};
    }
    return outcome.out.bytes;
}

void add_paths(std::string_view printed, Paths& paths) {
    for (const auto line : core::lines(printed)) {
        if (core::StorePath::parse(line)) {
            paths.emplace(line);
        }
    }
}

/// In several calls: a command line has an end.
Result<Paths> ask_about(const evaluator::Nix& nix, const std::vector<std::string>& question,
                        const std::vector<std::string>& paths, const std::stop_token& stop) {
    Paths found;
    for (std::size_t at = 0; at < paths.size(); at += paths_a_call) {
        auto arguments = question;
        const auto end = std::min(paths.size(), at + paths_a_call);
        arguments.insert(arguments.end(), paths.begin() + static_cast<std::ptrdiff_t>(at),
                         paths.begin() + static_cast<std::ptrdiff_t>(end));
        const auto printed = ask(nix, std::move(arguments), stop);
        if (!printed) {
            return printed.problem();
        }
        add_paths(*printed, found);
    }
    return found;
}

/// A root may outlive what it kept, and a broken build leaves files that are no path of the store:
/// asked about one of them, Nix would not answer about the others either.
Result<std::vector<std::string>> valid_of(const evaluator::Nix& nix, std::vector<std::string> paths,
                                          const std::stop_token& stop) {
    const auto lost = ask_about(nix, {"--check-validity", "--print-invalid"}, paths, stop);
    if (!lost) {
        return lost.problem();
    }
    std::erase_if(paths, [&](const std::string& path) { return lost->contains(path); });
    return paths;
}

Result<std::uint64_t> size_of(const evaluator::Nix& nix, const std::vector<std::string>& all,
                              const std::stop_token& stop) {
    std::uint64_t bytes = 0;
    for (std::size_t at = 0; at < all.size(); at += paths_a_call) {
        std::vector<std::string> arguments{"--query", "--size"};
        const auto end = std::min(all.size(), at + paths_a_call);
        arguments.insert(arguments.end(), all.begin() + static_cast<std::ptrdiff_t>(at),
                         all.begin() + static_cast<std::ptrdiff_t>(end));
        const auto printed = ask(nix, std::move(arguments), stop);
        if (!printed) {
            return printed.problem();
        }
        for (const auto line : core::lines(*printed)) {
            const auto size = core::parse_integer(core::trim(line));
            bytes += size && *size > 0 ? static_cast<std::uint64_t>(*size) : 0;
        }
    }
    return bytes;
}

std::vector<std::string> links_of(const std::vector<machine::Generation>& generations,
                                  const machine::Machine& machine) {
    const std::string profile = machine.on_host(machine.profile());
    std::vector<std::string> links;
    for (const auto& generation : generations) {
        links.push_back(profile + "-" + std::to_string(generation.number) + "-link");
    }
    return links;
}

/// What only these generations keep.
Result<Paths> orphaned(const evaluator::Nix& nix, const std::vector<machine::Generation>& removed,
                       const machine::Machine& machine, const std::stop_token& stop) {
    if (removed.empty()) {
        return Paths{};
    }
    const auto printed = ask(nix, {"--gc", "--print-roots"}, stop);
    if (!printed) {
        return printed.problem();
    }
    std::vector<std::string> gone;
    for (const auto& generation : removed) {
        gone.push_back(generation.path.str());
    }
    const auto roots = valid_of(nix, roots_in(*printed, links_of(removed, machine)), stop);
    if (!roots) {
        return roots.problem();
    }
    auto closure = ask_about(nix, {"--query", "--requisites"}, gone, stop);
    const auto live = ask_about(nix, {"--query", "--requisites"}, *roots, stop);
    if (!closure || !live) {
        return closure ? live.problem() : closure.problem();
    }
    std::erase_if(*closure, [&](const std::string& path) { return live->contains(path); });
    return closure;
}

} // namespace

std::vector<std::string> roots_in(std::string_view printed,
                                  const std::vector<std::string>& without) {
    Paths paths;
    for (const auto line : core::lines(printed)) {
        const auto arrow = line.rfind(" -> ");
        if (arrow == std::string_view::npos) {
            continue;
        }
        const auto link = line.substr(0, arrow);
        const auto path = core::trim(line.substr(arrow + 4));
        if (core::StorePath::parse(path) &&
            std::find(without.begin(), without.end(), link) == without.end()) {
            paths.emplace(path);
        }
    }
    return {paths.begin(), paths.end()};
}

Result<DeadBytes> dead_bytes(const evaluator::Nix& nix,
                             const std::vector<machine::Generation>& removed,
                             const machine::Machine& machine, const std::stop_token& stop) {
    auto dead = orphaned(nix, removed, machine, stop);
    if (!dead) {
        return dead.problem();
    }
    const auto already = ask(nix, {"--gc", "--print-dead"}, stop);
    if (!already) {
        return already.problem();
    }
    add_paths(*already, *dead);
    const auto paths = valid_of(nix, {dead->begin(), dead->end()}, stop);
    const auto bytes = paths ? size_of(nix, *paths, stop) : Result<std::uint64_t>(paths.problem());
    if (!bytes) {
        return bytes.problem();
    }
    return DeadBytes{.bytes = *bytes, .paths = paths->size()};
}

} // namespace agentd::stages
