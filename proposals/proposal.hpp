/// @file
/// The proposal as it was drafted: the body of the log's `proposal.drafted`.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/json.hpp"
#include "proposals/operations.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

enum class Source { words, playbook, patch, operations, model };
enum class ChangeKind { added, removed, modified };

std::string_view to_string(Source source) noexcept;
std::optional<Source> parse_source(std::string_view text) noexcept;
std::string_view to_string(ChangeKind kind) noexcept;
std::optional<ChangeKind> parse_change_kind(std::string_view text) noexcept;

struct Proposer {
    std::string id{};
    std::string kind{}; ///< human, agent, system or planner
    friend bool operator==(const Proposer&, const Proposer&) = default;
};

struct ChangedFile {
    std::string path{};
    ChangeKind change{};
    friend bool operator==(const ChangedFile&, const ChangedFile&) = default;
};

struct Draft {
    static constexpr std::size_t max_title = 120;
    static constexpr std::size_t max_rationale = 16U << 10;

    std::int64_t number = 0;
    std::string host{};
    std::string title{};     ///< one line
    std::string rationale{}; ///< the proposer's words: claimed, never believed
    Proposer proposer{};
    Source source{};
    std::optional<std::string> goal{};
    std::optional<std::string> observation{};
    std::optional<std::vector<Operation>> operations{};
    std::string base_commit{};
    std::string base_branch{};
    std::string candidate_commit{};
    std::string candidate_tree{};            ///< tree digest (SHA-256) of the candidate
    std::optional<std::string> patch_blob{}; ///< digest of the submitted patch
    std::optional<std::string> diff_blob{};  ///< digest of the daemon's own diff
    std::vector<ChangedFile> files{};
    friend bool operator==(const Draft&, const Draft&) = default;
};

core::Json to_json(const Draft& draft);
core::Result<Draft> draft_from_json(const core::Json& value);

/// What a statement calls `revision`: SHA-256 over the canonical object of host, base_commit,
/// candidate_commit and candidate_tree. Two drafts of the same bytes for the same host have the
/// same revision.
core::Digest revision_digest(const Draft& draft);

} // namespace agentd::proposals
