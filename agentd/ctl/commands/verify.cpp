#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/ctl/watch.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

/// The daemon's answer comes at the end; meanwhile each stage is read from `show`.
Reply verify_and_watch(Context& context, const std::string& id, Stages& stages) {
    const Hearing hearing{
        .on_event =
            [&](const core::Json& event) {
                for (const auto& line : ctl::list(event, "lines")) {
                    context.terminal().progress(
                        "    " + one_line(line.is_string() ? line.get<std::string>() : "", 500));
                }
                context.terminal().event("log", {{"log", event}});
            },
        .on_idle =
            [&] {
                const Reply now = context.proposal_of("show", {{"proposal", id}});
                if (const auto* detail = std::get_if<core::Json>(&now)) {
                    stages.look(*detail);
                }
            }};
    Reply reply = context.proposal_of("verify", {{"proposal", id}}, hearing);
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        // Somebody else began the test first: then there is one to wait for.
        return trouble->problem.code == "wrong_state" ? wait_for_check(context, id, stages) : reply;
    }
    return wait_for_check(context, id, stages);
}

} // namespace

int verify(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    Reply before = context.proposal_of("show", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&before)) {
        return terminal.fail(*trouble);
    }
    const auto& detail = std::get<core::Json>(before);
    const std::string state = raw(detail, "state"), id = raw(detail, "id");
    Stages stages(context);
    const bool at_it = state == "checking" || state == "verified";
    Reply after =
        at_it ? wait_for_check(context, id, stages) : verify_and_watch(context, id, stages);
    if (const auto* trouble = std::get_if<Trouble>(&after)) {
        return terminal.fail(*trouble);
    }
    return report_check(context, std::get<core::Json>(after));
}

} // namespace agentd::ctl::commands
