#include "policy/trust/identity.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::policy::trust {

namespace {

constexpr std::array names{"revoked", "ask", "veto", "auto"};
constexpr std::size_t longest_id = 256;
constexpr std::size_t digest_size = 64;
constexpr std::size_t shown_digits = 12;

} // namespace

std::string_view to_string(TrustLevel level) noexcept {
    return names[static_cast<std::size_t>(level)];
}

std::optional<TrustLevel> parse_trust_level(std::string_view text) noexcept {
    const auto* const it = std::find(names.begin(), names.end(), text);
    return it == names.end() ? std::nullopt
                             : std::optional(static_cast<TrustLevel>(it - names.begin()));
}

std::string to_string(const Identity& who) {
    const std::string name = who.kind + ":" + core::printable(core::shorten(who.id, longest_id));
    return who.binding.empty() ? name : name + "#" + who.binding.substr(0, shown_digits);
}

core::Json to_json(const Identity& who) {
    return {{"kind", who.kind}, {"id", who.id}, {"binding", who.binding}};
}

core::Result<Identity> identity_from_json(const core::Json& value) {
    core::ObjectReader in(value, "proposer");
    Identity who{.kind = in.one_of("kind", {"human", "agent", "system", "planner"}),
                 .id = in.text("id", longest_id),
                 .binding = in.text("binding", digest_size)};
    const bool hex = who.binding.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!who.binding.empty() && (who.binding.size() != digest_size || !hex)) {
        in.refuse("binding", "is not a SHA-256");
    }
    if (who.id.empty()) {
        in.refuse("id", "is empty");
    }
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    return who;
}

std::string to_string(const Key& key) {
    return to_string(key.who) + " · " + std::string(to_string(key.effect_class)) + " · " +
           key.host_class;
}

TrustLevel without_proof(TrustLevel level) noexcept {
    return std::min(level, TrustLevel::ask);
}

TrustLevel ceiling(EffectClass effect_class) noexcept {
    return effect_class <= EffectClass::setting ? TrustLevel::automatic : TrustLevel::ask;
}

} // namespace agentd::policy::trust
