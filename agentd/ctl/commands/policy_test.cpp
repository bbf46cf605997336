#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/policy_commands.hpp"
#include "agentd/ctl/own_policy.hpp"
#include "agentd/ctl/problems.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl::commands {

namespace {

void print(Terminal& terminal, const policy::PolicyTest& test) {
    terminal.line((test.passed ? terminal.paint(Colour::good, "ok    ")
                               : terminal.paint(Colour::bad, "FAILED")) +
                  " " + one_line(test.name) + ": " + one_line(test.verdict));
    if (!test.passed) {
        terminal.line("       wanted " + one_line(test.wanted) + ", at " + one_line(test.where));
        for (const auto line : core::lines(test.explanation)) {
            terminal.line("       " + std::string(line));
        }
    }
}

core::Json row(const policy::PolicyTest& test) {
    return {{"name", test.name},     {"where", core::to_utf8(test.where)},
            {"passed", test.passed}, {"verdict", test.verdict},
            {"wanted", test.wanted}, {"text", test.explanation}};
}

bool is_of_a_test(const core::Problem& problem) {
    return problem.code == "test_fails";
}

} // namespace

int policy_test(Context& context) {
    Terminal& terminal = context.terminal();
    auto read = read_policy(context, context.asked().argument("FILE"));
    if (const int* exit = std::get_if<int>(&read)) {
        return *exit;
    }
    const auto& [file, loaded] = std::get<ReadPolicy>(read);
    if (!std::all_of(loaded.problems.begin(), loaded.problems.end(), is_of_a_test)) {
        return report_problems(terminal, loaded.problems, file);
    }
    std::size_t failed = 0;
    core::Json rows = core::Json::array();
    for (const policy::PolicyTest& test : loaded.tests) {
        print(terminal, test);
        rows.push_back(row(test));
        failed += test.passed ? 0 : 1;
    }
    terminal.line(one_line(file) + ": " + count(loaded.tests.size(), "test") +
                  (failed == 0 ? ", all as wanted; the examples of its rules hold"
                               : ", " + std::to_string(failed) + " not as wanted"));
    terminal.result({{"file", core::to_utf8(file)}, {"tests", rows}, {"failed", failed}});
    return failed == 0 ? status::ok : status::failed;
}

} // namespace agentd::ctl::commands
