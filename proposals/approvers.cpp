#include "proposals/approvers.hpp"

#include "proposals/sshsig.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Problem;

namespace {

constexpr std::size_t longest_line = 8192;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_label = 256;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '.' || c == '_' || c == '-' || c == '@';
           });
}

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
    } else if (auto checked = ed25519_of_wire(*key); !checked) {
        return checked.problem();
    }
    return std::move(*key);
}

} // namespace

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
    if (method != PresenceMethod::ssh && method != PresenceMethod::browser) {
        return Problem{.code = "bad_line",
                       .message = "the line has to begin with `ssh` or `browser`",
                       .hint = "write `ssh NAME ssh-ed25519 AAAA… COMMENT`"};
    }
    const auto name = next_word(line);
    if (!is_name(name)) {
        return Problem{.code = "bad_name",
                       .message = "the name has to be 1 to 64 of letters, digits and . _ - @"};
    }
    auto key = read_key(*method, line);
    if (!key) {
        return key.problem();
    }
    if (line.size() > longest_label) {
        return Problem{.code = "bad_line", .message = "the label is longer than 256 bytes"};
    }
    std::string id = key_id_of(*key);
    return Approver{.method = *method,
                    .name = std::string(name),
                    .key = std::move(key).value(),
                    .key_id = std::move(id),
                    .label = std::string(line)};
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
    return std::string(to_string(approver.method)) + " " + approver.name + " " +
           (approver.method == PresenceMethod::ssh ? "ssh-ed25519 " : "") +
           core::base64_encode(approver.key) + (approver.label.empty() ? "" : " ") + approver.label;
}

const Approver* find_approver(std::span<const Approver> approvers, PresenceMethod method,
                              std::string_view key_id) noexcept {
    const auto it = std::find_if(approvers.begin(), approvers.end(), [&](const Approver& a) {
        return a.method == method && a.key_id == key_id;
    });
    return it == approvers.end() ? nullptr : &*it;
}

} // namespace agentd::proposals
