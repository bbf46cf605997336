#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/drafting.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

std::string marks(const Json& row) {
    std::string text;
    for (const auto& [key, word] :
         {std::pair("running", "running"), std::pair("booted", "booted"),
          std::pair("profile", "next boot"), std::pair("confirmed", "was healthy")}) {
        text += truth(row, key) ? (text.empty() ? "" : ", ") + std::string(word) : "";
    }
    return text;
}

int list_generations(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("generations", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const auto rows = ctl::list(result, "generations");
    for (const Json& row : rows) {
        terminal.line(pad(std::to_string(number(row, "number")), 5) + moment(raw(row, "made")) +
                      "  " + pad(marks(row), 32) + " " + shown(row, "path"));
    }
    if (rows.empty()) {
        terminal.line("the system profile has no generations");
    } else {
        terminal.progress("back to one of them: agentctl rollback --to NUMBER");
    }
    terminal.result(result);
    return status::ok;
}

} // namespace

int rollback(Context& context) {
    if (context.asked().has("--list")) {
        return list_generations(context);
    }
    Json wish = Json::object();
    if (const auto to = context.asked().value("--to")) {
        const auto generation = core::parse_integer(*to);
        if (generation && *generation > 0) {
            wish["generation"] = *generation;
        } else if (to->starts_with("/nix/store/")) {
            wish["to"] = *to;
        } else {
            return context.terminal().fail(
                usage("--to takes the number of a generation, or a store path",
                      "agentctl rollback --list shows them"));
        }
    }
    return draft_and_show(context, {{"rollback", wish}});
}

} // namespace agentd::ctl::commands
