// The brake, and what was put aside. Root speaks to the helper itself, so that it works without
// agentd.
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

Config settings_of(Context& context) {
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    return loaded != nullptr && *loaded ? **loaded
                                        : Config{.host = *core::HostName::parse("unknown")};
}

/// Asks the helper as root; whoever is not is told so.
Reply as_root(Context& context, const Json& request) {
    const Config config = settings_of(context);
    if (context.around().uid != 0 && config.programs.separation) {
        return Trouble{
            .problem = {.code = "denied",
                        .message = "only root may do that",
                        .hint = "sudo agentctl " + std::string(context.asked().command->path)},
            .exit = status::denied};
    }
    return ask_helper(config.sockets.apply, request, context.around().stop);
}

/// The helper looks for this file right before it acts, whoever made it.
std::optional<Trouble> freeze_by_hand(Context& context, const std::string& reason) {
    const std::string directory = settings_of(context).apply.directory;
    try {
        core::make_directories(directory, 0700);
        core::write_file_durably(directory + "/frozen",
                                 core::shorten(core::printable(reason), 500) + "\n");
    } catch (const core::Failure& failure) {
        return trouble_of(failure);
    }
    return std::nullopt;
}

} // namespace

int freeze(Context& context) {
    Terminal& terminal = context.terminal();
    const std::string given = context.asked().value("--reason").value_or("");
    const std::string reason = "frozen by root" + (given.empty() ? "" : ": " + given);
    const bool root = context.around().uid == 0;
    Reply reply = root ? as_root(context, {{"op", "freeze"}, {"reason", reason}})
                       : context.call("freeze", {{"reason", given}});
    bool recorded = true;
    if (auto* trouble = std::get_if<Trouble>(&reply)) {
        const bool nobody = trouble->exit == status::unreachable;
        if (nobody && !root) {
            trouble->problem.hint = "sudo agentctl freeze does it without agentd";
        }
        recorded = false;
        if (nobody && root) {
            if (const auto wrong = freeze_by_hand(context, reason)) {
                return terminal.fail(*wrong);
            }
        } else if (trouble->problem.code != "unrecorded") {
            return terminal.fail(*trouble);
        }
        terminal.progress(
            nobody ? "nobody of agentd answers: root's flag file is made by hand, and the "
                     "log does not know"
                   : trouble->problem.message);
    }
    terminal.line("frozen: nothing is applied until: sudo agentctl unfreeze");
    terminal.result({{"frozen", true}, {"recorded", recorded}});
    return status::ok;
}

int unfreeze(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply before = as_root(context, {{"op", "state"}});
    const Json* state = std::get_if<Json>(&before);
    const bool was_frozen = state == nullptr || truth(*state, "frozen");
    const Reply reply = as_root(context, {{"op", "unfreeze"}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    terminal.line(was_frozen ? "changes are let in again"
                             : "nothing was frozen: changes were let in all along");
    terminal.result({{"frozen", false}, {"was_frozen", was_frozen}});
    return status::ok;
}

int quarantine(Context& context) {
    Terminal& terminal = context.terminal();
    if (const auto path = context.asked().value("--lift")) {
        const Reply reply = as_root(context, {{"op", "quarantine.lift"}, {"path", *path}});
        if (const auto* trouble = std::get_if<Trouble>(&reply)) {
            return terminal.fail(*trouble);
        }
        terminal.line("it may be tried again; agentctl verify tests its proposal");
        terminal.result({{"lifted", *path}});
        return status::ok;
    }
    const Reply reply = as_root(context, {{"op", "quarantine"}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto paths = ctl::list(std::get<Json>(reply), "paths");
    for (const Json& one : paths) {
        terminal.line(shown(one, "path", 300));
        terminal.line("  taken back " + moment(raw(one, "at")) + " UTC: " + shown(one, "reason"));
    }
    if (paths.empty()) {
        terminal.line("nothing is in quarantine");
    }
    terminal.result({{"paths", Json(paths)}});
    return status::ok;
}

} // namespace agentd::ctl::commands
