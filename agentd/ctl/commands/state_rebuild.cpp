#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

int state_rebuild(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("state.rebuild", core::Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<core::Json>(reply);
    const std::string before = shown(result, "rows_before_sha256", 64);
    const std::string after = shown(result, "rows_after_sha256", 64);
    terminal.line("folded " + std::to_string(number(result, "entries")) +
                  " entries of the log again: " +
                  (before == after ? "the rows are the same as before" : "the rows have changed"));
    if (before != after) {
        terminal.line("  before " + before);
        terminal.line("  after  " + after);
        terminal.line(
            "  the log is the truth; what differed before was not. It now says what the log says");
    }
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
