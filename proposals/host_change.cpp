#include "proposals/host_change.hpp"

#include "agentd/core/text.hpp"
#include "proposals/names.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {

constexpr Names<HostFate, 8> fate_names{"same",   "changed", "added",  "removed",
                                        "breaks", "mended",  "broken", "unknown"};
constexpr std::size_t most_named = 5;

std::size_t how_many(const HostChanges& changes, HostFate fate) {
    return static_cast<std::size_t>(
        std::count_if(changes.hosts.begin(), changes.hosts.end(),
                      [&](const auto& host) { return host.fate == fate; }));
}

/// `the host gate`, `the hosts gate and nas`.
std::string the_hosts(const HostChanges& changes, HostFate fate) {
    return (how_many(changes, fate) == 1 ? "the host " : "the hosts ") + names_of(changes, fate);
}

std::string first_reason(const HostChanges& changes, HostFate fate) {
    const auto it = std::find_if(changes.hosts.begin(), changes.hosts.end(),
                                 [&](const auto& host) { return host.fate == fate; });
    return it == changes.hosts.end() ? "" : core::shorten(it->why, 300);
}

} // namespace

std::string_view to_string(HostFate fate) noexcept {
    return name_of(fate_names, fate);
}

bool HostChanges::concerning() const noexcept {
    return std::any_of(hosts.begin(), hosts.end(),
                       [](const auto& host) { return host.fate == HostFate::breaks; });
}

std::string names_of(const HostChanges& changes, HostFate fate) {
    std::vector<std::string> names;
    for (const auto& host : changes.hosts) {
        if (host.fate == fate) {
            names.push_back(core::printable(host.name));
        }
    }
    const std::size_t rest = names.size() > most_named ? names.size() - most_named : 0;
    std::string last;
    if (rest > 0) {
        names.resize(most_named);
        last = std::to_string(rest) + " more";
    } else if (!names.empty()) {
        last = names.back();
        names.pop_back();
    }
    return names.empty() ? last : core::join(names, ", ") + " and " + last;
}

std::vector<std::string> sentences(const HostChanges& changes) {
    std::vector<std::string> out;
    if (how_many(changes, HostFate::breaks) > 0) {
        out.push_back(
            "This breaks " + the_hosts(changes, HostFate::breaks) +
            ", which could be evaluated before: " + first_reason(changes, HostFate::breaks));
    }
    if (how_many(changes, HostFate::changed) > 0) {
        out.push_back("This also changes " + the_hosts(changes, HostFate::changed) +
                      ": it is not applied there by this machine.");
    }
    if (how_many(changes, HostFate::added) > 0) {
        out.push_back("This adds " + the_hosts(changes, HostFate::added) + " to the flake.");
    }
    if (how_many(changes, HostFate::removed) > 0) {
        out.push_back("This removes " + the_hosts(changes, HostFate::removed) + " from the flake.");
    }
    if (how_many(changes, HostFate::mended) > 0) {
        out.push_back("With this " + the_hosts(changes, HostFate::mended) +
                      " can be evaluated again.");
    }
    if (how_many(changes, HostFate::broken) > 0) {
        out.push_back("Before and after this " + the_hosts(changes, HostFate::broken) +
                      " cannot be evaluated.");
    }
    if (how_many(changes, HostFate::unknown) > 0) {
        out.push_back("What this does to " + the_hosts(changes, HostFate::unknown) +
                      " is not known: " + first_reason(changes, HostFate::unknown));
    }
    if (changes.more) {
        out.emplace_back("There are more hosts than are looked at.");
    }
    if (!changes.trouble.empty()) {
        out.push_back("Which hosts come and which go is not known: " + changes.trouble);
    }
    return out;
}

std::string headline(const HostChanges& changes) {
    const auto all = sentences(changes);
    return all.empty() ? "no other host of the flake changes" : core::join(all, " ");
}

core::Json to_json(const HostChanges& changes) {
    core::Json rows = core::Json::array();
    for (const auto& host : changes.hosts) {
        rows.push_back({{"name", host.name}, {"fate", to_string(host.fate)}, {"why", host.why}});
    }
    return {{"schema", "agentd.hosts/1"},
            {"hosts", std::move(rows)},
            {"sentences", sentences(changes)},
            {"more", changes.more}};
}

} // namespace agentd::proposals
