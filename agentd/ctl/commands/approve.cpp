#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/agreement_text.hpp"
#include "agentd/ctl/applying.hpp"
#include "agentd/ctl/break_glass.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/effects_text.hpp"
#include "agentd/ctl/hints_text.hpp"
#include "agentd/ctl/plan_text.hpp"
#include "agentd/ctl/presence.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/review.hpp"
#include "agentd/ctl/switch_text.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/presence.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <unistd.h>

namespace agentd::ctl::commands {

namespace {

using core::Json;

void print_statement(Terminal& terminal, const proposals::Statement& statement,
                     const std::string& digest, core::Instant now) {
    terminal.line(terminal.paint(Colour::bold, "What you sign"));
    const auto line = [&](std::string_view name, const std::string& value) {
        terminal.line("  " + pad(std::string(name), 12) + one_line(value));
    };
    if (statement.act) {
        line("act", *statement.act);
        line("on", statement.from.path);
    } else {
        line("system", statement.toplevel.value_or(""));
        line("instead of", statement.from.path);
        line("commit", statement.candidate_commit.value_or("none: it ran here before"));
    }
    line("author", statement.author.id + " (" + statement.author.kind + ", by " +
                       std::string(proposals::to_string(statement.author.via)) + ")");
    line("effects", statement.effects_sha256.value_or(""));
    if (statement.not_before > now) {
        line("from", moment(core::format_instant(statement.not_before)) + " UTC");
    }
    line("until",
         moment(core::format_instant(statement.expires)) + " UTC, once, on " + statement.host);
    line("statement", digest);
}

bool is_dangerous(const Json& detail) {
    const auto effects = ctl::list(part(detail, "effects"), "effects");
    return truth(part(detail, "effects"), "truncated") ||
           std::any_of(effects.begin(), effects.end(), [](const Json& effect) {
               const std::string risk = raw(effect, "risk");
               return risk != "none" && risk != "low" && risk != "notice";
           });
}

/// nullopt when the person agrees.
std::optional<Trouble> ask(Context& context, const Json& detail,
                           const proposals::Statement& statement) {
    if (context.asked().has("--yes") && !statement.typed_host) {
        return std::nullopt;
    }
    Terminal& terminal = context.terminal();
    const std::string id = reference(detail), host = raw(detail, "host");
    if (!terminal.can_ask() || terminal.json()) {
        return needs_presence(statement.typed_host
                                  ? "policy wants the name of the host typed for this"
                                  : "approving asks a question, and there is nobody to ask here",
                              "read `agentctl explain " + id + "`, then: agentctl approve " + id +
                                  " --yes --key FILE");
    }
    const bool dangerous =
        is_dangerous(detail) || statement.typed_host || context.asked().has("--break-glass");
    const auto answer = terminal.ask(dangerous ? "These changes are risky. Type the host name (" +
                                                     one_line(host, 80) + ") to sign: "
                                               : "Sign and approve? [y/N] ");
    const bool agreed =
        answer && (dangerous ? *answer == host
                             : core::to_lower(*answer) == "y" || core::to_lower(*answer) == "yes");
    if (agreed) {
        return std::nullopt;
    }
    return Trouble{.problem = {.code = "declined", .message = "not approved; nothing was signed"},
                   .exit = status::declined};
}

/// What is shown, agreed to and signed; the parameters of `approve`.
std::variant<Json, Trouble> agree(Context& context, const Json& detail) {
    Terminal& terminal = context.terminal();
    const std::string id = raw(detail, "id");
    const bool by_hand = context.asked().has("--break-glass");
    const Reply offered = context.call("statement", {{"proposal", id}, {"break_glass", by_hand}});
    if (const auto* trouble = std::get_if<Trouble>(&offered)) {
        return *trouble;
    }
    const std::string presence = raw(part(detail, "verdict"), "presence");
    const auto needed = proposals::parse_presence_method(presence);
    if (!by_hand && (!needed || !proposals::satisfies(proposals::PresenceMethod::ssh, *needed))) {
        return needs_presence("policy wants `" + one_line(presence, 40) +
                                  "` for this, an SSH key is "
                                  "not enough",
                              "approve it in the page: sudo agentctl web login");
    }
    const std::string bytes = raw(std::get<Json>(offered), "statement");
    const auto statement = check_statement(bytes, detail, context.around().clock.now());
    if (!statement) {
        return trouble_of(statement.problem());
    }
    if (const auto known = effects_of(detail); !known) {
        return trouble_of(known.problem());
    }
    terminal.line(terminal.paint(Colour::bold, label(detail)) + " on " + shown(detail, "host", 80));
    terminal.line();
    print_effects(terminal, detail, Told::whole);
    terminal.line();
    print_disagreement(terminal, detail);
    print_notes(terminal, detail);
    print_switch(terminal, detail);
    print_options(terminal, detail);
    print_inputs(terminal, detail);
    print_hosts(terminal, detail);
    print_plan(terminal, detail);
    print_unpassed(terminal, detail);
    print_verdict(terminal, part(detail, "verdict"));
    print_agreement(terminal, detail);
    terminal.line();
    print_statement(terminal, *statement, core::sha256(bytes).hex(), context.around().clock.now());
    if (auto trouble = ask(context, detail, *statement)) {
        return std::move(*trouble);
    }
    auto signed_by = by_hand ? std::variant<Json, Trouble>(glass_presence(bytes))
                             : sign_with_key(context, bytes, proposals::approval_namespace);
    if (auto* trouble = std::get_if<Trouble>(&signed_by)) {
        return std::move(*trouble);
    }
    return Json{{"proposal", id},
                {"statement", bytes},
                {"presence", std::get<Json>(signed_by)},
                {"typed_host", statement->typed_host ? Json(statement->host) : Json()},
                {"apply", false}};
}

} // namespace

int approve(Context& context) {
    Terminal& terminal = context.terminal();
    if (context.asked().has("--break-glass")) {
        if (const auto trouble = may_break_glass(context)) {
            return terminal.fail(*trouble);
        }
    }
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply found = context.proposal_of("show", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&found)) {
        return terminal.fail(*trouble);
    }
    const Json& detail = std::get<Json>(found);
    const auto params = agree(context, detail);
    if (const auto* trouble = std::get_if<Trouble>(&params)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("approve", std::get<Json>(params));
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const std::string key_id = raw(part(std::get<Json>(params), "presence"), "key_id");
    const bool apply_too = context.asked().has("--apply");
    terminal.line();
    if (context.asked().has("--break-glass")) {
        terminal.line(terminal.paint(Colour::bad, "approved by breaking the glass") +
                      ": the log says so, and says who");
        terminal.event("approved", result);
        return report_applied(context,
                              apply_as_root(context, raw(std::get<Json>(params), "statement")),
                              raw(detail, "id"));
    }
    const bool agreed = raw(part(result, "proposal"), "state") == "approved";
    terminal.line(terminal.paint(Colour::good, agreed ? "approved" : "signed") + " with " +
                  one_line(key_id, 80) +
                  (apply_too || !agreed ? "" : "; next: agentctl apply " + reference(detail)));
    Json told = detail;
    told["agreement"] = part(result, "agreement");
    print_agreement(terminal, told);
    if (apply_too && agreed) {
        terminal.event("approved", result);
        return apply_approved(context, raw(detail, "id"));
    }
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
