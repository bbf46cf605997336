#include "agentd/applyd/pairing.hpp"

#include "agentd/applyd/approvers_file.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "proposals/approvers.hpp"
#include "proposals/webauthn.hpp"

#include <algorithm>
#include <span>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Problem;

constexpr auto lifetime = std::chrono::minutes(2);

/// A label as a name of the approvers file: `alice's phone` becomes `alice-s-phone`.
std::string name_from(std::string_view label) {
    std::string name;
    for (const char c : label.substr(0, 40)) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) {
            name += c;
        } else if (!name.empty() && name.back() != '-') {
            name += '-';
        }
    }
    while (!name.empty() && name.back() == '-') {
        name.pop_back();
    }
    return name.empty() ? "browser" : name;
}

core::Result<Enrolled> enrolled_from(const Offer& offer, const std::string& message,
                                     std::span<const std::string> origins) {
    if (offer.passkey.empty()) {
        const auto spki = core::base64_decode(offer.spki);
        if (!spki || !core::is_p256_spki(*spki)) {
            return Problem{.code = "bad_key",
                           .message = "the browser's key is not a P-256 public key"};
        }
        return Enrolled{.method = "browser", .line = offer.spki};
    }
    const auto registration = proposals::parse_registration(offer.passkey);
    if (!registration) {
        return registration.problem();
    }
    const auto made = proposals::check_registration(*registration, message, origins);
    if (!made) {
        return made.problem();
    }
    return Enrolled{.method = "passkey",
                    .counter = made->counter,
                    .line = core::base64_encode(made->passkey.credential) + " " +
                            core::base64_encode(registration->spki) + " " + made->passkey.rp_id +
                            " " + made->passkey.origins.front()};
}

/// A label as it stands in a line of the file, for people: which device it is.
std::string plain_label(std::string_view label) {
    constexpr std::string_view others = " ._()@-";
    std::string plain;
    for (const char c : label.substr(0, 64)) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        plain += letter || others.find(c) != std::string_view::npos ? c : '-';
    }
    return std::string(core::trim(plain));
}

} // namespace

std::string enrolment_message(const std::string& token) {
    return "agentd-enrol@v1:" + token;
}

std::string Pairing::invitation_path(const std::string& token) const {
    return directory_ + "/invitations/" + core::sha256(token).hex();
}

std::string Pairing::invite(const Invitation& invitation) {
    core::make_directories(directory_ + "/invitations", 0700);
    const std::string token = core::hex_encode(core::random_bytes(32));
    core::write_file_durably(
        invitation_path(token),
        core::format_instant(clock_.now() + lifetime) + "\n" +
            (invitation.name.empty() ? name_from(invitation.label) : invitation.name) + "\n");
    return token;
}

core::Result<Enrolled> Pairing::check(const std::string& token, const Offer& offer,
                                      const std::string& label) {
    const Problem bad_token{
        .code = "bad_token",
        .message = "this link was used already or is too old",
        .hint = "run `agentctl web login` again: a link is good once, for two minutes"};
    const bool hex = token.size() == 64 && std::all_of(token.begin(), token.end(), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                     });
    const auto invitation =
        hex ? core::read_file_if_exists(invitation_path(token), 4096) : std::nullopt;
    // Used up first, so that two browsers cannot both win.
    if (!invitation || ::unlink(invitation_path(token).c_str()) != 0) {
        return bad_token;
    }
    const auto said = core::lines(*invitation);
    const auto until = core::parse_instant(said.front());
    if (!until || clock_.now() >= *until || said.size() < 2) {
        return bad_token;
    }
    auto enrolled = enrolled_from(offer, enrolment_message(token), origins_);
    if (!enrolled) {
        return enrolled;
    }
    const auto parsed =
        proposals::parse_approver_line(enrolled->method + " " + std::string(said[1]) + " " +
                                       enrolled->line + " " + plain_label(label));
    if (!parsed) {
        return parsed.problem();
    }
    enrolled->key_id = parsed->key_id;
    enrolled->name = parsed->name;
    enrolled->label = label;
    enrolled->line = proposals::approver_line(*parsed);
    return enrolled;
}

void Pairing::admit(const Enrolled& enrolled) {
    ApproversFile(approvers_file_).add(enrolled.key_id, enrolled.line);
}

} // namespace agentd::applyd
