#include "agentd/ctl/diff_text.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <map>
#include <optional>

namespace agentd::ctl {

namespace {

using core::Json;

constexpr std::size_t longest_line = 4096;

std::string hunk_head(const Json& hunk) {
    const auto range = [&](const char* start, const char* lines) {
        return std::to_string(number(hunk, start)) + "," + std::to_string(number(hunk, lines));
    };
    return "@@ -" + range("old_start", "old_lines") + " +" + range("new_start", "new_lines") +
           " @@";
}

/// As `core::printable` draws what hides.
std::string by_number(std::int64_t code_point) {
    std::array<char, 24> drawn{};
    std::snprintf(drawn.data(), drawn.size(), "\\u{%04llX}",
                  static_cast<unsigned long long>(code_point));
    return drawn.data();
}

/// nullopt: as the line itself. Names and operators are.
std::optional<Colour> colour_of(const std::string& kind) {
    static const std::map<std::string, Colour, std::less<>> colours{
        {"keyword", Colour::word}, {"interpolation", Colour::word}, {"constant", Colour::value},
        {"number", Colour::value}, {"string", Colour::text},        {"path", Colour::place},
        {"url", Colour::place},    {"comment", Colour::dim}};
    const auto found = colours.find(kind);
    return found == colours.end() ? std::nullopt : std::optional(found->second);
}

/// A column of the line and what begins or ends there, of spans `[start, end, …]` in order.
class Spans {
  public:
    explicit Spans(std::vector<Json> spans) : spans_(std::move(spans)) {}
    /// The span that holds this column; columns are asked for in order.
    const Json* at(std::int64_t column) {
        while (next_ < spans_.size() && edge(1) <= column) {
            ++next_;
        }
        return next_ < spans_.size() && edge(0) <= column ? &spans_[next_] : nullptr;
    }

  private:
    /// Of what is no span: above all columns, so that it and what follows say nothing.
    std::int64_t edge(std::size_t which) const {
        const Json& span = spans_[next_];
        return span.is_array() && span.size() > which && span[which].is_number_integer()
                   ? span[which].get<std::int64_t>()
                   : static_cast<std::int64_t>(longest_line);
    }

    std::vector<Json> spans_;
    std::size_t next_ = 0;
};

/// Draws one line, character by character, as runs of one colour.
class LinePainter {
  public:
    LinePainter(Terminal& terminal, const Json& line)
        : terminal_(terminal), line_(line), kind_(one_line(raw(line, "kind"), 1)),
          changed_(ctl::list(line, "changed")), colours_(ctl::list(line, "colours")) {
        for (const Json& mark : ctl::list(line, "marks")) {
            marked_.emplace(number(mark, "column"), number(mark, "code_point"));
        }
    }

    std::string paint() {
        if (raw(line_, "text").starts_with("\\ ") && number(line_, "old") == 0 &&
            number(line_, "new") == 0) {
            return core::printable(raw(line_, "text")); // a remark, as git writes it
        }
        put(kind_.empty() ? " " : kind_, base());
        const std::string all = core::to_utf8(raw(line_, "text"));
        std::int64_t column = 0;
        for (std::string_view rest = all; !rest.empty(); ++column) {
            const auto length = length_of(rest);
            const auto mark = marked_.find(column);
            put(mark == marked_.end() ? core::printable(rest.substr(0, length))
                                      : by_number(mark->second),
                colour_at(column));
            rest.remove_prefix(length);
            if (drawn_ > longest_line) {
                put("…", base());
                break;
            }
        }
        flush();
        return std::move(out_);
    }

  private:
    static std::size_t length_of(std::string_view text) {
        std::size_t length = 1;
        while (length < text.size() &&
               (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        return length;
    }
    std::optional<Colour> base() const {
        return kind_ == "+"   ? std::optional(Colour::good)
               : kind_ == "-" ? std::optional(Colour::bad)
                              : std::nullopt;
    }
    std::optional<Colour> colour_at(std::int64_t column) {
        const Json* colour = colours_.at(column);
        if (changed_.at(column) != nullptr && base()) {
            return kind_ == "+" ? Colour::good_inside : Colour::bad_inside;
        }
        const auto own = colour != nullptr && colour->size() == 3 && (*colour)[2].is_string()
                             ? colour_of((*colour)[2].get<std::string>())
                             : std::nullopt;
        return own ? own : base();
    }
    void put(const std::string& text, std::optional<Colour> colour) {
        if (colour != colour_) {
            flush();
            colour_ = colour;
        }
        run_ += text;
        drawn_ += text.size();
    }
    void flush() {
        out_ += colour_ && !run_.empty() ? terminal_.paint(*colour_, run_) : run_;
        run_.clear();
    }

    Terminal& terminal_;
    const Json& line_;
    std::string kind_;
    Spans changed_;
    Spans colours_;
    std::map<std::int64_t, std::int64_t> marked_{}; ///< column: code point
    std::string out_{};
    std::string run_{};
    std::optional<Colour> colour_{};
    std::size_t drawn_ = 0;
};

} // namespace

void print_hunks(Terminal& terminal, const Json& file) {
    for (const Json& hunk : ctl::list(file, "hunks")) {
        terminal.line(terminal.paint(Colour::dim, hunk_head(hunk)));
        for (const Json& line : ctl::list(hunk, "lines")) {
            terminal.line(LinePainter(terminal, line).paint());
            if (!ctl::list(line, "marks").empty()) {
                terminal.line(terminal.paint(Colour::warn,
                                             "! the line above holds characters that hide, or that "
                                             "look like others: they are "
                                             "drawn by their numbers"));
            }
        }
    }
}

} // namespace agentd::ctl
