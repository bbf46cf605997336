#include "evaluator/secret_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace agentd::evaluator {

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 10> words{
        "password",   "passwd", "passphrase", "secret",    "token",
        "credential", "apikey", "privatekey", "accesskey", "authkey"};
    constexpr std::array<std::string_view, 2> ends{"pass", "psk"};
    constexpr std::array<std::string_view, 4> only_where{"file", "files", "path", "enable"};
    std::string plain = core::to_lower(name);
    std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == '.'; });
    const auto within = [&](std::string_view word) {
        return plain.find(word) != std::string::npos;
    };
    const auto last = [&](std::string_view end) { return plain.ends_with(end); };
    return (std::any_of(words.begin(), words.end(), within) ||
            std::any_of(ends.begin(), ends.end(), last)) &&
           std::none_of(only_where.begin(), only_where.end(), last);
}

bool is_secret_text(std::string_view text) {
    if (text.find("PRIVATE KEY-----") != text.npos || text.find("AGE-SECRET-KEY-") != text.npos) {
        return true;
    }
    if (const auto equals = text.find('=');
        equals != text.npos && equals < 128 && names_a_secret(text.substr(0, equals))) {
        return true;
    }
    const auto host = text.find("://");
    const auto who = host == text.npos ? host : text.find_first_of("@/ ", host + 3);
    return who != text.npos && text[who] == '@' &&
           text.substr(host + 3, who - host - 3).find(':') != text.npos;
}

} // namespace agentd::evaluator
