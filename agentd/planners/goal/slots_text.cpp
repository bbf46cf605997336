// Texts with a shape of their own: zones, locales, sizes, addresses, keys.
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal::slot {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// `two` of "two weeks"; "" for any other word.
std::string number_said(std::string_view word) {
    static constexpr std::array<std::array<std::string_view, 2>, 14> numbers{{{"one", "1"},
                                                                              {"two", "2"},
                                                                              {"three", "3"},
                                                                              {"four", "4"},
                                                                              {"five", "5"},
                                                                              {"six", "6"},
                                                                              {"seven", "7"},
                                                                              {"eight", "8"},
                                                                              {"nine", "9"},
                                                                              {"ten", "10"},
                                                                              {"twelve", "12"},
                                                                              {"fourteen", "14"},
                                                                              {"thirty", "30"},
                                                                              {"sixty", "60"}}};
    for (const auto& [said, number] : numbers) {
        if (said == word) {
            return std::string(number);
        }
    }
    return {};
}

/// `30d`, and the words "30 days" as one.
void counted(const Scene& scene, std::size_t at, Out out,
             std::span<const std::array<std::string_view, 2>> units, std::string_view letters) {
    const Token* token = word_at(scene, at);
    const std::string said =
        token == nullptr || token->quoted ? std::string() : number_said(token->lower);
    if (token == nullptr || (said.empty() && !is_digit(token->text.front()))) {
        return;
    }
    std::size_t digits = said.empty() ? 0 : token->text.size();
    while (digits < token->text.size() && is_digit(token->text[digits])) {
        ++digits;
    }
    const std::string number = said.empty() ? token->text.substr(0, digits) : said;
    const std::string unit = token->text.substr(digits);
    if (!unit.empty()) {
        for (const auto& [name, letter] : units) {
            const bool own = unit.size() == 1 && letters.find(unit[0]) != std::string_view::npos;
            if (own || core::to_lower(unit) == name) {
                return take_text(out, at + 1, number + (own ? unit : std::string(letter)));
            }
        }
        return;
    }
    const Token* next = word_at(scene, at + 1);
    for (const auto& [name, letter] : units) {
        if (next != nullptr && !next->quoted && next->lower == name) {
            return take_text(out, at + 2, number + std::string(letter));
        }
    }
}

} // namespace

void branch(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    const bool fits = token != nullptr && (token->quoted || !is_reserved(token->lower)) &&
                      has_only(token->text, "-_./") && token->text.front() != '/' &&
                      token->text.find("..") == std::string::npos && token->text.size() <= 100;
    if (fits) {
        take_text(out, at + 1, token->text);
    }
}

void domain(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr || !has_only(token->text, "-._") || token->text.ends_with(".nix")) {
        return;
    }
    const bool dotted = token->text.find('.') != std::string::npos;
    if ((dotted && is_letter(token->text.back())) || token->is("localhost")) {
        take_text(out, at + 1, token->text);
    }
}

void duration(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::array<std::string_view, 2>, 10> units{{{"day", "d"},
                                                                            {"days", "d"},
                                                                            {"week", "w"},
                                                                            {"weeks", "w"},
                                                                            {"hour", "h"},
                                                                            {"hours", "h"},
                                                                            {"minute", "m"},
                                                                            {"minutes", "m"},
                                                                            {"second", "s"},
                                                                            {"seconds", "s"}}};
    counted(scene, at, out, units, "dwhms");
    // Nix and systemd count no weeks alike.
    for (Taken& taken : out) {
        std::string& text = taken.items.front().text;
        if (text.ends_with('w')) {
            const auto weeks = core::parse_integer(text.substr(0, text.size() - 1));
            text = std::to_string(weeks.value_or(0) * 7) + "d";
        }
    }
}

void size(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::array<std::string_view, 2>, 12> units{{{"mb", "M"},
                                                                            {"mib", "M"},
                                                                            {"megabytes", "M"},
                                                                            {"megabyte", "M"},
                                                                            {"gb", "G"},
                                                                            {"gib", "G"},
                                                                            {"gigabytes", "G"},
                                                                            {"gigabyte", "G"},
                                                                            {"kb", "K"},
                                                                            {"tb", "T"},
                                                                            {"gigs", "G"},
                                                                            {"megs", "M"}}};
    counted(scene, at, out, units, "KMGT");
}

void locale(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token == nullptr || token->text.size() < 5) {
        return;
    }
    const std::string& text = token->text;
    const bool named = is_letter(text[0]) && is_letter(text[1]) && text[2] == '_' &&
                       is_letter(text[3]) && is_letter(text[4]);
    if (!named || !has_only(text, "_.-@")) {
        return;
    }
    const auto dot = text.find('.');
    const std::string region = text.substr(0, dot);
    const std::string coding = dot == std::string::npos ? "" : core::to_lower(text.substr(dot + 1));
    if (dot == std::string::npos || coding == "utf8" || coding == "utf-8") {
        take_text(out, at + 1, region + ".UTF-8");
    } else {
        take_text(out, at + 1, text);
    }
}

void reason(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::string_view, 16> turning{
        "not",  "no",    "never",   "don't",   "doesn't", "cannot", "can't", "none",
        "less", "fewer", "neither", "without", "except",  "unless", "only",  "if"};
    constexpr std::size_t most = 10;
    for (std::size_t end = at; end < at + most; ++end) {
        const Token* token = scene.token(end);
        if (token == nullptr || token->mark || token->quoted ||
            std::find(turning.begin(), turning.end(), token->lower) != turning.end()) {
            return;
        }
        take_text(out, end + 1, token->text);
    }
}

void path(const Scene& scene, std::size_t at, Out out) {
    const Token* token = word_at(scene, at);
    if (token != nullptr && token->text.front() == '/' && token->text.size() > 1 &&
        has_only(token->text, "/-_.@+") && token->text.find("..") == std::string::npos) {
        take_text(out, at + 1, token->text);
    }
}

void url(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::string_view, 10> schemes{
        "github:", "gitlab:", "sourcehut:", "git+https:",     "git+ssh:",
        "https:",  "path:",   "flake:",     "tarball+https:", "git+file:"};
    const Token* token = word_at(scene, at);
    const bool known =
        token != nullptr &&
        std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
            return token->text.starts_with(scheme) && token->text.size() > scheme.size();
        });
    if (known && has_only(token->text, "/:-_.~@+?=&%#")) {
        take_text(out, at + 1, token->text);
    }
}

void key(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::string_view, 7> kinds{"ssh-ed25519",
                                                           "ssh-rsa",
                                                           "ecdsa-sha2-nistp256",
                                                           "ecdsa-sha2-nistp384",
                                                           "ecdsa-sha2-nistp521",
                                                           "sk-ssh-ed25519@openssh.com",
                                                           "sk-ecdsa-sha2-nistp256@openssh.com"};
    const Token* token = scene.token(at);
    if (token == nullptr) {
        return;
    }
    if (token->quoted) {
        const auto parts = core::split(token->text, ' ');
        if (parts.size() >= 2 && is_one_of(kinds, parts[0]) && parts[1].starts_with("AAAA")) {
            take_text(out, at + 1, token->text);
        }
        return;
    }
    const Token* bytes = scene.token(at + 1);
    if (!is_one_of(kinds, token->text) || bytes == nullptr || !bytes->text.starts_with("AAAA") ||
        bytes->text.size() < 60 || !has_only(bytes->text, "+/=")) {
        return;
    }
    take_text(out, at + 2, token->text + " " + bytes->text);
    const Token* comment = scene.token(at + 2);
    if (comment != nullptr && !comment->mark && !comment->quoted &&
        comment->text.find('@') != std::string::npos && has_only(comment->text, "@-_.")) {
        take_text(out, at + 3, token->text + " " + bytes->text + " " + comment->text);
    }
}

void zone(const Scene& scene, std::size_t at, Out out) {
    static constexpr std::array<std::string_view, 11> areas{
        "Africa",    "America", "Antarctica", "Arctic",  "Asia", "Atlantic",
        "Australia", "Europe",  "Indian",     "Pacific", "Etc"};
    const Token* token = word_at(scene, at);
    if (token == nullptr || !has_only(token->text, "/_-+")) {
        return;
    }
    if (token->text == "UTC" || token->text == "GMT" || token->lower == "utc") {
        return take_text(out, at + 1, token->lower == "gmt" ? "GMT" : "UTC");
    }
    std::string text = token->text;
    const bool small = text == core::to_lower(text);
    for (std::size_t i = 0; small && i < text.size(); ++i) {
        const bool first = i == 0 || text[i - 1] == '/' || text[i - 1] == '_';
        text[i] = first && is_letter(text[i]) ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    }
    const auto slash = text.find('/');
    if (slash != std::string::npos && slash + 1 < text.size() &&
        is_one_of(areas, std::string_view(text).substr(0, slash))) {
        take_text(out, at + 1, text);
    }
}

} // namespace agentd::planners::goal::slot
