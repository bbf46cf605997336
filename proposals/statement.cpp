#include "proposals/statement.hpp"

#include "proposals/names.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;
using core::Problem;

namespace {

constexpr Names<Mode, 5> mode_names{"test", "switch", "boot", "rollback", "act"};

Json maybe(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

Json to_json(const Statement& s) {
    return {{"schema", "agentd.statement/2"},
            {"proposal", s.proposal},
            {"revision", s.revision},
            {"author", to_json(s.author)},
            {"base_commit", maybe(s.base_commit)},
            {"candidate_commit", maybe(s.candidate_commit)},
            {"base_tree_sha256", maybe(s.base_tree_sha256)},
            {"candidate_tree_sha256", maybe(s.candidate_tree_sha256)},
            {"flake_lock_sha256", maybe(s.flake_lock_sha256)},
            {"act", maybe(s.act)},
            {"host", s.host},
            {"machine_id", s.machine_id},
            {"from", {{"nar_hash", s.from.nar_hash}, {"path", s.from.path}}},
            {"drv", maybe(s.drv)},
            {"toplevel", maybe(s.toplevel)},
            {"toplevel_nar_hash", maybe(s.toplevel_nar_hash)},
            {"closure_manifest_sha256", maybe(s.closure_manifest_sha256)},
            {"effects_sha256", maybe(s.effects_sha256)},
            {"page_sha256", s.page_sha256},
            {"policy_sha256", s.policy_sha256},
            {"required_level", to_string(s.required_level)},
            {"told",
             {{"source", s.told.source},
              {"checks", maybe(s.told.checks)},
              {"options_disagree",
               s.told.options_disagree ? Json(*s.told.options_disagree) : Json(nullptr)}}},
            {"typed_host", s.typed_host},
            {"mode", to_string(s.mode)},
            {"rollback_to", maybe(s.rollback_to)},
            {"not_before", core::format_instant(s.not_before)},
            {"expires", core::format_instant(s.expires)},
            {"nonce", s.nonce}};
}

BuiltPath read_built(ObjectReader& outer, const Json& value) {
    ObjectReader in(value, "from");
    BuiltPath built{.path = in.text("path", 512), .nar_hash = in.text("nar_hash", 128)};
    if (!in.finish()) {
        outer.refuse("from", "has to be an object of path and nar_hash");
    }
    return built;
}

Proposer read_author(ObjectReader& outer) {
    const Json& value = outer.any("author");
    auto author = proposer_from_json(value);
    // It has one spelling here: every field is there.
    if (!author || to_json(*author) != value) {
        outer.refuse("author", "has to be an object of id, kind, via and binding");
    }
    return author ? std::move(author).value() : Proposer{};
}

Told read_told(ObjectReader& outer) {
    ObjectReader in(outer.any("told"), "told");
    Told told{.source = in.one_of("source", {"words", "playbook", "patch", "operations", "model"}),
              .checks = in.optional_text("checks", 16)};
    if (in.has("options_disagree")) {
        told.options_disagree = in.boolean("options_disagree");
    } else {
        in.any("options_disagree");
    }
    if (!in.finish()) {
        outer.refuse("told", "has to be an object of source, checks and options_disagree");
    }
    return told;
}

core::Instant read_instant(ObjectReader& in, const char* key) {
    const auto instant = core::parse_instant(in.text(key, 64));
    if (!instant) {
        in.refuse(key, "is not a time");
    }
    return instant.value_or(core::Instant{});
}

core::Result<Statement> from_json(const Json& value) {
    ObjectReader in(value, "statement");
    in.one_of("schema", {"agentd.statement/2"});
    Statement s{.proposal = in.text("proposal", 26),
                .revision = in.text("revision", 64),
                .author = read_author(in),
                .base_commit = in.optional_text("base_commit", 64),
                .candidate_commit = in.optional_text("candidate_commit", 64),
                .base_tree_sha256 = in.optional_text("base_tree_sha256", 64),
                .candidate_tree_sha256 = in.optional_text("candidate_tree_sha256", 64),
                .flake_lock_sha256 = in.optional_text("flake_lock_sha256", 64),
                .act = in.optional_text("act", 4096),
                .host = in.text("host", 64),
                .machine_id = in.text("machine_id", 64),
                .from = read_built(in, in.any("from")),
                .drv = in.optional_text("drv", 512),
                .toplevel = in.optional_text("toplevel", 512),
                .toplevel_nar_hash = in.optional_text("toplevel_nar_hash", 128),
                .closure_manifest_sha256 = in.optional_text("closure_manifest_sha256", 64),
                .effects_sha256 = in.optional_text("effects_sha256", 64),
                .page_sha256 = in.text("page_sha256", 64),
                .policy_sha256 = in.text("policy_sha256", 64)};
    const auto level = parse_level(in.one_of("required_level", {"approve", "veto", "auto"}));
    const auto mode = parse_mode(in.one_of("mode", {"test", "switch", "boot", "rollback", "act"}));
    s.required_level = level.value_or(Level::forbid);
    s.told = read_told(in);
    s.typed_host = in.boolean("typed_host");
    s.mode = mode.value_or(Mode::test);
    s.rollback_to = in.optional_text("rollback_to", 512);
    s.not_before = read_instant(in, "not_before");
    s.expires = read_instant(in, "expires");
    s.nonce = in.text("nonce", 64);
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return s;
}

} // namespace

std::string_view to_string(Mode mode) noexcept {
    return name_of(mode_names, mode);
}
std::optional<Mode> parse_mode(std::string_view text) noexcept {
    return value_of(mode_names, text);
}

std::string make_nonce() {
    return core::hex_encode(core::random_bytes(32));
}

std::string canonical_bytes(const Statement& statement) {
    return core::canonical(to_json(statement));
}

core::Digest digest(const Statement& statement) {
    return core::sha256(canonical_bytes(statement));
}

core::Result<Statement> parse_statement(std::string_view bytes) {
    const auto json = core::parse_json(bytes, {.bytes = Statement::max_bytes, .depth = 4});
    if (!json) {
        return json.problem();
    }
    auto statement = from_json(*json);
    if (!statement) {
        return statement.problem();
    }
    if (auto done = check(*statement); !done) {
        return done.problem();
    }
    // One statement has one text: what was signed is what is understood, byte for byte.
    if (canonical_bytes(*statement) != bytes) {
        return Problem{.code = "not_canonical",
                       .message = "the statement is not in its canonical form"};
    }
    return statement;
}

} // namespace agentd::proposals
