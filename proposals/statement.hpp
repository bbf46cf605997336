/// @file
/// What an approval signs (`agentd.statement/2`): it names bytes, is single use and runs out.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"
#include "proposals/proposer.hpp"
#include "proposals/verdict.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

enum class Mode { test, switch_, boot, rollback, act }; ///< `switch_` is written `switch`

std::string_view to_string(Mode mode) noexcept;
std::optional<Mode> parse_mode(std::string_view text) noexcept;

/// A built system: its store path and the hash of its NAR (`sha256:…` or `sha256-…`).
struct BuiltPath {
    std::string path{};
    std::string nar_hash{};
    friend bool operator==(const BuiltPath&, const BuiltPath&) = default;
};

/// What only the daemon knows of a proposal and policy asks about: its word, which root's helper
/// has to take. It is bound, so that it is one word for everybody, and on record.
struct Told {
    std::string source{};                ///< words, playbook, patch, operations, model
    std::optional<std::string> checks{}; ///< passed, failed, none: the flake's own
    std::optional<bool> options_disagree{};
    friend bool operator==(const Told&, const Told&) = default;
};

/// Digests are 64 hex digits, commits 40. Modes test, switch and boot need every optional field but
/// `act` and `rollback_to`, which are null, and `flake_lock_sha256` (a flake may have no lock).
/// Mode rollback needs `rollback_to`, the four of the toplevel (the same path) and no commit; mode
/// act needs `act` and `effects_sha256`, and nothing of a system or a commit but `from`.
struct Statement {
    static constexpr std::size_t max_bytes = 64U << 10;

    std::string proposal{}; ///< ULID
    std::string revision{}; ///< digest
    Proposer author{}; ///< whose it is: nobody of that name approves it, unless policy lets him
    std::optional<std::string> base_commit{};
    std::optional<std::string> candidate_commit{};
    std::optional<std::string> base_tree_sha256{};
    std::optional<std::string> candidate_tree_sha256{};
    std::optional<std::string> flake_lock_sha256{};
    std::optional<std::string> act{}; ///< canonical bytes of an `agentd.act/1`
    std::string host{};
    std::string machine_id{};
    BuiltPath from{};
    std::optional<std::string> drv{};
    std::optional<std::string> toplevel{};
    std::optional<std::string> toplevel_nar_hash{};
    std::optional<std::string> closure_manifest_sha256{};
    std::optional<std::string> effects_sha256{};
    std::string page_sha256{};
    std::string policy_sha256{};
    Level required_level = Level::approve; ///< approve, veto or automatic
    Told told{};
    bool typed_host = false; ///< who signs this has typed the name of the host
    Mode mode = Mode::switch_;
    std::optional<std::string> rollback_to{}; ///< store path
    core::Instant not_before{};
    core::Instant expires{};
    std::string nonce{}; ///< 64 hex digits from `make_nonce`
    friend bool operator==(const Statement&, const Statement&) = default;
};

std::string make_nonce();

/// Every field has its form and the fields fit one another. Problem `bad_statement`; `where` names
/// the field.
core::Result<core::Done> check(const Statement& statement);

/// RFC 8785 form: what is signed.
std::string canonical_bytes(const Statement& statement);
core::Digest digest(const Statement& statement);
/// Only the very bytes that `canonical_bytes` writes are read, checked as `check` does. Problems:
/// `too_large`, `bad_json`, `bad_value`, `unknown_field`, `bad_statement`, `not_canonical`.
core::Result<Statement> parse_statement(std::string_view bytes);

} // namespace agentd::proposals
