#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/own_policy.hpp"
#include "agentd/ctl/view.hpp"
#include "policy/analysis/facts_text.hpp"
#include "policy/decide.hpp"
#include "policy/explain.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

constexpr std::size_t largest_facts = std::size_t{4} << 20;

core::Result<policy::Facts> read_facts(const std::string& file) {
    const auto value = core::parse_json(core::read_file(file, largest_facts));
    if (!value) {
        return value.problem();
    }
    return policy::facts_from_json(*value);
}

} // namespace

int policy_try(Context& context) {
    Terminal& terminal = context.terminal();
    auto own = own_policy(context, context.asked().argument("FILE"));
    if (const int* exit = std::get_if<int>(&own)) {
        return *exit;
    }
    const policy::Policy& policy = std::get<OwnPolicy>(own).policy;
    const std::string file = context.absolute(context.asked().argument("FACTS"));
    try {
        auto facts = read_facts(file);
        if (!facts) {
            core::Problem problem = facts.problem();
            problem.where = file + (problem.where.empty() ? "" : ": " + problem.where);
            return terminal.fail(trouble_of(std::move(problem)));
        }
        const auto decision = policy::judge(policy, *facts);
        const std::string text = policy::explain(policy, *facts, decision);
        for (const auto line : core::lines(text)) {
            terminal.line(line);
        }
        terminal.result({{"verdict", proposals::to_json(decision.verdict)},
                         {"facts", policy::to_json(*facts)},
                         {"text", text}});
    } catch (const core::Failure& failure) {
        return terminal.fail(trouble_of(failure));
    }
    return status::ok;
}

int policy_facts(Context& context) {
    Terminal& terminal = context.terminal();
    core::Json rows = core::Json::array();
    for (const policy::KnownFact& fact : policy::known_facts()) {
        std::vector<std::string> tests;
        for (const auto test : policy::tests_of(fact.type)) {
            tests.emplace_back(to_string(test));
        }
        terminal.line(terminal.paint(Colour::bold, fact.name) + "  " +
                      std::string(to_string(fact.type)));
        terminal.line("    " + std::string(fact.meaning));
        terminal.line("    tests: " + core::join(tests, " "));
        if (!fact.choices.empty()) {
            terminal.line("    values: " + core::join(fact.choices, " "));
        }
        rows.push_back({{"name", fact.name},
                        {"type", to_string(fact.type)},
                        {"meaning", fact.meaning},
                        {"tests", tests},
                        {"values", fact.choices}});
    }
    terminal.result({{"facts", rows}});
    return status::ok;
}

} // namespace agentd::ctl::commands
