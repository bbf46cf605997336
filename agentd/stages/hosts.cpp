#include "agentd/stages/hosts.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/keep.hpp"
#include "evaluator/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using core::StorePath;
using evaluator::FlakeSource;
using proposals::HostChange;
using proposals::HostFate;

/// An input that its lock names and the store has not: then what Nix says of it says nothing of the
/// host. Who tested the candidate had them all; they may have been collected since.
std::optional<Problem> missing_input(const evaluator::Nix& nix, const FlakeSource& source,
                                     const std::stop_token& stop) {
    const auto lock = evaluator::parse_lock(evaluator::lock_text(nix, source, stop));
    for (const auto& node : lock ? *lock : std::vector<evaluator::LockNode>{}) {
        std::error_code error;
        if (node.source && !std::filesystem::exists(node.source->path.str(), error)) {
            return Problem{.code = "input_missing",
                           .message = "the input `" + core::printable(node.name) +
                                      "` is not in the store any more"};
        }
    }
    return std::nullopt;
}

/// Asks for one host after the other, as long as there is time.
class Looker {
  public:
    Looker(const HostsTools& tools, const std::stop_token& stop) : tools_(tools), stop_(stop) {}

    Result<StorePath> derivation(const FlakeSource& source, const core::HostName& host) {
        if (auto known =
                tools_.shelf ? tools_.shelf->find_derivation(source, host) : std::nullopt) {
            return std::move(*known);
        }
        auto found = in_turn<StorePath>([&](const std::stop_token& stop) {
            auto asked = evaluator::host_derivation(tools_.nix, source, host, tools_.each, stop);
            auto missing = asked ? std::nullopt : missing_input(tools_.nix, source, stop);
            return missing ? Result<StorePath>(std::move(*missing)) : std::move(asked);
        });
        if (found && tools_.shelf != nullptr) {
            tools_.shelf->keep_derivation(source, host, *found);
        }
        return found;
    }

    Result<std::set<std::string>> names(const FlakeSource& source, const core::HostName& host) {
        const auto known =
            tools_.shelf != nullptr ? tools_.shelf->find(source, host) : std::nullopt;
        if (known) {
            return std::set(known->evaluated.hosts.begin(), known->evaluated.hosts.end());
        }
        auto listed = in_turn<std::vector<std::string>>([&](const std::stop_token& stop) {
            return evaluator::list_hosts(tools_.nix, source, stop);
        });
        if (!listed) {
            return listed.problem();
        }
        return std::set(listed->begin(), listed->end());
    }

  private:
    /// What it takes counts whether it was done or had to step aside: so there is an end to it.
    template <class T, class Ask> Result<T> in_turn(const Ask& ask) {
        Result<T> found = Problem{};
        const HostsTools::Look look = [&](const std::stop_token& stop) {
            if (spent_ > tools_.most) {
                found =
                    Problem{.code = "hosts_timeout", .message = "there was no time left for it"};
                return true;
            }
            const auto began_us = tools_.clock.monotonic_us();
            found = safely<T>(ask, stop);
            spent_ += std::chrono::microseconds(tools_.clock.monotonic_us() - began_us);
            return found || found.problem().code != "cancelled";
        };
        if (tools_.in_turn) {
            tools_.in_turn(look);
        } else {
            look(stop_);
        }
        return found;
    }
    template <class T, class Ask>
    Result<T> safely(const Ask& ask, const std::stop_token& stop) const try {
        return ask(stop);
    } catch (const core::Failure& failure) {
        return Problem{.code = "unavailable_limit", .message = failure.what()};
    }

    const HostsTools& tools_;
    const std::stop_token& stop_;
    std::chrono::microseconds spent_{};
};

/// It says nothing about the host: time, memory or surroundings ended it.
bool says_nothing(const Problem& problem) {
    return problem.code == "input_missing" || problem.code.ends_with("_limit") ||
           problem.code.ends_with("_timeout") || problem.code == "cancelled";
}

/// A text of the flake's, which may be anything, as a part of a line.
std::string on_a_line(std::string text, std::size_t most) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return core::shorten(core::printable(text), most);
}

std::string why(const Problem& problem) {
    return on_a_line((problem.where.empty() ? "" : problem.where + ": ") + problem.message, 500);
}

HostChange compare(const std::string& name, const Result<StorePath>& before,
                   const Result<StorePath>& after) {
    for (const auto* side : {&after, &before}) {
        if (!*side && says_nothing(side->problem())) {
            return {.name = name, .fate = HostFate::unknown, .why = why(side->problem())};
        }
    }
    if (!after) {
        return {.name = name,
                .fate = before ? HostFate::breaks : HostFate::broken,
                .why = why(after.problem())};
    }
    return {.name = name,
            .fate = !before                           ? HostFate::mended
                    : before.value() == after.value() ? HostFate::same
                                                      : HostFate::changed};
}

HostChange look_at(const std::string& name, bool was, bool is, const HostsAsked& asked,
                   Looker& looker) {
    if (!was || !is) {
        return {.name = on_a_line(name, 100), .fate = is ? HostFate::added : HostFate::removed};
    }
    const auto host = core::HostName::parse(name);
    if (!host) {
        return {.name = on_a_line(name, 100),
                .fate = HostFate::unknown,
                .why = "it has a name that no host can have"};
    }
    const auto after = looker.derivation(asked.candidate, *host);
    return compare(name, looker.derivation(asked.base, *host), after);
}

/// What was not looked at to its end is never green.
proposals::EvidenceStatus status_of(const proposals::HostChanges& changes) {
    const bool unseen =
        changes.more || !changes.trouble.empty() ||
        std::any_of(changes.hosts.begin(), changes.hosts.end(),
                    [](const auto& host) { return host.fate == HostFate::unknown; });
    return changes.concerning() ? proposals::EvidenceStatus::failed
           : unseen             ? proposals::EvidenceStatus::unjudged
                                : proposals::EvidenceStatus::passed;
}

/// A line for each host.
std::string log_of(const proposals::HostChanges& changes) {
    std::string text;
    for (const auto& host : changes.hosts) {
        text += host.name + ": " + std::string(to_string(host.fate)) +
                (host.why.empty() ? "" : ": " + host.why) + "\n";
    }
    return core::to_utf8(text);
}

} // namespace

proposals::HostChanges other_hosts(const HostsAsked& asked, const HostsTools& tools,
                                   const std::stop_token& stop) {
    Looker looker(tools, stop);
    proposals::HostChanges out;
    std::set<std::string> before, after;
    if (asked.hosts) {
        after = {asked.hosts->begin(), asked.hosts->end()};
    } else if (auto names = looker.names(asked.candidate, asked.host)) {
        after = std::move(*names);
    } else {
        out.trouble = why(names.problem());
        return out;
    }
    if (auto names = looker.names(asked.base, asked.host)) {
        before = std::move(*names);
    } else {
        out.trouble = why(names.problem());
        before = after;
    }
    // Those of the base first: no number of new ones keeps them from being looked at.
    for (const auto* names : {&before, &after}) {
        for (const auto& name : *names) {
            const bool told =
                name == asked.host.str() || (names == &after && before.contains(name));
            if (!told && out.hosts.size() == proposals::HostChanges::max_hosts) {
                out.more = true;
            } else if (!told) {
                out.hosts.push_back(
                    look_at(name, before.contains(name), after.contains(name), asked, looker));
            }
        }
    }
    std::sort(out.hosts.begin(), out.hosts.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

HostsJudged judge_hosts(const HostsAsked& asked, const HostsTools& tools, store::Blobs& blobs,
                        const std::stop_token& stop) {
    const auto started = tools.clock.now();
    const auto started_us = tools.clock.monotonic_us();
    HostsJudged judged{.changes = other_hosts(asked, tools, stop)};
    const auto& changes = judged.changes;
    judged.evidence = {
        .level = proposals::EvidenceLevel::hosts,
        .status = status_of(changes),
        .started = started,
        .duration = std::chrono::milliseconds((tools.clock.monotonic_us() - started_us) / 1000),
        .summary = core::shorten(core::to_utf8(headline(changes)), 2000),
        .log_blob = keep(blobs, log_of(changes)),
        .result_digest = keep(blobs, core::canonical(proposals::to_json(changes)))};
    return judged;
}

} // namespace agentd::stages
