// Each act as a command: it is proposed, and goes through the same gate as a change.
#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/drafting.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/act.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;
using proposals::Act;

constexpr std::int64_t usual_days = 30;

int propose_act(Context& context, const Json& act) {
    // Refused here already, with the bounds in the message.
    if (const auto good = proposals::act_from_json(act); !good) {
        Trouble trouble = trouble_of(good.problem());
        trouble.exit = status::usage;
        return context.terminal().fail(trouble);
    }
    return draft_and_show(context, {{"act", act}});
}

int preview(Context& context, const Json& act) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("act.preview", {{"act", act}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    for (const Json& note : ctl::list(result, "notes")) {
        terminal.line(one_line(note.is_string() ? note.get<std::string>() : ""));
    }
    terminal.progress("nothing was done and nothing was proposed");
    terminal.result(result);
    return status::ok;
}

/// nullopt when the option was given and is no number.
std::optional<std::int64_t> number_of(Context& context, const char* option, std::int64_t usual) {
    const auto text = context.asked().value(option);
    return text ? core::parse_integer(*text) : std::optional(usual);
}

Json unit_act(Context& context, const char* act) {
    std::string unit = context.asked().argument("UNIT");
    // As systemctl does: a name without its kind is a service.
    unit += unit.find('.') == std::string::npos ? ".service" : "";
    return {{"schema", "agentd.act/1"}, {"act", act}, {"unit", unit}};
}

} // namespace

int store_gc(Context& context) {
    const auto days = number_of(context, "--older-than", usual_days);
    if (!days) {
        return context.terminal().fail(usage("--older-than takes a number of days"));
    }
    const Json act{{"schema", "agentd.act/1"}, {"act", "gc_older_than"}, {"days", *days}};
    return context.asked().has("--dry-run") ? preview(context, act) : propose_act(context, act);
}

int journal_vacuum(Context& context) {
    const auto megabytes = core::parse_integer(context.asked().argument("MIB"));
    if (!megabytes) {
        return context.terminal().fail(usage("give the size in MiB, as a number"));
    }
    return propose_act(
        context,
        {{"schema", "agentd.act/1"}, {"act", "vacuum_journal"}, {"megabytes", *megabytes}});
}

int restart(Context& context) {
    return propose_act(context, unit_act(context, "restart_unit"));
}

int reset_failed(Context& context) {
    return propose_act(context, unit_act(context, "reset_failed"));
}

} // namespace agentd::ctl::commands
