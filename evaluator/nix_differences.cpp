#include "evaluator/nix_differences.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace agentd::evaluator {
namespace {

constexpr std::array differences{
    NixDifference{NixAbility::config_show, "config show", 20},
    NixDifference{NixAbility::derivation_show, "derivation show", 20},
    NixDifference{NixAbility::store_info, "store info", 20},
    NixDifference{NixAbility::max_call_depth, "max-call-depth", 20},
    NixDifference{NixAbility::max_substitution_jobs, "max-substitution-jobs", 20},
    NixDifference{NixAbility::update_by_name, "flake update NAME", 19},
};

/// A release of Nix 2 or of Lix 2: minor and patch.
using Release = std::pair<int, int>;

struct Known {
    NixHole hole{};
    Release first{};                 ///< that has it
    std::array<Release, 8> mended{}; ///< of each branch that was mended; {} ends it
    bool lix = false;                ///< these are Lix's numbers
};

/// From the advisories of the Nix and Lix projects.
constexpr std::array known{
    Known{{"CVE-2024-27297", "builds hand each other open files"},
          {0, 0},
          {{{3, 18}, {18, 2}, {19, 4}, {20, 5}, {21, 0}}}},
    Known{{"CVE-2024-38531", "a build's folder can be entered from outside"},
          {0, 0},
          {{{18, 4}, {19, 5}, {20, 7}, {21, 3}, {22, 2}, {23, 1}}}},
    Known{{"CVE-2024-45593", "an archive writes outside its place"}, {24, 0}, {{{24, 6}}}},
    Known{{"CVE-2025-46415", "races in a build's folders, with its sisters up to CVE-2025-52993"},
          {0, 0},
          {{{24, 15}, {26, 4}, {28, 4}, {29, 1}}}},
    Known{{"CVE-2026-39860", "a fixed-output build overwrites files of the daemon"},
          {18, 2},
          {{{28, 6}, {29, 3}, {30, 4}, {31, 4}, {32, 7}, {33, 4}, {34, 5}}}},
    Known{{"CVE-2026-44028", "an archive overwrites the daemon's memory"},
          {24, 4},
          {{{28, 7}, {29, 4}, {30, 5}, {31, 5}, {32, 8}, {33, 6}, {34, 7}}}},
    Known{{"CVE-2025-46415", "races in a build's folders, with its sisters up to CVE-2025-52993"},
          {90, 0},
          {{{91, 2}, {92, 2}, {93, 1}}},
          true},
    Known{{"CVE-2026-44028", "an archive overwrites the daemon's memory"},
          {93, 0},
          {{{93, 4}, {94, 2}, {95, 2}}},
          true},
};

bool mended(const Known& entry, Release release) {
    const Release* newest = nullptr;
    for (const auto& fixed : entry.mended) {
        if (fixed == Release{}) {
            break;
        }
        if (release.first == fixed.first) {
            return release.second >= fixed.second;
        }
        newest = &fixed;
    }
    return newest != nullptr && release.first > newest->first;
}

} // namespace

std::span<const NixDifference> nix_differences() {
    return differences;
}

bool has(const NixVersion& version, NixAbility ability) {
    const auto* row =
        std::find_if(differences.begin(), differences.end(),
                     [&](const NixDifference& each) { return each.ability == ability; });
    return version.at_least(2, row->since_minor);
}

std::vector<std::string> show_settings_words(const NixVersion& version) {
    return has(version, NixAbility::config_show) ? std::vector<std::string>{"config", "show"}
                                                 : std::vector<std::string>{"show-config"};
}

std::vector<std::string> show_store_words(const NixVersion& version) {
    return {"store", has(version, NixAbility::store_info) ? "info" : "ping"};
}

std::vector<std::string> show_derivation_words(const NixVersion& version) {
    return has(version, NixAbility::derivation_show)
               ? std::vector<std::string>{"derivation", "show"}
               : std::vector<std::string>{"show-derivation"};
}

std::vector<std::string> relock_words(const NixVersion& version, const std::string& folder,
                                      const std::vector<std::string>& inputs) {
    if (has(version, NixAbility::update_by_name)) {
        std::vector<std::string> out{"flake", "update", "--flake", "path:" + folder};
        out.insert(out.end(), inputs.begin(), inputs.end());
        return out;
    }
    std::vector<std::string> out{"flake", "lock", "path:" + folder};
    for (const auto& input : inputs) {
        out.insert(out.end(), {"--update-input", input});
    }
    return out;
}

std::vector<NixHole> holes_in(const NixVersion& version) {
    std::vector<NixHole> out;
    const Release release{version.minor, version.patch};
    if (version.major > 2) {
        return out; // newer than whatever is known here
    }
    for (const auto& entry : known) {
        if (entry.lix == (version.flavour == NixFlavour::lix) && release >= entry.first &&
            !mended(entry, release)) {
            out.push_back(entry.hole);
        }
    }
    return out;
}

bool build_escapable(const NixVersion& version) {
    return !holes_in(version).empty();
}

} // namespace agentd::evaluator
