#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/own_policy.hpp"
#include "agentd/ctl/view.hpp"
#include "policy/analysis/compare.hpp"
#include "policy/analysis/facts_text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using policy::Loosening;
using proposals::ReasonEffect;

std::string said(const proposals::Verdict& verdict) {
    std::string out(to_string(verdict.level));
    if (verdict.presence != proposals::PresenceMethod::none) {
        out += " with " + std::string(to_string(verdict.presence));
    }
    const std::string owed = describe(verdict.obligations);
    return owed.empty() ? out : out + " (" + one_line(owed) + ")";
}

void print(Terminal& terminal, const Loosening& one) {
    terminal.line(terminal.paint(Colour::warn, "looser") + ": " + said(one.before) + " becomes " +
                  said(one.now));
    terminal.line("    with " + one_line(policy::as_example(one.facts), 1000));
    for (const auto& reason : one.now.reasons) {
        if (reason.effect == ReasonEffect::grant) {
            terminal.line("    now granted by `" + reason.rule + "`: " + one_line(reason.why));
        }
    }
    for (const auto& reason : one.before.reasons) {
        if (reason.effect == ReasonEffect::cap || reason.effect == ReasonEffect::require) {
            terminal.line("    before held by `" + reason.rule + "`: " + one_line(reason.why));
        }
    }
}

} // namespace

int policy_diff(Context& context) {
    Terminal& terminal = context.terminal();
    auto before = own_policy(context, context.asked().argument("BEFORE"));
    if (const int* exit = std::get_if<int>(&before)) {
        return *exit;
    }
    auto now = own_policy(context, context.asked().argument("NOW"));
    if (const int* exit = std::get_if<int>(&now)) {
        return *exit;
    }
    const auto answer =
        policy::compare(std::get<OwnPolicy>(before).policy, std::get<OwnPolicy>(now).policy);
    core::Json rows = core::Json::array();
    for (const Loosening& one : answer.looser) {
        print(terminal, one);
        rows.push_back({{"facts", policy::to_json(one.facts)},
                        {"before", proposals::to_json(one.before)},
                        {"now", proposals::to_json(one.now)}});
    }
    if (!answer.looser.empty()) {
        terminal.line("One example for each level and proof of presence; there may be others.");
    }
    for (const std::string& sentence : answer.beside) {
        terminal.line(terminal.paint(Colour::warn, "looser") + ": " + one_line(sentence));
    }
    if (answer.lasts_longer) {
        terminal.line(terminal.paint(Colour::warn, "looser") +
                      ": it counts longer than the one before, of which a rule expires earlier");
    }
    if (!answer.decided) {
        terminal.line("There may be more: the rules are too much to work out. Take it for looser.");
    } else if (answer.looser.empty() && answer.beside.empty() && !answer.lasts_longer) {
        terminal.line("Nothing is allowed that was not allowed before.");
    }
    const bool looser =
        !answer.looser.empty() || !answer.beside.empty() || answer.lasts_longer || !answer.decided;
    terminal.result({{"looser", rows},
                     {"beside", answer.beside},
                     {"lasts_longer", answer.lasts_longer},
                     {"decided", answer.decided}});
    return looser && context.asked().has("--detailed-exitcode") ? status::changes : status::ok;
}

} // namespace agentd::ctl::commands
