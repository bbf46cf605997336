/// @file
/// One entry of the log as a value, and its one spelling as a line (audit/FORMAT.md, section 3).
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::audit {

inline constexpr std::string_view entry_schema = "agentd.audit/1";
/// The longest line of an entry, without LF. Larger evidence goes to the blobs, by digest.
inline constexpr std::size_t max_entry_bytes = 60'000;

enum class ActorKind { human, agent, system, planner };
std::string_view to_string(ActorKind kind) noexcept;

struct Actor {
    ActorKind kind = ActorKind::system;
    std::string id{};      ///< who it says it is, at most 256 bytes
    std::uint32_t uid = 0; ///< written over with the peer's by the writer of the log
    friend bool operator==(const Actor&, const Actor&) = default;
};

/// What a program asks to have written. The writer of the log adds when and where.
struct Draft {
    core::EntryId id;
    std::string type{}; ///< one of the types of docs/contracts.md, section 2
    Actor actor{};
    std::optional<std::string> cause{}; ///< id of what led to this, at most 256 bytes
    std::string subject{};   ///< proposal, observation key, `host:<name>` or `log`; 512 bytes
    std::string body = "{}"; ///< canonical JSON of an object
    friend bool operator==(const Draft&, const Draft&) = default;
};

/// When and in which boot the writer took an entry in.
struct Stamp {
    core::Instant time{};
    std::string boot_id{};
    std::int64_t mono_us = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Entry {
    Draft draft;
    Stamp stamp{};
    friend bool operator==(const Entry&, const Entry&) = default;

    const std::string& type() const noexcept { return draft.type; }
    const std::string& subject() const noexcept { return draft.subject; }
    core::Json body() const; ///< parsed; the text was checked when the entry was made
};

/// A draft by the system with a fresh id; `body` must be an object of the JSON we speak.
Draft draft(core::Instant now, std::string type, std::string subject, const core::Json& body,
            Actor actor = {}, std::optional<std::string> cause = std::nullopt);

/// Refuses what the log never takes: bad form of type, id, subject or body, keys outside
/// `[a-z0-9_]`, text that is too long. Whether the type is known is not asked here.
core::Result<core::Done> check(const Draft& draft);

/// The canonical line without LF. The draft must have passed `check`.
std::string to_line(const Entry& entry);
/// Exactly what `to_line` writes and nothing else: another spelling of the same value is refused.
core::Result<Entry> parse_line(std::string_view line);

/// Form of a draft on the socket: `{type,id,actor,cause,subject,body}`.
core::Json to_json(const Draft& draft);
core::Result<Draft> draft_from_json(const core::Json& value);

} // namespace agentd::audit
