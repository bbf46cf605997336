#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <map>

namespace agentd::ctl::commands {

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

/// Not trimmed as other texts are: white space is part of a diff. What the daemon marked (hidden,
/// or drawn as another character is) is drawn by its number, as on the page.
std::string drawn(const Json& line) {
    std::map<std::int64_t, std::int64_t> marked;
    for (const Json& mark : ctl::list(line, "marks")) {
        marked.emplace(number(mark, "column"), number(mark, "code_point"));
    }
    std::string text;
    std::int64_t column = 0;
    const std::string all = core::to_utf8(raw(line, "text"));
    for (std::string_view rest = all; !rest.empty(); ++column) {
        std::size_t length = 1;
        while (length < rest.size() &&
               (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        const auto mark = marked.find(column);
        text += mark == marked.end() ? core::printable(rest.substr(0, length))
                                     : by_number(mark->second);
        rest.remove_prefix(length);
    }
    return core::shorten(text, longest_line);
}

void print_file(Terminal& terminal, const Json& file) {
    const std::string path = shown(file, "path"), change = raw(file, "change");
    const std::string old_path = shown(file, "old_path").empty() ? path : shown(file, "old_path");
    terminal.line(
        terminal.paint(Colour::bold, "--- " + (change == "added" ? "/dev/null" : "a/" + old_path)));
    terminal.line(
        terminal.paint(Colour::bold, "+++ " + (change == "removed" ? "/dev/null" : "b/" + path)));
    for (const Json& hunk : ctl::list(file, "hunks")) {
        terminal.line(terminal.paint(Colour::dim, hunk_head(hunk)));
        for (const Json& line : ctl::list(hunk, "lines")) {
            const std::string kind = one_line(raw(line, "kind"), 1);
            const std::string text = (kind.empty() ? " " : kind) + drawn(line);
            terminal.line(kind == "+"   ? terminal.paint(Colour::good, text)
                          : kind == "-" ? terminal.paint(Colour::bad, text)
                                        : text);
            if (!ctl::list(line, "marks").empty()) {
                terminal.line(terminal.paint(Colour::warn,
                                             "! the line above holds characters that hide, or that "
                                             "look like others: they are "
                                             "drawn by their numbers"));
            }
        }
    }
}

} // namespace

int diff(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("diff", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const auto files = ctl::list(result, "files");
    for (const Json& file : files) {
        print_file(terminal, file);
    }
    terminal.result(result);
    return !files.empty() && context.asked().has("--detailed-exitcode") ? status::changes
                                                                        : status::ok;
}

} // namespace agentd::ctl::commands
