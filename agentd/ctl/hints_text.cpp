#include "agentd/ctl/hints_text.hpp"

#include "agentd/ctl/view.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::ctl {

using core::Json;

namespace {

std::string text_of(const Json& value) {
    return one_line(value.is_string() ? value.get<std::string>() : "", 500);
}

std::string option_line(const Terminal& terminal, const Json& change) {
    std::string line = "  " + terminal.paint(Colour::bold, shown(change, "name", 200)) + " ";
    if (truth(change, "secret")) {
        line += "changes (a secret: not shown)";
    } else if (!list(change, "added").empty() || !list(change, "removed").empty()) {
        for (const auto& [key, sign] : {std::pair{"removed", "- "}, std::pair{"added", "+ "}}) {
            for (const Json& element : list(change, key)) {
                line += std::string(sign) + one_line(element.get<std::string>(), 200) + " ";
            }
        }
    } else {
        const auto side = [&](const char* key) {
            const std::string text = shown(change, key, 300);
            return text.empty() ? std::string("not set") : text;
        };
        line += side("before") + " -> " + side("after");
    }
    const std::string file = shown(change, "file", 200);
    const auto at = number(change, "line");
    line += file.empty() ? "" : "  (" + file + (at > 0 ? ":" + std::to_string(at) : "") + ")";
    return line;
}

} // namespace

void print_options(Terminal& terminal, const Json& detail) {
    const Json& options = part(detail, "options");
    if (options.is_null()) {
        return;
    }
    terminal.line(terminal.paint(Colour::bold, "Options that the changed files set otherwise"));
    const auto changes = list(options, "changes");
    for (const Json& change : changes) {
        terminal.line(option_line(terminal, change));
    }
    if (const auto trouble = shown(options, "trouble", 500); !trouble.empty()) {
        terminal.line("  not known: " + trouble);
    } else if (changes.empty()) {
        terminal.line("  none");
    }
    if (truth(options, "more")) {
        terminal.line("  … and more");
    }
    terminal.line();
}

void print_hosts(Terminal& terminal, const Json& detail) {
    const Json& hosts = part(detail, "hosts");
    if (hosts.is_null()) {
        return;
    }
    terminal.line(terminal.paint(Colour::bold, "Other hosts of this flake"));
    const auto all = list(hosts, "sentences");
    for (const Json& sentence : all) {
        const bool breaks = text_of(sentence).starts_with("This breaks");
        terminal.line(
            "  " + (breaks ? terminal.paint(Colour::bad, text_of(sentence)) : text_of(sentence)));
    }
    if (all.empty()) {
        terminal.line("  none of them changes");
    }
    terminal.line();
}

void print_inputs(Terminal& terminal, const Json& detail) {
    const Json& locked = part(detail, "inputs");
    const auto all = list(locked, "inputs");
    const std::string trouble = shown(locked, "trouble", 500);
    if (all.empty() && trouble.empty()) {
        return;
    }
    terminal.line(terminal.paint(Colour::bold, "Inputs that the flake locks"));
    if (!trouble.empty()) {
        terminal.line("  not known: " + trouble);
    }
    std::size_t same = 0;
    for (const Json& input : all) {
        const std::string change = shown(input, "change", 20);
        if (change == "same") {
            ++same;
            continue;
        }
        const std::string revision = shown(input, "revision", 20);
        const std::string now = revision.empty() ? shown(input, "hash", 40) : revision;
        const std::string before = shown(input, "before", 40);
        terminal.line("  " + change + ": " +
                      terminal.paint(Colour::bold, shown(input, "name", 100)) + " " +
                      (change == "changed" ? before + " -> " + now : now) + "  " +
                      shown(input, "origin", 200));
    }
    for (const Json& news : list(locked, "news")) {
        terminal.line("  " + shown(news, "text", 600));
        if (const auto page = shown(news, "compare", 600); !page.empty()) {
            terminal.line("    " + page);
        }
    }
    if (same > 0) {
        terminal.line("  " + count(same, "input") + " as before");
    }
    if (truth(locked, "more")) {
        terminal.line("  … and more");
    }
    terminal.line();
}

void print_warnings(Terminal& terminal, const Json& detail) {
    const bool compared = part(detail, "new_warnings").is_array();
    const auto all = list(detail, "warnings");
    const auto fresh = compared ? list(detail, "new_warnings") : all;
    for (const Json& warning : fresh) {
        terminal.line("  " + terminal.paint(Colour::warn, compared ? "new warning" : "warning") +
                      ": " + text_of(warning));
    }
    const auto old = std::count_if(all.begin(), all.end(), [&](const Json& warning) {
        return std::find(fresh.begin(), fresh.end(), warning) == fresh.end();
    });
    if (old > 0) {
        terminal.line("  and " + count(static_cast<std::size_t>(old), "warning") +
                      " that the base has as well");
    }
}

std::vector<std::string> so_far_lines(const Terminal& terminal, const Json& so_far) {
    std::vector<std::string> out;
    if (so_far.is_null()) {
        return out;
    }
    const bool compared = truth(so_far, "compared");
    for (const Json& fact : compared ? list(so_far, "facts") : std::vector<Json>{}) {
        const auto side = [&](const char* key) {
            const std::string text = shown(fact, key, 200);
            return text.empty() ? std::string("not known") : text;
        };
        out.push_back("  " + shown(fact, "says", 100) + ": " + side("before") + " -> " +
                      side("after"));
    }
    for (const Json& change : list(part(so_far, "options"), "changes")) {
        out.push_back(option_line(terminal, change));
    }
    for (const Json& warning : list(so_far, "warnings")) {
        out.push_back("  warning: " + text_of(warning));
    }
    if (!out.empty()) {
        out.insert(out.begin(), terminal.paint(Colour::dim, "  so far, not proved yet:"));
    }
    return out;
}

} // namespace agentd::ctl
