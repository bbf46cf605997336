#include "proposals/intake_text.hpp"

#include "proposals/intake_path.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <unordered_set>

namespace agentd::proposals {

using core::Problem;
using core::Result;

namespace {

constexpr std::size_t widest_line = 400;
constexpr std::size_t most_changed_lines = 2000;

using LineSet = std::unordered_set<std::string_view>;

LineSet line_set(std::string_view text) {
    const auto all = core::lines(text);
    return {all.begin(), all.end()};
}

const char* how_else(char32_t control) noexcept {
    return control == '\r'
               ? "the patch or the file has the line ends of Windows: make them LF alone "
                 "(dos2unix FILE), then make the patch again"
               : "write it as an escape inside the string";
}

/// Every line that ends does so as on Windows, and there is one.
bool is_of_windows(std::string_view text) {
    const auto all = core::split(text, '\n'); // the last of them does not end
    return all.size() > 1 &&
           std::all_of(all.begin(), all.end() - 1, [](auto line) { return line.ends_with('\r'); });
}

/// A picture, arrow or sign of which the selector behind it says that it is drawn in colours.
bool ends_with_picture(std::string_view text) {
    const auto at = [&](std::size_t back) {
        return back <= text.size() ? static_cast<unsigned char>(text[text.size() - back]) : 0U;
    };
    const bool sign = at(3) == 0xE2 && (at(2) >= 0x84 && at(2) <= 0xAF); // U+2100 to U+2BFF
    return sign || (at(4) == 0xF0 && at(3) == 0x9F);                     // U+1F000 to U+1FFFF
}

/// The line without those selectors.
std::string without_picture_style(std::string_view line) {
    constexpr std::string_view selector = "\xEF\xB8\x8F"; // U+FE0F
    std::string out;
    for (auto found = line.find(selector); found != line.npos; found = line.find(selector)) {
        const auto before = line.substr(0, found);
        out += before;
        out += ends_with_picture(before) ? "" : selector;
        line.remove_prefix(found + selector.size());
    }
    return out += line;
}

bool is_control(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

std::string draw(char32_t c) {
    char text[16];
    std::snprintf(text, sizeof text, "U+%04X", static_cast<unsigned>(c));
    return text;
}

Problem at_line(std::string code, std::string message, std::string_view path, std::size_t line,
                std::string hint = {}) {
    return {.code = std::move(code),
            .message = std::move(message),
            .where = std::string(path) + ":" + std::to_string(line),
            .hint = std::move(hint)};
}

/// The first line (from 1) that is not UTF-8, or 0.
std::size_t first_bad_utf8(const std::vector<std::string_view>& all) {
    const auto it = std::find_if(all.begin(), all.end(),
                                 [](std::string_view line) { return !core::is_utf8(line); });
    return it == all.end() ? 0 : static_cast<std::size_t>(it - all.begin()) + 1;
}

class TextJudge {
  public:
    TextJudge(std::string_view path, std::string_view before)
        : path_(path), strict_(is_evaluated_text(path)), windows_(is_of_windows(before)),
          old_(line_set(before)) {}

    Result<std::vector<Flag>> judge(std::string_view before, std::string_view after) {
        const auto all = core::lines(after);
        if (auto done = judge_encoding(after, all); !done) {
            return done.problem();
        }
        std::size_t changed = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const bool is_new = !old_.contains(all[i]);
            changed += is_new ? 1 : 0;
            if (is_new && all[i].size() > widest_line) {
                flags_.insert(Flag::unreviewable);
            }
            if (auto done = judge_line(all[i], i + 1, is_new); !done) {
                return done.problem();
            }
        }
        const LineSet kept = line_set(after);
        for (const auto line : core::lines(before)) {
            changed += kept.contains(line) ? 0 : 1;
        }
        if (changed > most_changed_lines) {
            flags_.insert(Flag::unreviewable);
        }
        return std::vector<Flag>(flags_.begin(), flags_.end());
    }

  private:
    Result<core::Done> judge_encoding(std::string_view after,
                                      const std::vector<std::string_view>& all) {
        if (strict_ && after.starts_with("\xEF\xBB\xBF")) {
            return at_line("bad_encoding", "the file begins with a byte order mark", path_, 1);
        }
        const std::size_t bad = first_bad_utf8(all);
        if (bad != 0 && strict_) {
            return at_line("bad_encoding", "the text is not UTF-8", path_, bad);
        }
        if (bad != 0) {
            flags_.insert(Flag::not_utf8);
        }
        return core::Done{};
    }

    Result<core::Done> judge_line(std::string_view line, std::size_t number, bool is_new) {
        if (windows_ && line.ends_with('\r')) {
            line.remove_suffix(1);
            flags_.insert(Flag::control_char);
        }
        const std::string rest = without_picture_style(line);
        if (rest.size() != line.size()) {
            flags_.insert(Flag::hidden_unicode);
        }
        for (const auto& hidden : core::hidden_code_points(rest)) {
            const bool control = is_control(hidden.code_point);
            // Nix reads NUL as the end and a lone CR as a new line: nowhere in a file, old or new.
            const bool cuts = hidden.code_point == 0 || hidden.code_point == '\r';
            if (strict_ && control && (is_new || cuts)) {
                return at_line("control_char",
                               "control character " + draw(hidden.code_point) +
                                   "; only line feed and tab may stand here",
                               path_, number, how_else(hidden.code_point));
            }
            if (strict_ && is_new) {
                return at_line("hidden_unicode",
                               "code point " + draw(hidden.code_point) +
                                   " cannot be seen or reorders what is seen",
                               path_, number, "remove it");
            }
            if (hidden.code_point != 0xFFFD) {
                flags_.insert(control ? Flag::control_char : Flag::hidden_unicode);
            }
        }
        return core::Done{};
    }

    std::string_view path_;
    bool strict_;
    bool windows_; ///< the base has the line ends of Windows, so what is added may have them
    LineSet old_;
    std::set<Flag> flags_;
};

} // namespace

Result<std::vector<Flag>> judge_text(std::string_view path, std::string_view before,
                                     std::string_view after) {
    return TextJudge(path, before).judge(before, after);
}

} // namespace agentd::proposals
