#include "agentd/ctl/problems.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl {

int report_problems(Terminal& terminal, const std::vector<core::Problem>& problems,
                    const std::string& file) {
    core::Json rows = core::Json::array();
    for (const core::Problem& problem : problems) {
        terminal.line(one_line(problem.where) + ": " + one_line(problem.message, 1000));
        if (!problem.hint.empty()) {
            terminal.line("    " + one_line(problem.hint, 1000));
        }
        rows.push_back({{"code", problem.code},
                        {"message", core::to_utf8(problem.message)},
                        {"where", core::to_utf8(problem.where)},
                        {"hint", core::to_utf8(problem.hint)}});
    }
    if (terminal.json()) {
        terminal.result({{"file", core::to_utf8(file)}, {"problems", rows}});
        return status::failed;
    }
    return terminal.fail({.problem = {.code = "failed",
                                      .message = count(problems.size(), "problem") + " in the file",
                                      .where = file,
                                      .hint = "put right what stands above; nothing was changed"}});
}

} // namespace agentd::ctl
