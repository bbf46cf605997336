#include "agentd/explanation/naming.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::explanation {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// `ExecStart` of `Service.ExecStart=…`; "" of a line that is a command.
std::string_view key_of(std::string_view line) {
    const auto end = line.find('=');
    const auto key = line.substr(0, end == line.npos ? 0 : end);
    const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
    });
    const auto dot = key.rfind('.');
    return !plain ? "" : key.substr(dot == key.npos ? 0 : dot + 1);
}

void collect(std::string_view text, bool listens, std::set<std::string>& out) {
    constexpr std::string_view before = " :=\"'";
    constexpr std::string_view after = " \"'";
    for (std::size_t at = 0; at < text.size();) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        auto end = at;
        while (end < text.size() && is_digit(text[end])) {
            ++end;
        }
        const bool first = at == 0;
        const bool colon = !first && text[at - 1] == ':';
        const bool begins = first || before.find(text[at - 1]) != before.npos;
        const bool ends = end == text.size() || after.find(text[end]) != after.npos ||
                          (colon && text[end] == '/');
        const bool sure = colon || listens ||
                          (!first && core::to_lower(text.substr(0, at - 1)).ends_with("port"));
        const auto digits = end - at;
        if (begins && ends && digits <= 5 && (digits >= 3 || (digits == 2 && sure))) {
            out.emplace(text.substr(at, digits));
        }
        at = end;
    }
}

} // namespace

std::string clipped(const std::string& text, std::size_t limit) {
    if (text.size() <= limit) {
        return text;
    }
    auto start = text.size() - limit / 2;
    while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
        ++start;
    }
    return core::shorten(text, limit / 2) + text.substr(start);
}

std::string some_of(const std::vector<std::string>& names) {
    constexpr std::size_t most = 4;
    constexpr std::size_t longest = 120;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) {
        out += (i == 0 ? "" : ", ") + clipped(names[i], longest);
    }
    return names.size() > most ? out + " and " + std::to_string(names.size() - most) + " more"
                               : out;
}

std::string key_named(std::string_view name) {
    constexpr std::size_t longest_type = 64;
    const auto words = core::split(name, ' ');
    const auto plain = [](std::string_view word, std::string_view more) {
        return !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
                   more.find(c) != more.npos;
        });
    };
    const bool known = words.size() >= 2 && words[0].size() <= longest_type &&
                       plain(words[0], "-@.") && words[1].starts_with("SHA256:") &&
                       words[1].size() <= longest_type && plain(words[1].substr(7), "+/");
    return known ? "the key " + std::string(words[0]) + " " + std::string(words[1]) : "a key";
}

std::set<std::string> ports_spoken(std::string_view lines) {
    std::set<std::string> out;
    for (const auto line : core::lines(lines)) {
        const auto key = key_of(line);
        const bool listens = key.starts_with("Listen");
        if (key.empty() || listens || key.starts_with("Exec") || key.starts_with("Environment")) {
            collect(key.empty() ? line : line.substr(line.find('=') + 1), listens, out);
        }
    }
    return out;
}

} // namespace agentd::explanation
