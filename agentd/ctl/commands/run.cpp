#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/drafting.hpp"
#include "agentd/ctl/plan_text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

/// The goal that a person means of those that their words may be; nullopt where nobody can be
/// asked, or none of them is meant.
std::optional<std::string> chosen(Terminal& terminal, const Trouble& trouble) {
    if (trouble.readings.empty() || !terminal.can_ask() || terminal.json()) {
        return std::nullopt;
    }
    terminal.progress("That may mean:");
    for (std::size_t i = 0; i < trouble.readings.size(); ++i) {
        const Reading& one = trouble.readings[i];
        terminal.progress("  " + std::to_string(i + 1) + "  " +
                          one_line(core::join(one.understood, ", "), 300));
    }
    const auto answer = terminal.ask("Which is meant? Its number, or nothing for none: ");
    const auto number = answer ? core::parse_integer(*answer).value_or(0) : 0;
    if (number < 1 || number > static_cast<std::int64_t>(trouble.readings.size())) {
        return std::nullopt;
    }
    return trouble.readings[static_cast<std::size_t>(number) - 1].say;
}

/// The files say all of it already: that is an answer, and no failure.
int nothing_to_do(Terminal& terminal, const core::Problem& problem) {
    terminal.line("nothing to do: " + one_line(problem.message, 1000));
    if (!problem.hint.empty()) {
        terminal.line("  " + one_line(problem.hint, 1000));
    }
    terminal.result({{"proposal", nullptr}, {"already", core::to_utf8(problem.hint)}});
    return status::ok;
}

} // namespace

int run(Context& context) {
    Terminal& terminal = context.terminal();
    Reply reply = context.proposal_of("run", {{"goal", context.asked().argument("GOAL")}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        if (const auto goal = chosen(terminal, *trouble)) {
            reply = context.proposal_of("run", {{"goal", *goal}});
        }
    }
    if (const auto* trouble = std::get_if<Trouble>(&reply);
        trouble != nullptr && trouble->problem.code == "no_change") {
        return nothing_to_do(terminal, trouble->problem);
    }
    return wait_for_draft(context, reply,
                          [&](const core::Json& detail) { print_plan(terminal, detail); });
}

} // namespace agentd::ctl::commands
