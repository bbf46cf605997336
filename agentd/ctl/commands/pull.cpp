#include "agentd/core/text.hpp"
#include "agentd/ctl/clone.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

std::variant<Clone, Trouble> open_clone(Context& context) {
    const Surroundings& around = context.around();
    const auto git = find_program(around, "git");
    if (!git) {
        return trouble_of(
            {.code = "failed",
             .message = "there is no git in " + core::join(around.program_folders, " or ")});
    }
    const auto directory = context.asked().value("--clone");
    auto clone =
        Clone::open({.git = *git,
                     .directory = directory ? context.absolute(*directory) : around.directory,
                     .home = around.variable("HOME").value_or("/nonexistent"),
                     .stop = around.stop});
    if (!clone) {
        return trouble_of(clone.problem());
    }
    return std::move(*clone);
}

int print_at(Context& context, const Clone& clone, const std::string& words, const Json& result) {
    context.terminal().line(words);
    context.terminal().line("  in " + one_line(clone.top()));
    context.terminal().result(result);
    return status::ok;
}

/// agentd holds nothing of its own: either all is here, or it is in the upstream already.
int nothing_held(Context& context, Clone& clone, const Json& result) {
    Terminal& terminal = context.terminal();
    const Reply status = context.call("status", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&status)) {
        return terminal.fail(*trouble);
    }
    const Json& head = part(part(std::get<Json>(status), "machine"), "head");
    const auto commit = core::Commit::parse(raw(head, "commit"));
    const std::string branch = shown(result, "branch", 100);
    if (!commit || clone.contains(*commit)) {
        return print_at(context, clone, "nothing to pull: your " + branch + " has it all", result);
    }
    terminal.line("agentd's changes are in the upstream already, at " + commit->short_form() +
                  " on " + branch);
    terminal.line("  next: git pull   (in " + one_line(clone.top()) + ")");
    terminal.result(result);
    return status::ok;
}

} // namespace

int pull(Context& context) {
    Terminal& terminal = context.terminal();
    auto opened = open_clone(context);
    if (const auto* trouble = std::get_if<Trouble>(&opened)) {
        return terminal.fail(*trouble);
    }
    Clone& clone = std::get<Clone>(opened);
    const Reply reply = context.call("pull", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    if (part(result, "commit").is_null()) {
        return nothing_held(context, clone, result);
    }
    const auto commit = core::Commit::parse(raw(result, "commit"));
    const std::string branch = raw(result, "branch"), repository = raw(result, "repository");
    if (!commit || !core::is_branch_name(branch) || !repository.starts_with("/")) {
        return terminal.fail(trouble_of({.code = "failed",
                                         .message = "agentd did not say what to pull from where",
                                         .hint = "agentctl doctor"}));
    }
    if (clone.contains(*commit)) {
        return print_at(context, clone, "nothing to pull: your " + branch + " has it all", result);
    }
    const auto done =
        clone.fast_forward({.branch = branch, .commit = *commit, .repository = repository});
    if (!done) {
        return terminal.fail(trouble_of(done.problem()));
    }
    const auto many = ctl::list(result, "proposals").size();
    return print_at(context, clone,
                    branch + " is now at " + commit->short_form() + " (" + count(many, "proposal") +
                        "); next: git push",
                    result);
}

} // namespace agentd::ctl::commands
