#include "agentd/ctl/health.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Json;

namespace {

void row(Terminal& terminal, std::string_view name, const std::string& what) {
    terminal.line("  " + pad(std::string(name), 10) + " " + what);
}

std::string strings(const Json& holder, const char* key, std::size_t most) {
    std::vector<std::string> names;
    const auto all = list(holder, key);
    for (const Json& name : all) {
        if (names.size() == most) {
            names.push_back("and " + std::to_string(all.size() - most) + " more");
            break;
        }
        names.push_back(one_line(name.is_string() ? name.get<std::string>() : "", 80));
    }
    return core::join(names, ", ");
}

std::string system_text(const Terminal& terminal, const Json& machine) {
    const Json& head = part(machine, "head");
    const std::string commit = shown(head, "commit", 40).substr(0, 12);
    const std::string at = shown(head, "branch", 80) + (commit.empty() ? "" : " (" + commit + ")");
    const std::string same = raw(machine, "running_is_head");
    std::string text =
        same == "yes"  ? "runs what " + at + " builds"
        : same == "no" ? terminal.paint(Colour::warn, "does not run") + " what " + at + " builds"
                       : "not known yet whether it runs what " + at + " builds";
    const std::string running = raw(machine, "running"), profile = raw(machine, "profile"),
                      booted = raw(machine, "booted");
    if (!profile.empty() && running != profile) {
        text += "; the next boot brings another system";
    } else if (!booted.empty() && running != booted) {
        text += "; it was booted with another";
    }
    return text;
}

/// Empty when what runs was not brought by hand.
std::string adopted_text(const Json& status) {
    const auto adopted = list(status, "adopted");
    const std::string running = raw(part(status, "machine"), "running");
    if (adopted.empty() || raw(adopted.front(), "to") != running ||
        raw(adopted.front(), "by") != "hand" || raw(adopted.front(), "from").empty()) {
        return {};
    }
    return moment(raw(adopted.front(), "at")) + ": " + shown(adopted.front(), "headline", 200);
}

std::string units_text(const Terminal& terminal, const Json& units) {
    const auto failed = list(units, "failed").size();
    const std::string total = std::to_string(number(units, "total"));
    return failed == 0
               ? total + ", none failed"
               : terminal.paint(Colour::bad, std::to_string(failed) + " of " + total + " failed") +
                     ": " + strings(units, "failed", 4);
}

std::string observations_text(const Terminal& terminal, const Json& status) {
    std::size_t critical = 0, warnings = 0, rest = 0;
    for (const Json& observation : list(status, "observations")) {
        const std::string severity = raw(observation, "severity");
        ++(severity == "critical" ? critical : severity == "warning" ? warnings : rest);
    }
    if (critical + warnings + rest == 0) {
        return "nothing stands out";
    }
    std::vector<std::string> parts;
    if (critical > 0) {
        parts.push_back(terminal.paint(Colour::bad, std::to_string(critical) + " critical"));
    }
    if (warnings > 0) {
        parts.push_back(terminal.paint(Colour::warn, count(warnings, "warning")));
    }
    if (rest > 0) {
        parts.push_back(std::to_string(rest) + " to know");
    }
    return core::join(parts, ", ") + "; agentctl status lists them";
}

std::string log_text(const Terminal& terminal, const Json& log) {
    const Json& verified = part(log, "verified");
    std::string text = count(static_cast<std::size_t>(number(log, "size")), "entry", "entries") +
                       ", root " + shown(log, "root", 64).substr(0, 12);
    if (verified.is_boolean()) {
        text += truth(log, "verified") ? ", whole"
                                       : ", " + terminal.paint(Colour::bad, "NOT what was written");
    }
    return text;
}

/// Empty while changes are let in.
std::string frozen_text(const Terminal& terminal, const Json& status) {
    const Json& frozen = part(status, "frozen");
    if (frozen.is_null()) {
        return {};
    }
    const std::string because = shown(frozen, "because", 200);
    return terminal.paint(Colour::bad, "nothing is applied") + " since " +
           moment(raw(frozen, "since")) + " UTC" + (because.empty() ? "" : " (" + because + ")") +
           "; when that is over: sudo agentctl unfreeze";
}

std::string parts_text(const Terminal& terminal, const Json& status) {
    std::vector<std::string> good, bad;
    for (const Json& piece : list(status, "parts")) {
        const std::string name = shown(piece, "name", 40);
        if (truth(piece, "ok")) {
            good.push_back(name);
        } else {
            bad.push_back(terminal.paint(Colour::bad, name) + ": " + shown(piece, "detail", 120));
        }
    }
    return bad.empty() ? core::join(good, ", ") + (good.empty() ? "none known" : ": all answer")
                       : core::join(bad, "; ");
}

int weight(const Json& observation) {
    const std::string severity = raw(observation, "severity");
    return severity == "critical" ? 0 : severity == "warning" ? 1 : 2;
}

} // namespace

void print_health(Terminal& terminal, const Json& status) {
    terminal.line(terminal.paint(Colour::bold, shown(status, "host", 80)) + " · agentd " +
                  shown(status, "version", 40) + " · Nix " +
                  shown(part(status, "nix"), "version", 60));
    if (const auto frozen = frozen_text(terminal, status); !frozen.empty()) {
        row(terminal, "frozen", frozen);
    }
    row(terminal, "system", system_text(terminal, part(status, "machine")));
    if (const auto by_hand = adopted_text(status); !by_hand.empty()) {
        row(terminal, "by hand", by_hand);
    }
    row(terminal, "units", units_text(terminal, part(status, "units")));
    row(terminal, "seen", observations_text(terminal, status));
    const Json& proposals = part(status, "proposals");
    row(terminal, "proposals",
        std::to_string(number(proposals, "open")) + " open, " +
            std::to_string(number(proposals, "waiting")) + " waiting for you, " +
            std::to_string(number(proposals, "applied")) + " applied");
    row(terminal, "log", log_text(terminal, part(status, "log")));
    row(terminal, "parts", parts_text(terminal, status));
    if (part(status, "separation").is_boolean() && !truth(status, "separation")) {
        row(terminal, "separation",
            terminal.paint(Colour::warn, "off") + ": all processes run under one uid (demo)");
    }
}

void print_facts(Terminal& terminal, const Json& status) {
    const auto facts = list(status, "facts");
    if (facts.empty()) {
        return;
    }
    terminal.line();
    for (const Json& fact : facts) {
        const std::string state = raw(fact, "state");
        const std::string mark = state == "good"    ? terminal.paint(Colour::good, "ok   ")
                                 : state == "amiss" ? terminal.paint(Colour::warn, "amiss")
                                                    : terminal.paint(Colour::dim, "?    ");
        terminal.line("  " + mark + " " + pad(shown(fact, "name", 20), 12) + " " +
                      pad(shown(fact, "owner", 12), 8) + " " + shown(fact, "text", 200));
    }
    terminal.line(terminal.paint(Colour::dim, "  as of " + moment(raw(status, "seen")) +
                                                  " UTC; agentctl observe looks now"));
}

void print_observations(Terminal& terminal, const Json& holder) {
    auto rows = list(holder, "observations");
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Json& a, const Json& b) { return weight(a) < weight(b); });
    for (const Json& observation : rows) {
        const std::string severity = shown(observation, "severity", 20);
        const std::string padded = pad(severity, 9);
        const Colour colour = severity == "critical"  ? Colour::bad
                              : severity == "warning" ? Colour::warn
                                                      : Colour::dim;
        terminal.line("  " + terminal.paint(colour, padded) + " " +
                      shown(observation, "title", 200));
        const std::string detail = shown(observation, "detail"),
                          remedy = shown(observation, "remedy");
        if (!detail.empty()) {
            const bool quoted = !truth(observation, "trusted");
            terminal.line("            " + std::string(quoted ? "it says: " : "") + detail);
        }
        if (!remedy.empty()) {
            terminal.line("            remedy: " + remedy);
        }
    }
}

} // namespace agentd::ctl
