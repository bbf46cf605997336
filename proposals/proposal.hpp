/// @file
/// The proposal as it was drafted: the body of the log's `proposal.drafted`.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/json.hpp"
#include "proposals/proposer.hpp"
#include "proposals/revision.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

enum class Source { words, playbook, patch, operations, model };

std::string_view to_string(Source source) noexcept;
std::optional<Source> parse_source(std::string_view text) noexcept;

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
    Revision revision{};
    friend bool operator==(const Draft&, const Draft&) = default;

    /// nullptr when it is an act or a rollback.
    const Change* change() const noexcept { return std::get_if<Change>(&revision); }
    const Act* act() const noexcept { return std::get_if<Act>(&revision); }
    const Rollback* rollback() const noexcept { return std::get_if<Rollback>(&revision); }
};

core::Json to_json(const Draft& draft);
core::Result<Draft> draft_from_json(const core::Json& value);

inline core::Digest revision_digest(const Draft& draft) {
    return revision_digest(draft.host, draft.revision);
}

} // namespace agentd::proposals
