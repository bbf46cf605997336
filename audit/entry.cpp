#include "audit/entry.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::audit {

using core::Json;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t max_short_text = 256;
constexpr std::size_t max_subject = 512;
constexpr std::int64_t max_uid = 0xFFFF'FFFF;
constexpr std::int64_t max_integer = (std::int64_t{1} << 53) - 1;
constexpr core::JsonLimits line_limits{.bytes = max_entry_bytes, .depth = 32};

Problem bad(std::string message) {
    return Problem{.code = "bad_entry", .message = std::move(message)};
}

/// `word.word`, lower case, at most 64 bytes.
bool is_type(std::string_view text) {
    const auto dot = text.find('.');
    return text.size() <= 64 && dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; });
}

bool is_key(std::string_view key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// The first key that is not ours, or nullptr. The depth was limited when the text was parsed.
const std::string* odd_key(const Json& value) {
    if (value.is_object()) {
        for (auto it = value.begin(); it != value.end(); ++it) {
            if (!is_key(it.key())) {
                return &it.key();
            }
            if (const auto* odd = odd_key(it.value())) {
                return odd;
            }
        }
    } else if (value.is_array()) {
        for (const Json& item : value) {
            if (const auto* odd = odd_key(item)) {
                return odd;
            }
        }
    }
    return nullptr;
}

Result<core::Done> check_body(const std::string& body) {
    const auto parsed = core::parse_json(body, line_limits);
    if (!parsed) {
        return bad("body: " + parsed.problem().message);
    }
    if (!parsed->is_object()) {
        return bad("body is not an object");
    }
    if (const auto* odd = odd_key(*parsed)) {
        return bad("body: key `" + core::shorten(core::printable(*odd), 60) +
                   "` is not of the form [a-z0-9_]+");
    }
    if (core::canonical(*parsed) != body) {
        return bad("body is not in canonical form");
    }
    return core::Done{};
}

bool fits(std::string_view text, std::size_t limit) {
    return text.size() <= limit && core::is_utf8(text);
}

std::optional<ActorKind> parse_kind(std::string_view text) {
    for (const auto kind :
         {ActorKind::human, ActorKind::agent, ActorKind::system, ActorKind::planner}) {
        if (text == to_string(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

Actor read_actor(const Json& value, core::ObjectReader& outer) {
    core::ObjectReader in(value, "actor");
    Actor actor{.kind = ActorKind::system,
                .id = in.text("id", max_short_text),
                .uid = static_cast<std::uint32_t>(in.integer("uid", 0, max_uid))};
    const auto kind = parse_kind(in.one_of("kind", {"human", "agent", "system", "planner"}));
    if (const auto done = in.finish(); !done) {
        outer.refuse("actor", done.problem().message);
    }
    actor.kind = kind.value_or(ActorKind::system);
    return actor;
}

Json actor_json(const Actor& actor) {
    return {{"id", actor.id}, {"kind", to_string(actor.kind)}, {"uid", actor.uid}};
}

/// The fields that a draft and a line have in common.
Draft read_draft(core::ObjectReader& in) {
    const auto id = core::EntryId::parse(in.text("id", 26));
    if (!id) {
        in.refuse("id", "is not a ULID");
    }
    Draft draft{.id = id ? *id : core::EntryId::make({}),
                .type = in.text("type", 64),
                .actor = read_actor(in.any("actor"), in),
                .cause = in.optional_text("cause", max_short_text),
                .subject = in.text("subject", max_subject)};
    draft.body = core::canonical(in.any("body"));
    return draft;
}

} // namespace

std::string_view to_string(ActorKind kind) noexcept {
    switch (kind) {
    case ActorKind::human:
        return "human";
    case ActorKind::agent:
        return "agent";
    case ActorKind::system:
        return "system";
    case ActorKind::planner:
        return "planner";
    }
    return "system";
}

Json Entry::body() const {
    auto parsed = core::parse_json(draft.body, line_limits);
    AGENTD_CHECK(parsed.has_value());
    return std::move(parsed).value();
}

Draft draft(core::Instant now, std::string type, std::string subject, const Json& body, Actor actor,
            std::optional<std::string> cause) {
    return {.id = core::EntryId::make(now),
            .type = std::move(type),
            .actor = std::move(actor),
            .cause = std::move(cause),
            .subject = std::move(subject),
            .body = core::canonical(body)};
}

Result<core::Done> check(const Draft& draft) {
    if (!is_type(draft.type)) {
        return bad("type is not of the form word.word");
    }
    if (!fits(draft.actor.id, max_short_text) || !fits(draft.subject, max_subject) ||
        (draft.cause && !fits(*draft.cause, max_short_text))) {
        return bad("actor, cause or subject is too long or not UTF-8");
    }
    if (draft.body.size() > max_entry_bytes) {
        return Problem{.code = "too_large",
                       .message = "an entry may have " + std::to_string(max_entry_bytes) +
                                  " bytes; this body alone has " +
                                  std::to_string(draft.body.size()),
                       .hint = "put the bulk into a blob and its digest into the entry"};
    }
    return check_body(draft.body);
}

std::string to_line(const Entry& entry) {
    const Draft& draft = entry.draft;
    // The body is canonical text already: it goes in as it is, between the keys that sort around
    // it.
    return "{\"actor\":" + core::canonical(actor_json(draft.actor)) + ",\"body\":" + draft.body +
           ",\"boot_id\":" + core::canonical(entry.stamp.boot_id) +
           ",\"cause\":" + (draft.cause ? core::canonical(*draft.cause) : "null") +
           ",\"id\":" + core::canonical(draft.id.str()) +
           ",\"mono_us\":" + std::to_string(entry.stamp.mono_us) +
           ",\"schema\":" + core::canonical(entry_schema) +
           ",\"subject\":" + core::canonical(draft.subject) +
           ",\"time\":" + core::canonical(core::format_instant(entry.stamp.time)) +
           ",\"type\":" + core::canonical(draft.type) + "}";
}

Result<Entry> parse_line(std::string_view line) {
    const auto parsed = core::parse_json(line, line_limits);
    if (!parsed) {
        return bad(parsed.problem().message);
    }
    core::ObjectReader in(*parsed, "entry");
    Entry entry{.draft = read_draft(in)};
    entry.stamp.boot_id = in.text("boot_id", 64);
    entry.stamp.mono_us = in.integer("mono_us", 0, max_integer);
    in.one_of("schema", {entry_schema});
    const auto time = core::parse_instant(in.text("time", 32));
    if (!time) {
        in.refuse("time", "is not RFC 3339 in UTC with microseconds");
    }
    entry.stamp.time = time.value_or(core::Instant{});
    if (const auto done = in.finish(); !done) {
        return bad(done.problem().message);
    }
    if (const auto good = check(entry.draft); !good) {
        return good.problem();
    }
    if (to_line(entry) != line) {
        return bad("not in canonical form");
    }
    return entry;
}

Json to_json(const Draft& draft) {
    const auto body = core::parse_json(draft.body, line_limits);
    return {{"type", draft.type},
            {"id", draft.id.str()},
            {"actor", actor_json(draft.actor)},
            {"cause", draft.cause ? Json(*draft.cause) : Json(nullptr)},
            {"subject", draft.subject},
            {"body", body ? *body : Json(draft.body)}};
}

Result<Draft> draft_from_json(const Json& value) {
    core::ObjectReader in(value, "entry");
    Draft draft = read_draft(in);
    if (const auto done = in.finish(); !done) {
        return bad(done.problem().message);
    }
    if (const auto good = check(draft); !good) {
        return good.problem();
    }
    return draft;
}

} // namespace agentd::audit
