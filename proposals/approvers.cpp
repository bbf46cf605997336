#include "proposals/approvers.hpp"

#include "proposals/sshsig.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/crypto_spki.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Problem;

namespace {

constexpr std::size_t longest_line = 8192;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_label = 256;
constexpr std::size_t longest_credential = 1023; ///< WebAuthn 4
constexpr std::size_t most_origins = 8;

/// The first word, taken off `rest`; words are parted by one or more blanks or tabs.
std::string_view next_word(std::string_view& rest) {
    rest = core::trim(rest);
    const auto end = std::min(rest.find_first_of(" \t"), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end);
    rest = core::trim(rest);
    return word;
}

Problem unsupported_type(std::string_view type) {
    return {.code = "unsupported_key",
            .message = "keys of type `" + core::printable(core::shorten(core::to_utf8(type), 64)) +
                       "` are not taken; ssh-ed25519 is",
            .hint = "make one with `ssh-keygen -t ed25519`"};
}

core::Result<std::string> read_key(PresenceMethod method, std::string_view& rest) {
    if (method == PresenceMethod::ssh) {
        if (const auto type = next_word(rest); type != "ssh-ed25519") {
            return unsupported_type(type);
        }
    }
    auto key = core::base64_decode(next_word(rest));
    if (!key || key->empty()) {
        return Problem{.code = "bad_key", .message = "the key is not strict base64"};
    }
    if (method == PresenceMethod::browser) {
        if (!core::is_p256_spki(*key)) {
            return Problem{.code = "bad_key", .message = "the key is not one on P-256 (SPKI)"};
        }
    } else if (method == PresenceMethod::passkey) {
        if (!core::spki_kind(*key)) {
            return Problem{.code = "bad_key",
                           .message = "the key is none of ES256, EdDSA and RS256 (SPKI)"};
        }
    } else if (auto checked = ed25519_of_wire(*key); !checked) {
        return checked.problem();
    }
    return std::move(*key);
}

bool is_label_of_a_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
           });
}

/// A name of DNS in lower case, no address: browsers bind no passkey to one.
bool is_host_name(std::string_view text) {
    const auto labels = core::split(text, '.');
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return text.size() <= 253 && std::all_of(labels.begin(), labels.end(), is_label_of_a_name) &&
           !std::all_of(labels.back().begin(), labels.back().end(), is_digit);
}

/// What stands between the name and the key of a passkey's line: its credential.
core::Result<std::string> read_credential(std::string_view& rest) {
    auto credential = core::base64_decode(next_word(rest));
    if (!credential || credential->empty() || credential->size() > longest_credential) {
        return Problem{.code = "bad_key",
                       .message = "the credential id is not strict base64 of 1 to 1023 bytes"};
    }
    return std::move(*credential);
}

/// What stands behind its key: where it may be used.
core::Result<Passkey> read_scope(std::string credential, std::string_view& rest) {
    Passkey passkey{.credential = std::move(credential), .rp_id = std::string(next_word(rest))};
    const std::string below = "." + passkey.rp_id;
    const auto origins = core::split(next_word(rest), ',');
    bool good = is_host_name(passkey.rp_id) && origins.size() <= most_origins;
    for (const auto origin : origins) {
        const auto host = passkey_host(origin);
        good = good && host && (*host == passkey.rp_id || host->ends_with(below));
        passkey.origins.emplace_back(origin);
    }
    if (!good) {
        return Problem{.code = "bad_origin",
                       .message = "behind the key there have to be a host name and the origins "
                                  "below it: https://… or http://localhost…"};
    }
    return passkey;
}

/// What stands behind method and name, up to the label.
core::Result<Approver> read_rest(PresenceMethod method, std::string_view& rest) {
    Approver approver{.method = method};
    std::string credential;
    if (method == PresenceMethod::passkey) {
        auto read = read_credential(rest);
        if (!read) {
            return read.problem();
        }
        credential = std::move(*read);
    }
    auto key = read_key(method, rest);
    if (!key) {
        return key.problem();
    }
    approver.key = std::move(*key);
    if (method == PresenceMethod::passkey) {
        auto scope = read_scope(std::move(credential), rest);
        if (!scope) {
            return scope.problem();
        }
        approver.passkey = std::move(*scope);
    }
    return approver;
}

} // namespace

std::optional<std::string_view> passkey_host(std::string_view origin) {
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    const bool https = origin.starts_with(secure);
    if (!https && !origin.starts_with(plain)) {
        return std::nullopt;
    }
    origin.remove_prefix(https ? secure.size() : plain.size());
    const auto host = origin.substr(0, origin.find(':'));
    if (host.size() < origin.size()) {
        const auto port = origin.substr(host.size() + 1);
        const auto number = core::parse_integer(port);
        if (!number || *number < 1 || *number > 65535 || *number == (https ? 443 : 80) ||
            port != std::to_string(*number)) {
            return std::nullopt; // a browser leaves the usual port out
        }
    }
    const bool fits = https ? is_host_name(host) : host == "localhost";
    return fits ? std::optional(host) : std::nullopt;
}

bool is_approver_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_name &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '.' || c == '_' || c == '-' || c == '@';
           });
}

std::string key_id_of(std::string_view key) {
    const auto digest = core::sha256(key).bytes();
    return "SHA256:" + core::base64_encode_unpadded(
                           {reinterpret_cast<const char*>(digest.data()), digest.size()});
}

core::Result<Approver> parse_approver_line(std::string_view line) {
    if (line.size() > longest_line || !core::is_utf8(line) ||
        !core::hidden_code_points(line).empty()) {
        return Problem{.code = "bad_line", .message = "the line is too long or not plain text"};
    }
    const auto method_word = next_word(line);
    const auto method = parse_presence_method(method_word);
    if (method != PresenceMethod::ssh && method != PresenceMethod::browser &&
        method != PresenceMethod::passkey) {
        return Problem{.code = "bad_line",
                       .message = "the line has to begin with `ssh`, `browser` or `passkey`",
                       .hint = "write `ssh NAME ssh-ed25519 AAAA… COMMENT`"};
    }
    const auto name = next_word(line);
    if (!is_approver_name(name)) {
        return Problem{.code = "bad_name",
                       .message = "the name has to be 1 to 64 of letters, digits and . _ - @"};
    }
    auto approver = read_rest(*method, line);
    if (!approver) {
        return approver;
    }
    if (line.size() > longest_label) {
        return Problem{.code = "bad_line", .message = "the label is longer than 256 bytes"};
    }
    approver->name = std::string(name);
    approver->key_id = key_id_of(approver->key);
    approver->label = std::string(line);
    return approver;
}

Approvers parse_approvers(std::string_view text) {
    Approvers out;
    if (text.size() > Approvers::max_bytes) {
        out.problems.push_back({.code = "too_large", .message = "the approvers file is too large"});
        return out;
    }
    std::size_t number = 0;
    for (const auto line : core::lines(text)) {
        if (++number > Approvers::max_lines) {
            out.problems.push_back({.code = "too_large",
                                    .message = "lines from here on are not read",
                                    .where = "line " + std::to_string(number)});
            break;
        }
        if (const auto trimmed = core::trim(line); trimmed.empty() || trimmed.front() == '#') {
            continue;
        }
        auto approver = parse_approver_line(line);
        if (!approver) {
            Problem problem = approver.problem();
            problem.where = "line " + std::to_string(number);
            out.problems.push_back(std::move(problem));
        } else if (find_approver(out.approvers, approver->method, approver->key_id) == nullptr) {
            out.approvers.push_back(std::move(approver).value());
        }
    }
    return out;
}

std::string approver_line(const Approver& approver) {
    std::string line = std::string(to_string(approver.method)) + " " + approver.name + " ";
    if (approver.method == PresenceMethod::ssh) {
        line += "ssh-ed25519 ";
    } else if (approver.method == PresenceMethod::passkey) {
        line += core::base64_encode(approver.passkey.credential) + " ";
    }
    line += core::base64_encode(approver.key);
    if (approver.method == PresenceMethod::passkey) {
        line += " " + approver.passkey.rp_id + " " + core::join(approver.passkey.origins, ",");
    }
    return line + (approver.label.empty() ? "" : " ") + approver.label;
}

const Approver* find_approver(std::span<const Approver> approvers, PresenceMethod method,
                              std::string_view key_id) noexcept {
    const auto it = std::find_if(approvers.begin(), approvers.end(), [&](const Approver& a) {
        return a.method == method && a.key_id == key_id;
    });
    return it == approvers.end() ? nullptr : &*it;
}

} // namespace agentd::proposals
