/// @file
/// What a proposal asks for: a change of the flake, an act, or going back to an earlier system.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/json.hpp"
#include "proposals/act.hpp"
#include "proposals/intake_flag.hpp"
#include "proposals/plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::proposals {

enum class ChangeKind { added, removed, modified };

std::string_view to_string(ChangeKind kind) noexcept;
std::optional<ChangeKind> parse_change_kind(std::string_view text) noexcept;

struct ChangedFile {
    std::string path{};
    ChangeKind change{};
    std::optional<std::vector<Flag>> flags{}; ///< sorted; nullopt in an entry from before there were any
    friend bool operator==(const ChangedFile&, const ChangedFile&) = default;
};

/// A commit on the owner's branch: what it says is evaluated, built and applied.
struct Change {
    std::optional<std::vector<plan::Wish>> operations{};
    std::optional<plan::Planned> plan{}; ///< what came of them; nullopt in an entry from before
    std::string base_commit{};
    std::string base_branch{};
    std::string candidate_commit{};
    std::string candidate_tree{};            ///< tree digest (SHA-256) of the candidate
    std::optional<std::string> patch_blob{}; ///< digest of the submitted patch
    std::optional<std::string> diff_blob{};  ///< digest of the daemon's own diff
    std::vector<ChangedFile> files{};
    friend bool operator==(const Change&, const Change&) = default;
};

/// A system that this machine had before, by its store path. Nothing of the flake changes.
struct Rollback {
    std::string to{};                         ///< store path
    std::optional<std::int64_t> generation{}; ///< of the system profile, when it was drafted
    friend bool operator==(const Rollback&, const Rollback&) = default;
};

using Revision = std::variant<Change, Act, Rollback>;

/// `change`, `act` or `rollback`.
std::string_view kind_of(const Revision& revision) noexcept;

/// One object with the key `kind`, to be joined with the rest of a draft.
core::Json to_json(const Revision& revision);
/// Reads its keys out of the draft's reader; entries from before there were kinds hold a change.
Revision read_revision(core::ObjectReader& in);

/// What a statement calls `revision`: SHA-256 over the canonical object of host and base_commit,
/// candidate_commit, candidate_tree (a change), `act` (an act) or `rollback_to` (a rollback). The
/// same bytes for the same host are the same revision.
core::Digest revision_digest(const std::string& host, const Revision& revision);

} // namespace agentd::proposals
