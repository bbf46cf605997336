#include "policy/glob.hpp"

#include "agentd/core/text.hpp"
#include "proposals/operations.hpp"

#include <algorithm>

namespace agentd::policy {

namespace {

core::Problem bad(std::string_view pattern, std::string why) {
    return {.code = "bad_glob",
            .message = "`" + core::printable(core::shorten(pattern, 80)) + "`: " + std::move(why),
            .hint = "`*` stands for part of a segment, `**` for anything, `{a,b}` for either"};
}

core::Result<std::vector<std::string>> expand(std::string_view pattern) {
    std::vector<std::string> out{""};
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '}' || pattern[i] == ',') {
            return bad(pattern, "a `}` or `,` outside braces");
        }
        if (pattern[i] != '{') {
            for (std::string& text : out) {
                text += pattern[i];
            }
            continue;
        }
        const std::size_t close = pattern.find('}', i);
        const std::string_view inner = pattern.substr(i + 1, close - i - 1);
        if (close == std::string_view::npos || inner.find('{') != std::string_view::npos) {
            return bad(pattern, "braces have to be closed and cannot be nested");
        }
        const auto choices = core::split(inner, ',');
        if (out.size() * choices.size() > Glob::max_alternatives) {
            return bad(pattern, "more than 64 alternatives");
        }
        std::vector<std::string> longer;
        for (const std::string& head : out) {
            for (const std::string_view choice : choices) {
                longer.push_back(head + std::string(choice));
            }
        }
        out = std::move(longer);
        i = close;
    }
    return out;
}

/// An option without quotes, where each dot that is left parts two names.
std::optional<std::string> without_quotes(std::string_view option) {
    const auto names = proposals::option_names(option);
    if (!names) {
        return std::nullopt;
    }
    std::string out;
    for (const auto& name : *names) {
        out += out.empty() ? "" : ".";
        const auto at = out.size();
        out += name.text;
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), '.', dot_in_name);
    }
    return out;
}

// Rows of the pattern over columns of the text: no backtracking, so a hostile name costs no time.
bool matches_stars(std::string_view pattern, std::string_view text, char separator) {
    std::vector<bool> reach(text.size() + 1, false);
    reach[0] = true;
    for (std::size_t p = 0; p < pattern.size(); ++p) {
        if (pattern[p] != '*') {
            for (std::size_t t = text.size(); t > 0; --t) {
                reach[t] = reach[t - 1] && text[t - 1] == pattern[p];
            }
            reach[0] = false;
            continue;
        }
        const bool across = separator == '\0' || (p + 1 < pattern.size() && pattern[p + 1] == '*');
        while (p + 1 < pattern.size() && pattern[p + 1] == '*') {
            ++p;
        }
        for (std::size_t t = 1; t <= text.size(); ++t) {
            reach[t] = reach[t] || (reach[t - 1] && (across || text[t - 1] != separator));
        }
    }
    return reach[text.size()];
}

Glob::Alternative alternative(std::string text) {
    const auto star = text.find('*');
    const bool plain = star == std::string::npos;
    const std::size_t head = plain ? text.size() : star;
    const std::size_t tail = plain ? 0 : text.size() - text.rfind('*') - 1;
    return {.text = std::move(text), .head = head, .tail = tail};
}

// Most patterns are told apart by the letters before their first star and after their last.
bool matches_one(const Glob::Alternative& one, std::string_view text, char separator) {
    const std::string_view pattern = one.text;
    const std::size_t ends = one.head + one.tail;
    if (text.size() < ends || !text.starts_with(pattern.substr(0, one.head)) ||
        !text.ends_with(pattern.substr(pattern.size() - one.tail))) {
        return false;
    }
    const std::string_view stars = pattern.substr(one.head, pattern.size() - ends);
    const std::string_view rest = text.substr(one.head, text.size() - ends);
    const bool anything = stars == "**" || (stars == "*" && separator == '\0');
    return anything || (stars.empty() ? rest.empty() : matches_stars(stars, rest, separator));
}

} // namespace

char separator_of(Form form) noexcept {
    switch (form) {
    case Form::text:
        return '\0';
    case Form::file:
        return '/';
    case Form::option:
        return '.';
    }
    return '\0';
}

core::Result<Glob> Glob::compile(std::string_view pattern, Form form) {
    if (pattern.empty() || pattern.size() > max_bytes) {
        return bad(pattern, "has to be 1 to 256 bytes");
    }
    if (std::any_of(pattern.begin(), pattern.end(), [](char c) { return c >= 0 && c < ' '; })) {
        return bad(pattern, "a control character");
    }
    if (pattern.find_first_of("?[]\\") != std::string_view::npos) {
        return bad(pattern, "`?`, `[`, `]` and `\\` have no meaning in a pattern");
    }
    auto alternatives = expand(pattern);
    if (!alternatives) {
        return alternatives.problem();
    }
    Glob glob;
    for (const std::string& one : alternatives.value()) {
        if (one.empty()) {
            return bad(pattern, "one of its alternatives is empty");
        }
        auto names = form == Form::option ? without_quotes(one) : one;
        if (!names) {
            return bad(pattern, "an empty name, or a quote that is not around a whole name");
        }
        glob.alternatives_.push_back(alternative(std::move(*names)));
    }
    glob.pattern_ = std::string(pattern);
    glob.form_ = form;
    return glob;
}

bool Glob::matches(std::string_view text) const {
    std::string plain;
    if (form_ == Form::option && text.find('"') != std::string_view::npos) {
        plain = without_quotes(text).value_or(std::string(text));
        text = plain;
    }
    const char separator = separator_of(form_);
    return std::any_of(alternatives_.begin(), alternatives_.end(),
                       [&](const Alternative& one) { return matches_one(one, text, separator); });
}

} // namespace agentd::policy
