#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace agentd::ctl::commands {

namespace {

using core::Json;

constexpr std::int64_t most_entries = 500; ///< what the daemon gives at once

void print_entry(Context& context, const Json& row) {
    const Json& entry = part(row, "entry");
    const Json& actor = part(entry, "actor");
    context.terminal().line(pad(std::to_string(number(row, "index")), 7) +
                            moment(raw(entry, "time")) + "  " + pad(shown(entry, "type", 40), 22) +
                            " " + pad(shown(actor, "id", 40), 14) + " " +
                            shown(entry, "subject", 100));
    context.terminal().event("entry", row);
}

int follow(Context& context, std::int64_t next) {
    do {
        const Reply reply = context.call("audit.tail", {{"from", next}, {"limit", most_entries}});
        if (const auto* trouble = std::get_if<Trouble>(&reply)) {
            return context.around().stop.stop_requested() ? status::ok
                                                          : context.terminal().fail(*trouble);
        }
        for (const Json& row : ctl::list(std::get<Json>(reply), "entries")) {
            print_entry(context, row);
            next = number(row, "index") + 1;
        }
        context.around().out.flush();
    } while (context.pause(std::chrono::seconds(1)));
    return status::ok;
}

} // namespace

int audit_tail(Context& context) {
    Terminal& terminal = context.terminal();
    const auto wanted = core::parse_integer(context.asked().value("--lines").value_or("20"));
    if (!wanted || *wanted < 1 || *wanted > most_entries) {
        return terminal.fail(
            usage("--lines is a number from 1 to " + std::to_string(most_entries)));
    }
    const Reply reply = context.call("audit.tail", {{"limit", *wanted}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    for (const Json& row : ctl::list(result, "entries")) {
        print_entry(context, row);
    }
    if (context.asked().has("--follow")) {
        context.around().out.flush();
        return follow(context, number(result, "size"));
    }
    terminal.result({{"size", part(result, "size")}});
    return status::ok;
}

} // namespace agentd::ctl::commands
