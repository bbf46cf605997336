#include "agentd/ctl/refusal_text.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

void print_refusal(Terminal& terminal, const Json& detail) {
    const Json& refusal = part(detail, "refusal");
    if (refusal.is_null()) {
        return;
    }
    terminal.line(terminal.paint(Colour::bad, "Refused") + " at " + shown(refusal, "stage", 40) +
                  " (" + shown(refusal, "code", 80) + ")");
    const std::string message = raw(refusal, "message");
    for (const auto line : core::lines(message)) {
        terminal.line("  " + one_line(line, 500));
    }
    for (const auto& [key, name] : {std::pair("where", "where"), std::pair("hint", "next")}) {
        if (const auto text = shown(refusal, key, 1000); !text.empty()) {
            terminal.line("  " + std::string(name) + ": " + text);
        }
    }
}

} // namespace agentd::ctl
