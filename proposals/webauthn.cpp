#include "proposals/webauthn.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/crypto_spki.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::proposals {

using core::Problem;
using core::Result;

namespace {

constexpr std::size_t longest_data = 1024;
constexpr std::size_t longest_signature = 512;
constexpr std::size_t digest_bytes = 32;
constexpr std::size_t least_data = digest_bytes + 1 + 4; ///< site, flags, counter

// WebAuthn 6.1: the bits of the flags.
constexpr unsigned user_present = 1U << 0;
constexpr unsigned user_verified = 1U << 2;
constexpr unsigned backup_eligible = 1U << 3;
constexpr unsigned backed_up = 1U << 4;
constexpr unsigned has_credential = 1U << 6;
constexpr unsigned has_extensions = 1U << 7;

Problem malformed(std::string what) {
    return {.code = "bad_assertion",
            .message = "what the passkey answered cannot be read: " + what,
            .hint = "try again; another browser or device may do better"};
}

std::string raw_sha256(std::string_view bytes) {
    const auto digest = core::sha256(bytes).bytes();
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// What authenticator data begins with.
struct Head {
    std::string_view site{}; ///< SHA-256 of the rp id
    unsigned flags = 0;
    std::uint32_t counter = 0;
    std::string_view rest{};
};

Result<Head> read_head(std::string_view data) {
    if (data.size() < least_data || data.size() > longest_data) {
        return malformed("the authenticator's data is too short or too long");
    }
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(data[at]));
    };
    const Head head{.site = data.substr(0, digest_bytes),
                    .flags = byte(digest_bytes),
                    .counter = byte(33) << 24U | byte(34) << 16U | byte(35) << 8U | byte(36),
                    .rest = data.substr(least_data)};
    if ((head.flags & backed_up) != 0 && (head.flags & backup_eligible) == 0) {
        return malformed("its flags contradict each other"); // WebAuthn 7.2, step 17
    }
    return head;
}

/// The browser's own words about who asked for what; the signature covers them byte by byte. It may
/// say more than is asked here (WebAuthn 5.8.1), but nothing twice.
struct ClientData {
    std::string type{};
    std::string challenge{};
    std::string origin{};
};

Result<ClientData> read_client_data(std::string_view bytes) {
    const auto json = core::parse_json(bytes, {.bytes = longest_data, .depth = 4});
    if (!json || !json->is_object()) {
        return malformed("the browser's data is not one JSON object");
    }
    const auto text = [&](const char* key) {
        const auto found = json->find(key);
        return found != json->end() && found->is_string() ? found->get<std::string>()
                                                          : std::string();
    };
    const auto crossed = json->find("crossOrigin");
    if (json->contains("topOrigin") ||
        (crossed != json->end() && (!crossed->is_boolean() || crossed->get<bool>()))) {
        return malformed("it was asked for inside of another site's page");
    }
    return ClientData{
        .type = text("type"), .challenge = text("challenge"), .origin = text("origin")};
}

Result<ClientData> check_client_data(std::string_view bytes, std::string_view type,
                                     std::string_view message,
                                     std::span<const std::string> origins) {
    auto data = read_client_data(bytes);
    if (!data) {
        return data;
    }
    if (data->type != type) {
        return malformed("it was made for something else than `" + std::string(type) + "`");
    }
    if (data->challenge != passkey_challenge(message)) {
        return Problem{.code = "wrong_challenge",
                       .message = "the passkey signed something else",
                       .hint = "open it again and sign what it says then"};
    }
    if (std::find(origins.begin(), origins.end(), data->origin) == origins.end()) {
        return Problem{.code = "wrong_origin",
                       .message = "the passkey was asked by a page at another address",
                       .where = core::printable(core::shorten(data->origin, 200)),
                       .hint = "open the page where it was enrolled, or enrol one here: sudo "
                               "agentctl web login"};
    }
    return data;
}

Result<core::Done> check_site(const Head& head, std::string_view rp_id) {
    if (head.site != raw_sha256(rp_id)) {
        return Problem{.code = "wrong_site",
                       .message =
                           "the passkey was used for another site than " + std::string(rp_id)};
    }
    if ((head.flags & user_present) == 0 || (head.flags & user_verified) == 0) {
        return Problem{.code = "not_verified",
                       .message = "the passkey did not make sure who was there",
                       .hint = "set a PIN, a fingerprint or a face for it, and try again"};
    }
    return core::Done{};
}

/// The id of the credential in attested credential data (WebAuthn 6.5.1); empty when there is none.
std::string_view credential_in(std::string_view rest) {
    constexpr std::size_t model = 16;
    if (rest.size() < model + 2) {
        return {};
    }
    const auto high = static_cast<unsigned char>(rest[model]);
    const auto low = static_cast<unsigned char>(rest[model + 1]);
    const std::size_t length = high * 256U + low;
    rest.remove_prefix(model + 2);
    return rest.size() > length ? rest.substr(0, length) : std::string_view();
}

/// Authenticator data, client data and what goes with them.
Result<std::array<std::string, 3>> read_parts(std::string_view text) {
    const auto parts = core::split(text, '.');
    if (text.size() > max_assertion || parts.size() != 3) {
        return malformed("it has to be three parts in base64, with a dot between");
    }
    std::array<std::string, 3> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto bytes = core::base64_decode(parts[i]);
        if (!bytes || bytes->empty() || bytes->size() > longest_data) {
            return malformed("a part of it is not strict base64, or too long");
        }
        out.at(i) = std::move(*bytes);
    }
    if (const auto head = read_head(out[0]); !head) {
        return head.problem();
    }
    return out;
}

} // namespace

Result<Assertion> parse_assertion(std::string_view text) {
    auto parts = read_parts(text);
    if (!parts) {
        return parts.problem();
    }
    if ((*parts)[2].size() > longest_signature) {
        return malformed("its signature is too long");
    }
    return Assertion{.authenticator_data = std::move((*parts)[0]),
                     .client_data = std::move((*parts)[1]),
                     .signature = std::move((*parts)[2])};
}

Result<Registration> parse_registration(std::string_view text) {
    auto parts = read_parts(text);
    if (!parts) {
        return parts.problem();
    }
    return Registration{.authenticator_data = std::move((*parts)[0]),
                        .client_data = std::move((*parts)[1]),
                        .spki = std::move((*parts)[2])};
}

std::string assertion_text(const Assertion& assertion) {
    return core::base64_encode(assertion.authenticator_data) + "." +
           core::base64_encode(assertion.client_data) + "." +
           core::base64_encode(assertion.signature);
}

std::string passkey_challenge(std::string_view message) {
    std::string text = core::base64_encode_unpadded(raw_sha256(message));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

Result<std::uint32_t> counter_of(const Assertion& assertion) {
    const auto head = read_head(assertion.authenticator_data);
    return head ? Result<std::uint32_t>(head->counter) : Result<std::uint32_t>(head.problem());
}

Result<std::uint32_t> verify_assertion(const Assertion& assertion, std::string_view message,
                                       const Approver& passkey) {
    const auto head = read_head(assertion.authenticator_data);
    if (!head) {
        return head.problem();
    }
    if ((head->flags & has_credential) != 0 ||
        ((head->flags & has_extensions) != 0) == head->rest.empty()) {
        return malformed("there is more in it, or less, than its flags say");
    }
    const auto data =
        check_client_data(assertion.client_data, "webauthn.get", message, passkey.passkey.origins);
    if (!data) {
        return data.problem();
    }
    if (const auto done = check_site(*head, passkey.passkey.rp_id); !done) {
        return done.problem();
    }
    if (!core::spki_verify(passkey.key,
                           assertion.authenticator_data + raw_sha256(assertion.client_data),
                           assertion.signature)) {
        return Problem{.code = "bad_signature",
                       .message = "the signature does not fit what was signed and the passkey",
                       .hint = "ask for a fresh statement and sign exactly that"};
    }
    return head->counter;
}

Result<Registered> check_registration(const Registration& registration, std::string_view message,
                                      std::span<const std::string> origins) {
    if (!core::spki_kind(registration.spki)) {
        return Problem{.code = "bad_key",
                       .message = "the passkey's key is none of ES256, EdDSA and RS256"};
    }
    const auto head = read_head(registration.authenticator_data);
    if (!head) {
        return head.problem();
    }
    const auto data =
        check_client_data(registration.client_data, "webauthn.create", message, origins);
    if (!data) {
        return data.problem();
    }
    const auto host = passkey_host(data->origin);
    if (!host) {
        return Problem{.code = "wrong_origin",
                       .message = "no passkey counts at this address",
                       .where = core::printable(core::shorten(data->origin, 200)),
                       .hint = "open the page over https, or at http://localhost"};
    }
    if (const auto done = check_site(*head, *host); !done) {
        return done.problem();
    }
    const auto credential = credential_in(head->rest);
    if ((head->flags & has_credential) == 0 || credential.empty() || credential.size() > 1023) {
        return malformed("it names no credential");
    }
    return Registered{.passkey = {.credential = std::string(credential),
                                  .rp_id = std::string(*host),
                                  .origins = {data->origin}},
                      .counter = head->counter};
}

} // namespace agentd::proposals
