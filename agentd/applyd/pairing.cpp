#include "agentd/applyd/pairing.hpp"

#include "agentd/applyd/approvers_file.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "proposals/approvers.hpp"

#include <algorithm>
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

} // namespace

std::string Pairing::invitation_path(const std::string& token) const {
    return directory_ + "/invitations/" + core::sha256(token).hex();
}

std::string Pairing::invite(const std::string& label) {
    core::make_directories(directory_ + "/invitations", 0700);
    const std::string token = core::hex_encode(core::random_bytes(32));
    core::write_file_durably(invitation_path(token),
                             core::format_instant(clock_.now() + lifetime) + "\n" +
                                 core::shorten(core::printable(label), 64) + "\n");
    return token;
}

core::Result<Enrolled> Pairing::check(const std::string& token, const std::string& spki_base64,
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
    const auto until = core::parse_instant(core::lines(*invitation).front());
    if (!until || clock_.now() >= *until) {
        return bad_token;
    }
    const auto spki = core::base64_decode(spki_base64);
    if (!spki || !core::is_p256_spki(*spki)) {
        return Problem{.code = "bad_key", .message = "the browser's key is not a P-256 public key"};
    }
    const auto parsed =
        proposals::parse_approver_line("browser " + name_from(label) + " " + spki_base64);
    if (!parsed) {
        return parsed.problem();
    }
    return Enrolled{.key_id = parsed->key_id,
                    .name = parsed->name,
                    .label = label,
                    .line = proposals::approver_line(*parsed)};
}

void Pairing::admit(const Enrolled& enrolled) {
    ApproversFile(approvers_file_).add(enrolled.key_id, enrolled.line);
}

} // namespace agentd::applyd
