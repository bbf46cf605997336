/// @file
/// What a change does to the other hosts of the flake: nothing of it is applied there by this
/// machine.
#pragma once

#include "agentd/core/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

enum class HostFate {
    same,
    changed,
    added,
    removed,
    breaks,  ///< it could be evaluated before, and cannot be now
    mended,  ///< the other way round
    broken,  ///< it could not be evaluated before, and cannot be now
    unknown, ///< it was not looked at, or not to the end
};

std::string_view to_string(HostFate fate) noexcept;

struct HostChange {
    std::string name{};
    HostFate fate{};
    std::string why{}; ///< what is wrong with it, "" where nothing is
    friend bool operator==(const HostChange&, const HostChange&) = default;
};

/// A hint for people and nothing for policy: evidence of its own, which may come after the verdict.
struct HostChanges {
    static constexpr std::size_t max_hosts = 64;

    std::vector<HostChange> hosts{}; ///< the others, sorted by name
    bool more = false;               ///< there are more, and nobody looked at them
    std::string trouble{};           ///< why it is not known which there were, or are; else ""
    friend bool operator==(const HostChanges&, const HostChanges&) = default;

    bool concerning() const noexcept; ///< some host breaks
};

/// The hosts that this can be said of, as a person would say it: `gate`, `gate and nas`,
/// `gate, nas and 3 more`.
std::string names_of(const HostChanges& changes, HostFate fate);
/// `This also changes the host gate: it is not applied there by this machine.`; a sentence for each
/// thing that is to be said, none where no other host is touched.
std::vector<std::string> sentences(const HostChanges& changes);
/// All of it in one line, also where nothing changes.
std::string headline(const HostChanges& changes);

/// `agentd.hosts/1`.
core::Json to_json(const HostChanges& changes);

} // namespace agentd::proposals
