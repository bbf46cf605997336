#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/diff_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

void print_file(Terminal& terminal, const Json& file) {
    const std::string path = shown(file, "path"), change = raw(file, "change");
    const std::string old_path = shown(file, "old_path").empty() ? path : shown(file, "old_path");
    terminal.line(
        terminal.paint(Colour::bold, "--- " + (change == "added" ? "/dev/null" : "a/" + old_path)));
    terminal.line(
        terminal.paint(Colour::bold, "+++ " + (change == "removed" ? "/dev/null" : "b/" + path)));
    print_hunks(terminal, file);
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
