#include "agentd/ctl/switch_text.hpp"

#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

void print_switch(Terminal& terminal, const core::Json& detail) {
    const auto lines = list(part(detail, "switch"), "lines");
    if (lines.empty()) {
        if (raw(detail, "kind") != "act" && !part(detail, "effects").is_null()) {
            terminal.line("What a switch would restart is not known");
            terminal.line();
        }
        return;
    }
    terminal.line(terminal.paint(Colour::bold, "What a switch does to what runs"));
    for (const core::Json& line : lines) {
        terminal.line("  " + one_line(line.is_string() ? line.get<std::string>() : "", 2'000));
    }
    terminal.line();
}

} // namespace agentd::ctl
