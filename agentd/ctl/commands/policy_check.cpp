#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/own_policy.hpp"
#include "agentd/ctl/view.hpp"
#include "policy/analysis/check.hpp"
#include "policy/analysis/facts_text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using policy::Finding;

void print(Terminal& terminal, const Finding& finding) {
    terminal.line(one_line(finding.where) + ": `" + finding.rule + "` " +
                  (finding.note ? terminal.paint(Colour::dim, "(note) ")
                                : terminal.paint(Colour::warn, "(" + finding.code + ") ")) +
                  one_line(finding.message, 1000));
    if (finding.witness && !finding.note) {
        terminal.line("    seen with " + one_line(policy::as_example(*finding.witness), 1000));
    }
}

core::Json row(const Finding& finding) {
    return {{"code", finding.code},
            {"rule", finding.rule},
            {"where", core::to_utf8(finding.where)},
            {"note", finding.note},
            {"others", finding.others},
            {"message", finding.message},
            {"witness", finding.witness ? policy::to_json(*finding.witness) : core::Json()}};
}

} // namespace

int policy_check(Context& context) {
    Terminal& terminal = context.terminal();
    auto own = own_policy(context, context.asked().argument("FILE"));
    if (const int* exit = std::get_if<int>(&own)) {
        return *exit;
    }
    const auto& [file, policy] = std::get<OwnPolicy>(own);
    std::size_t warnings = 0;
    core::Json rows = core::Json::array();
    for (const Finding& finding : policy::check_policy(policy)) {
        print(terminal, finding);
        rows.push_back(row(finding));
        warnings += finding.note ? 0 : 1;
    }
    terminal.line(one_line(file) + " is understood: " + count(policy.rules.size(), "rule") +
                  (warnings == 0 ? ", each of them can matter"
                                 : ", " + std::to_string(warnings) + " without effect"));
    terminal.result({{"file", core::to_utf8(file)},
                     {"rules", policy.rules.size()},
                     {"sha256", policy.digest.hex()},
                     {"findings", rows},
                     {"problems", core::Json::array()}});
    return warnings != 0 && context.asked().has("--strict") ? status::failed : status::ok;
}

} // namespace agentd::ctl::commands
