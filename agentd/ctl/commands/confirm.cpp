#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/presence.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/presence.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

Trouble old_session(const std::string& id, std::string message) {
    return {.problem = {.code = "old_session",
                        .message = std::move(message),
                        .hint = "open a new connection to this machine and run there: "
                                "agentctl confirm " +
                                id},
            .exit = status::presence};
}

/// A session from before the switch lives on however much the machine is shut, and proves nothing.
std::optional<Trouble> must_be_new(Context& context, const Json& wanted, const std::string& id) {
    const auto since = core::parse_instant(raw(wanted, "since"));
    const auto began = context.around().session_began;
    for (const char* multiplexer : {"TMUX", "STY"}) {
        if (context.around().variable(multiplexer)) {
            return old_session(id, "inside of tmux or screen nobody can tell which connection "
                                   "this is");
        }
    }
    if (!began || !since) {
        return old_session(id, "it cannot be told when this session began");
    }
    if (*began <= *since) {
        return old_session(id, "this session began before the machine switched: it would live on "
                               "even if nobody could come in any more");
    }
    return std::nullopt;
}

/// The parameters of `confirm`.
std::variant<Json, Trouble> word_for(Context& context, const Json& detail) {
    const std::string id = reference(detail);
    const Json& wanted = part(part(detail, "apply"), "confirm");
    if (!wanted.is_object()) {
        return Trouble{.problem = {.code = "not_waiting",
                                   .message = "this does not wait for a confirmation; it is " +
                                              raw(detail, "state"),
                                   .hint = "agentctl show " + id},
                       .exit = status::again};
    }
    if (auto trouble = must_be_new(context, wanted, id)) {
        return std::move(*trouble);
    }
    auto presence = sign_with_key(context, raw(wanted, "nonce"), proposals::confirmation_namespace);
    if (auto* trouble = std::get_if<Trouble>(&presence)) {
        return std::move(*trouble);
    }
    return Json{{"proposal", raw(detail, "id")}, {"presence", std::get<Json>(presence)}};
}

} // namespace

int confirm(Context& context) {
    Terminal& terminal = context.terminal();
    auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply found = context.proposal_of("show", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&found)) {
        return terminal.fail(*trouble);
    }
    const Json& detail = std::get<Json>(found);
    const auto word = word_for(context, detail);
    if (const auto* trouble = std::get_if<Trouble>(&word)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("confirm", std::get<Json>(word));
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    terminal.line(terminal.paint(Colour::good, "confirmed") + ": " + shown(detail, "title", 200) +
                  " stays; agentctl show " + reference(detail));
    terminal.result(std::get<Json>(reply));
    return status::ok;
}

} // namespace agentd::ctl::commands
