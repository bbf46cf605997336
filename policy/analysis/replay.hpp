/// @file
/// Decisions of the past put to another policy.
#pragma once

#include "policy/rule.hpp"
#include "proposals/verdict.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace agentd::policy {

/// A decision as the log has it.
struct PastDecision {
    std::uint64_t entry = 0;
    std::string proposal{};
    std::string at{};
    proposals::Verdict verdict{};
    Facts facts{};
};

/// One that comes out otherwise: another level, presence or obligations.
struct ChangedDecision {
    PastDecision past{};
    proposals::Verdict now{};
    /// More happens, with less proof, or with less asked for.
    bool looser = false;
};

/// Takes decisions one by one; remembers those that change (at most `most_changes` of them) and
/// which rules ever counted.
class Replay {
  public:
    static constexpr std::size_t most_changes = 1000;

    explicit Replay(const Policy& policy);
    void take(PastDecision past);

    std::uint64_t decisions() const noexcept { return decisions_; }
    std::uint64_t changes() const noexcept { return changes_; }
    std::uint64_t looser() const noexcept { return looser_; }
    const std::vector<ChangedDecision>& changed() const noexcept { return changed_; }
    /// Rules that no decision met with every fact known; nothing where there was no decision.
    std::vector<std::string> never_matched() const;

  private:
    const Policy& policy_;
    std::vector<bool> matched_{};
    std::vector<ChangedDecision> changed_{};
    std::uint64_t decisions_ = 0, changes_ = 0, looser_ = 0;
};

/// Does `now` let more happen than `before`, with less proof or with less asked for?
bool is_looser(const proposals::Verdict& before, const proposals::Verdict& now);

} // namespace agentd::policy
