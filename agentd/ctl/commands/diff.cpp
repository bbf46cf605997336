#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

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

/// Not trimmed as other texts are: white space is part of a diff.
std::string drawn(const Json& line) {
    return core::shorten(core::printable(raw(line, "text")), longest_line);
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
                terminal.line(terminal.paint(
                    Colour::warn, "! the line above holds characters that can hide what it says"));
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
