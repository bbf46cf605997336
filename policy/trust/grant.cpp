#include "policy/trust/grant.hpp"

#include "agentd/core/crypto.hpp"
#include "proposals/sshsig.hpp"

#include <nlohmann/json.hpp>

namespace agentd::policy::trust {

namespace {

using core::Json;
using core::ObjectReader;
using core::Problem;

constexpr std::string_view schema = "agentd.trust-grant/1";
constexpr std::int64_t largest = 9'007'199'254'740'991;

core::Instant instant_of(ObjectReader& in, const char* key) {
    const auto instant = core::parse_instant(in.text(key, 32));
    if (!instant) {
        in.refuse(key, "is not a time");
    }
    return instant.value_or(core::Instant{});
}

std::string hex_of(ObjectReader& in, const char* key) {
    std::string text = in.text(key, 64);
    if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos) {
        in.refuse(key, "is not 64 hex digits");
    }
    return text;
}

Problem bad(std::string message, std::string where) {
    return {.code = "bad_grant", .message = std::move(message), .where = std::move(where)};
}

core::Result<core::Done> check(const Grant& grant) {
    if (grant.level == TrustLevel::revoked) {
        return bad("a grant gives nothing away: revoke with `agentctl trust revoke`", "level");
    }
    if (grant.level > ceiling(grant.key.effect_class)) {
        return bad(
            "no grant lets changes of class `" + std::string(to_string(grant.key.effect_class)) +
                "` happen without a person: " + std::string(meaning_of(grant.key.effect_class)),
            "level");
    }
    if (grant.expires <= grant.not_before || grant.expires - grant.not_before > Grant::longest) {
        return bad("a grant lasts 30 days at most, and ends after it begins", "expires");
    }
    if (grant.key.host_class.empty() || grant.host.empty()) {
        return bad("a grant names its host", "host");
    }
    return core::Done{};
}

core::Result<Grant> grant_from_json(const Json& value) {
    ObjectReader in(value, "grant");
    in.one_of("schema", {schema});
    Grant grant;
    auto who = identity_from_json(in.any("proposer"));
    const auto effect_class = parse_effect_class(in.text("class", 32));
    const auto level = parse_trust_level(in.text("level", 16));
    grant.key.host_class = in.text("host_class", 256);
    grant.host = in.text("host", 256);
    grant.machine_id = in.text("machine_id", 64);
    grant.policy_sha256 = hex_of(in, "policy_sha256");
    grant.agentd_version = in.text("agentd_version", 64);
    grant.applies = in.integer("applies", 0, largest);
    grant.log_size = in.integer("log_size", 0, largest);
    grant.reason = in.text("reason", 1000);
    grant.not_before = instant_of(in, "not_before");
    grant.expires = instant_of(in, "expires");
    grant.nonce = hex_of(in, "nonce");
    if (!effect_class) {
        in.refuse("class", "is no class of changes");
    }
    if (!level) {
        in.refuse("level", "is no level of trust");
    }
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    if (!who) {
        return who.problem();
    }
    grant.key.who = std::move(*who);
    grant.key.effect_class = *effect_class;
    grant.level = *level;
    return grant;
}

} // namespace

Json to_json(const Grant& grant) {
    return {{"schema", schema},
            {"proposer", to_json(grant.key.who)},
            {"class", to_string(grant.key.effect_class)},
            {"host_class", grant.key.host_class},
            {"level", to_string(grant.level)},
            {"host", grant.host},
            {"machine_id", grant.machine_id},
            {"policy_sha256", grant.policy_sha256},
            {"agentd_version", grant.agentd_version},
            {"applies", grant.applies},
            {"log_size", grant.log_size},
            {"reason", grant.reason},
            {"not_before", core::format_instant(grant.not_before)},
            {"expires", core::format_instant(grant.expires)},
            {"nonce", grant.nonce}};
}

std::string canonical_bytes(const Grant& grant) {
    return core::canonical(to_json(grant));
}

core::Result<Grant> parse_grant(std::string_view bytes) {
    if (bytes.size() > Grant::max_bytes) {
        return Problem{.code = "too_large", .message = "a grant is 8 KiB at most"};
    }
    const auto json = core::parse_json(bytes);
    if (!json) {
        return json.problem();
    }
    auto grant = grant_from_json(*json);
    if (!grant) {
        return grant;
    }
    if (const auto done = check(*grant); !done) {
        return done.problem();
    }
    if (canonical_bytes(*grant) != bytes) {
        return Problem{.code = "not_canonical",
                       .message = "the grant is not written as it is signed"};
    }
    return grant;
}

core::Result<std::string> verify_grant(std::string_view bytes, const proposals::Presence& presence,
                                       std::span<const proposals::Approver> approvers) {
    const auto no = [](std::string code, std::string message) {
        return Problem{.code = std::move(code),
                       .message = std::move(message),
                       .hint = "sign with an approver's SSH key: agentctl trust grant --key FILE"};
    };
    if (presence.signed_digest != core::sha256(bytes).hex()) {
        return no("wrong_digest", "the signature is for another grant");
    }
    const auto* approver =
        proposals::find_approver(approvers, proposals::PresenceMethod::ssh, presence.key_id);
    if (presence.method != proposals::PresenceMethod::ssh || approver == nullptr) {
        return no("unknown_key", "this key is not one of the approvers'");
    }
    const auto signature = proposals::parse_ssh_signature(presence.signature);
    if (!signature) {
        return signature.problem();
    }
    if (signature->namespace_ != grant_namespace) {
        return no("bad_namespace", "the signature was made for another purpose");
    }
    if (signature->public_key != approver->key ||
        !proposals::verify_ssh_signature(*signature, bytes, grant_namespace)) {
        return no("bad_signature", "the signature does not fit the grant and the key");
    }
    return approver->name;
}

} // namespace agentd::policy::trust
