#include "agentd/ctl/applying.hpp"

#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/countdown.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Json;

namespace {

std::string words_of(const std::string& step) {
    std::string text = one_line(step, 40);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// Exactly the system from before, by hand and at once.
std::string undo_line(Context& context, const std::string& from) {
    const auto path = core::StorePath::parse(from);
    if (!path) {
        return "sudo nixos-rebuild switch --rollback";
    }
    auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    const std::string profile =
        loaded != nullptr && *loaded ? (*loaded)->apply.profile : Config::Apply{}.profile;
    return "sudo nix-env -p " + profile + " --set " + path->str() + " && sudo " + path->str() +
           "/bin/switch-to-configuration switch";
}

void print_confirmed(Context& context, const Json& proposal, const Json& detail,
                     const Json& outcome) {
    Terminal& terminal = context.terminal();
    const std::string headline = shown(proposal, "headline");
    terminal.line(terminal.paint(Colour::good, "confirmed") + ": " +
                  (headline.empty() ? shown(proposal, "title") : headline));
    if (!part(detail, "act").is_null()) {
        terminal.line("  " + shown(outcome, "reason", 1000));
        return;
    }
    if (!is_change(detail)) {
        terminal.line("  running " + shown(outcome, "to") + ", and the next boot takes it");
        terminal.line("  the flake did not change: agentctl status says how the two differ");
        terminal.line("  forward again: agentctl rollback --to " + shown(outcome, "from"));
        return;
    }
    const std::string commit = shown(detail, "candidate_commit", 40);
    const Json& landing = part(detail, "landing");
    std::string where = " is in your branch " + shown(landing, "branch", 100);
    if (!truth(proposal, "landed")) {
        const std::string reason = shown(landing, "reason");
        where = ", not in your branch yet" + (reason.empty() ? "" : ": " + reason) +
                "; run: agentctl pull";
    }
    terminal.line("  commit  " + core::shorten(commit, 40) + where);
    const Json& from = part(outcome, "from");
    terminal.line("  undo    " +
                  undo_line(context, from.is_object() ? raw(from, "path") : raw(outcome, "from")));
}

int report(Context& context, const Json& answer) {
    Terminal& terminal = context.terminal();
    const Json& proposal = part(answer, "proposal");
    const Json& outcome = part(answer, "outcome");
    const std::string how = raw(outcome, "outcome");
    if (how == "confirmed") {
        Reply reply = context.proposal_of("show", {{"proposal", raw(proposal, "id")}});
        const Json* detail = std::get_if<Json>(&reply);
        print_confirmed(context, proposal, detail != nullptr ? *detail : proposal, outcome);
        terminal.result(answer);
        return status::ok;
    }
    for (const Json& check : list(outcome, "checks")) {
        if (!truth(check, "ok")) {
            terminal.line("  unwell: " + shown(check, "name", 80) + ": " + shown(check, "detail"));
        }
    }
    for (const Json& left : list(outcome, "residue")) {
        terminal.line("  left behind: " +
                      one_line(left.is_string() ? left.get<std::string>() : ""));
    }
    terminal.event("outcome", {{"result", answer}});
    const std::string what = how == "rolled_back" ? "taken back" : one_line(how, 40);
    return terminal.fail({.problem = {.code = how,
                                      .message = what + ": " + raw(outcome, "reason"),
                                      .hint = "agentctl show " + reference(proposal)}});
}

} // namespace

int apply_approved(Context& context, const std::string& id) {
    Terminal& terminal = context.terminal();
    Countdown countdown(context, id);
    const auto hear = [&](const Json& event) {
        countdown.stop();
        terminal.progress("  " + pad(words_of(raw(event, "step")), 16) + shown(event, "detail"));
        Json told{{"step", raw(event, "step")}, {"detail", raw(event, "detail")}};
        if (const Json& wanted = part(event, "confirm"); wanted.is_object()) {
            told["confirm"] = wanted;
            countdown.start(wanted);
        }
        terminal.event("step", told);
    };
    const Reply reply = context.call("apply", {{"proposal", id}},
                                     {.on_event = hear, .on_idle = [&] { countdown.tick(); }});
    countdown.stop();
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        Trouble told = *trouble;
        if (told.problem.code == "went_away") {
            told.problem.hint = "the change goes on without agentd: agentctl show " + id;
        }
        return terminal.fail(told);
    }
    return report(context, std::get<Json>(reply));
}

int report_applied(Context& context, const Reply& reply, const std::string& id) {
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return context.terminal().fail(*trouble);
    }
    Json answer{{"proposal", {{"id", id}}}, {"outcome", part(std::get<Json>(reply), "outcome")}};
    const Reply found = context.proposal_of("show", {{"proposal", id}});
    if (const auto* detail = std::get_if<Json>(&found)) {
        answer["proposal"] = *detail;
    }
    return report(context, answer);
}

} // namespace agentd::ctl
