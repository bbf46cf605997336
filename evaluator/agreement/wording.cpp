#include "evaluator/agreement/wording.hpp"

#include "evaluator/effects/nix_settings.hpp"
#include "evaluator/effects/ssh_key.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <array>

namespace agentd::evaluator::agreement {

std::string spelled(std::string_view text) {
    return core::shorten(core::to_utf8(text), Statements::longest);
}

void say(Subjects& subjects, std::string_view subject, std::string_view value, bool optional) {
    subjects.try_emplace(spelled(subject),
                         Statement{.value = spelled(value), .optional = optional});
}

void say_words(Subjects& subjects, std::string_view text) {
    for (const auto word : core::split(text, ' ')) {
        if (!core::trim(word).empty()) {
            say(subjects, core::trim(word));
        }
    }
}

std::string fstab_field(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == ' ' ? "\\040" : c == '\t' ? "\\011" : std::string(1, c);
    }
    return out;
}

std::string key_of(std::string_view user, const std::string& line) {
    const auto name = effects::key_name(line);
    const auto parts = core::split(name, ' ');
    const bool plain = parts.size() > 1 && parts[1].starts_with("SHA256:") &&
                       line.starts_with(std::string(parts[0]) + " ");
    const auto told = plain
                          ? std::string(parts[0]) + " " + std::string(parts[1])
                          : "a key with options, sha256 " + core::sha256(line).hex().substr(0, 12);
    return std::string(user) + ": " + told;
}

void say_keys(Subjects& subjects, std::string_view user, std::string_view text, bool optional) {
    for (const auto line : core::lines(text)) {
        const auto key = core::trim(line);
        if (!key.empty() && !key.starts_with('#')) {
            say(subjects, key_of(user, std::string(key)), {}, optional);
        }
    }
}

void say_nix_lists(Subjects& subjects, const std::string& conf) {
    constexpr std::array lists{std::pair{"trusted-users", ""},
                               std::pair{"substituters", "binary-caches"},
                               std::pair{"trusted-public-keys", "binary-cache-public-keys"}};
    const auto settings = effects::parse_nix_conf(&conf);
    for (const auto& [name, older] : lists) {
        for (const std::string& written :
             {std::string(name), "extra-" + std::string(name), std::string(older)}) {
            if (const auto it = settings.find(written); it != settings.end()) {
                for (const auto& word : effects::words_of_setting(it->second)) {
                    say(subjects, std::string(name) + ": " + word);
                }
            }
        }
    }
}

bool wheel_is_free(std::string_view sudoers) {
    for (const auto line : core::lines(sudoers)) {
        const auto rule = core::trim(line);
        if (rule.starts_with("%wheel") && rule.find("NOPASSWD") != rule.npos &&
            (rule.ends_with(" ALL") || rule.ends_with(":ALL"))) {
            return true;
        }
    }
    return false;
}

std::string ssh_value(std::string_view value) {
    auto out = core::to_lower(value);
    return out == "without-password" ? "prohibit-password" : out;
}

} // namespace agentd::evaluator::agreement
