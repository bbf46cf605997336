#include "agentd/ctl/proposal_text.hpp"

#include "agentd/core/clock.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace agentd::ctl {

using core::Json;
using proposals::State;

namespace {

std::string level_words(const std::string& level) {
    return level == "forbid"    ? "policy forbids it"
           : level == "observe" ? "policy lets it be told, not put up"
           : level == "propose" ? "policy lets it be looked at, not approved"
           : level == "approve" ? "policy wants a person to approve it"
           : level == "veto"    ? "policy lets it happen unless somebody objects"
           : level == "auto"    ? "policy lets it happen by itself"
                                : "policy says `" + one_line(level, 40) + "`";
}

} // namespace

bool is_change(const Json& proposal) {
    const std::string kind = raw(proposal, "kind");
    return kind.empty() || kind == "change";
}

std::string reference(const Json& proposal) {
    const auto state = proposals::parse_state(raw(proposal, "state"));
    const auto given = number(proposal, "number");
    return state && proposals::is_open(*state) && given > 0 ? std::to_string(given)
                                                            : shown(proposal, "id", 40);
}

std::string label(const Json& proposal) {
    const auto state = proposals::parse_state(raw(proposal, "state"));
    const bool open = state && proposals::is_open(*state);
    return (open ? "#" + std::to_string(number(proposal, "number")) : shown(proposal, "id", 40)) +
           " " + shown(proposal, "title", 200);
}

std::string next_command(const Json& proposal) {
    const auto state = proposals::parse_state(raw(proposal, "state"));
    const std::string id = reference(proposal);
    switch (state.value_or(State::withdrawn)) {
    case State::drafted:
    case State::checking:
    case State::verified:
    case State::stale:
    case State::expired:
        return "agentctl verify " + id;
    case State::decided:
        return "agentctl approve " + id + " --apply";
    case State::approved:
        return "agentctl apply " + id;
    case State::denied:
        return "agentctl policy explain " + id;
    case State::applying:
    case State::refused:
    case State::rolled_back:
    case State::failed:
        return "agentctl show " + id;
    case State::confirmed:
        return truth(proposal, "landed") || !is_change(proposal) ? "" : "agentctl pull";
    case State::withdrawn:
    case State::superseded:
    case State::lapsed:
        return "";
    }
    return "";
}

std::string state_line(const Terminal& terminal, const Json& proposal) {
    std::string text = shown(proposal, "state", 40);
    if (const auto risk = shown(proposal, "risk", 20); !risk.empty()) {
        text += " · risk " + terminal.paint_risk(risk);
    }
    if (const auto level = raw(proposal, "level"); !level.empty()) {
        text += " · " + level_words(level);
    }
    return text + (truth(proposal, "landed") ? " · landed" : "");
}

int exit_of_state(const std::string& name) {
    switch (proposals::parse_state(name).value_or(State::failed)) {
    case State::decided:
    case State::approved:
    case State::applying:
    case State::confirmed:
        return status::ok;
    case State::drafted:
    case State::checking:
    case State::verified:
        return status::pending;
    case State::denied:
        return status::denied;
    case State::expired:
    case State::stale:
        return status::again;
    case State::rolled_back:
    case State::failed:
    case State::refused:
    case State::withdrawn:
    case State::superseded:
    case State::lapsed:
        return status::failed;
    }
    return status::failed;
}

void print_files(Terminal& terminal, const Json& detail) {
    for (const Json& file : list(detail, "files")) {
        terminal.line("  " + pad(shown(file, "change", 20), 9) + shown(file, "path"));
        for (const Json& flag : list(file, "flags")) {
            terminal.line("           " + terminal.paint(Colour::warn, shown(flag, "text")));
        }
    }
}

void print_notes(Terminal& terminal, const Json& detail) {
    const auto notes = list(detail, "notes");
    if (notes.empty()) {
        return;
    }
    const bool back = raw(detail, "kind") == "rollback";
    terminal.line(
        terminal.paint(Colour::bold, back ? "What stays as it is" : "If it were done now"));
    for (const Json& note : notes) {
        terminal.line("  - " + one_line(note.is_string() ? note.get<std::string>() : "", 500));
    }
    terminal.line();
}

void print_agreement(Terminal& terminal, const Json& detail) {
    const Json& agreement = part(detail, "agreement");
    for (const Json& each : list(agreement, "given")) {
        const std::string key = shown(each, "key_id", 80);
        terminal.line("  approved by " + shown(each, "approver", 80) +
                      (key.empty() ? "" : " with " + shown(each, "method", 40) + " " + key) + ", " +
                      moment(raw(each, "at")));
    }
    if (const std::string says = shown(agreement, "says"); !says.empty()) {
        terminal.line("  " + terminal.paint(Colour::warn, says));
    }
    const Json& happens = part(agreement, "happens");
    if (!happens.is_null()) {
        const bool people = raw(happens, "by") == "people";
        terminal.line("  " + terminal.paint(Colour::warn, "happens at " + moment(raw(happens, "at")) +
                                                              " UTC") +
                      (people ? "; not, after: agentctl withdraw " + reference(detail)
                              : " unless somebody objects: agentctl reject " + reference(detail)));
    }
}

void print_verdict(Terminal& terminal, const Json& verdict) {
    terminal.line(terminal.paint(Colour::bold, "Why it needs you"));
    if (verdict.is_null()) {
        terminal.line("  policy has not spoken yet");
        return;
    }
    const std::string presence = shown(verdict, "presence", 40);
    terminal.line(
        "  " + level_words(raw(verdict, "level")) +
        (presence.empty() || presence == "none" ? "" : "; proof that you are there: " + presence));
    for (const Json& reason : list(verdict, "reasons")) {
        const std::string level = shown(reason, "level", 40), because = shown(reason, "because");
        terminal.line("  - " + shown(reason, "effect", 40) + (level.empty() ? "" : " " + level) +
                      " (" + shown(reason, "rule", 80) + "): " + shown(reason, "why") +
                      (because.empty() ? "" : "; " + because));
    }
    for (const Json& change : list(verdict, "would_change")) {
        terminal.line("  it would be otherwise if: " +
                      one_line(change.is_string() ? change.get<std::string>() : ""));
    }
}

std::string evidence_line(const Terminal& terminal, const Json& evidence) {
    const std::string outcome = shown(evidence, "status", 20);
    const auto took = std::chrono::milliseconds(number(evidence, "duration_ms"));
    return "  " + pad(shown(evidence, "level", 20), 13) +
           terminal.paint(outcome == "passed" ? Colour::good : Colour::bad, pad(outcome, 10)) +
           pad(std::to_string(took.count()) + " ms", 10) + shown(evidence, "summary", 200);
}

void print_evidence(Terminal& terminal, const Json& detail) {
    terminal.line(terminal.paint(Colour::bold, "Evidence"));
    const auto rows = list(detail, "evidence");
    for (const Json& row : rows) {
        terminal.line(evidence_line(terminal, row));
    }
    if (rows.empty()) {
        terminal.line("  none yet");
    }
    print_warnings(terminal, detail);
}

void print_unpassed(Terminal& terminal, const Json& detail) {
    bool first = true;
    for (const Json& row : list(detail, "evidence")) {
        // Whether a file is Nix is for Nix to say, and it was evaluated.
        if (raw(row, "status") == "passed" || raw(row, "level") == "parse") {
            continue;
        }
        if (std::exchange(first, false)) {
            terminal.line(terminal.paint(Colour::bad, "Evidence that did not pass"));
        }
        terminal.line(evidence_line(terminal, row));
    }
}

void print_claims(Terminal& terminal, const Json& detail) {
    terminal.line(terminal.paint(Colour::bold, "Claimed by its proposer") + " (" +
                  shown(part(detail, "proposer"), "id", 80) + ", not checked)");
    for (const char* key : {"title", "goal", "rationale"}) {
        const std::string text = raw(detail, key);
        std::string_view prefix = "  > ";
        for (const auto line : core::lines(text)) {
            terminal.line(std::string(prefix) + one_line(line, 500));
        }
    }
}

} // namespace agentd::ctl
