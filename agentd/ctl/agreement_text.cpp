#include "agentd/ctl/agreement_text.hpp"

#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

void print_disagreement(Terminal& terminal, const Json& detail) {
    const Json& found = part(detail, "disagreement");
    const auto items = list(found, "items");
    const auto missing = list(found, "not_compared");
    const auto trouble = shown(found, "trouble", 500);
    if (items.empty() && missing.empty() && trouble.empty()) {
        return;
    }
    terminal.line(
        items.empty()
            ? terminal.paint(Colour::warn, "Options and built system were not held "
                                           "against each other everywhere")
            : terminal.paint(Colour::bad, "Options and built system do not say the same"));
    for (const Json& item : items) {
        terminal.line("  - " + shown(item, "text", 600));
    }
    if (truth(found, "more")) {
        terminal.line("  … and more: all that are kept are in --json");
    }
    for (const Json& topic : missing) {
        terminal.line("  not compared, though it changes: " +
                      one_line(topic.is_string() ? topic.get<std::string>() : "", 80));
    }
    if (!trouble.empty()) {
        terminal.line("  not compared: " + trouble);
    }
    terminal.line();
}

} // namespace agentd::ctl
