#include "agentd/ctl/table.hpp"

#include "agentd/ctl/commands/commands.hpp"

#include <algorithm>

namespace agentd::ctl {

namespace {

constexpr Argument id{.name = "ID", .help = "number, id, or at least six characters of an id"};
constexpr Option detailed{.name = "--detailed-exitcode", .help = "exit 2 when there is something"};
constexpr Option key{.name = "--key", .value = "FILE", .help = "default ~/.ssh/id_ed25519"};
constexpr Argument unit{.name = "UNIT", .help = "like nginx.service; without a suffix a service"};
constexpr Option no_wait{.name = "--no-wait", .help = "return once it is drafted"};
constexpr Option reason{.name = "--reason", .value = "TEXT", .help = "kept in the log"};

std::vector<Command> look() {
    return {
        {.group = "Look",
         .summary = "The health of the machine, and the most useful proposal with its command",
         .handler = commands::home},
        {.path = "status",
         .group = "Look",
         .summary = "How the machine is, and everything that stands out",
         .handler = commands::status},
        {.path = "doctor",
         .group = "Look",
         .summary = "Look for what is amiss with agentd itself",
         .more = "Exit 1 when something is.",
         .handler = commands::doctor},
        {.path = "observe",
         .group = "Look",
         .summary = "Let every observer look now",
         .options = {detailed},
         .handler = commands::observe},
        {.path = "list",
         .group = "Look",
         .summary = "The proposals that are open",
         .options = {{.name = "--all", .help = "also those that are over"}, detailed},
         .handler = commands::list},
        {.path = "show",
         .group = "Look",
         .summary = "One proposal: state, evidence, history",
         .arguments = {id},
         .handler = commands::show},
        {.path = "diff",
         .group = "Look",
         .summary = "The change itself, as the daemon drew it",
         .arguments = {id},
         .options = {detailed},
         .more = "Characters that can hide what a line says are drawn, and the line is marked.",
         .handler = commands::diff},
        {.path = "explain",
         .group = "Look",
         .summary = "What it would do here by risk, why it needs you, what it claims",
         .arguments = {id},
         .more = "Exit 8 while its effects are not known.",
         .handler = commands::explain},
    };
}

std::vector<Command> change() {
    return {
        {.path = "run",
         .group = "Change",
         .summary = "Ask for a change in plain words; wait until it is tested and decided",
         .arguments = {{.name = "GOAL", .help = "what you want, like: add ripgrep", .words = true}},
         .options = {no_wait},
         .more = "Nothing is applied. Where it may mean this or that you are asked. Exit 77 when policy "
                 "denies it, 1 when a test refuses it, 64 when it is not understood.",
         .streams = true,
         .handler = commands::run},
        {.path = "propose",
         .group = "Change",
         .summary = "Offer a change of your own: a patch, or typed operations",
         .options = {{.name = "--patch", .value = "FILE", .help = "a unified diff; - is the input"},
                     {.name = "--operations",
                      .value = "FILE",
                      .help = "agentd.ops/2 (or /1) as JSON; - is the input"},
                     {.name = "--title", .value = "TEXT", .help = "one line for lists"},
                     {.name = "--rationale", .value = "TEXT", .help = "why; shown as your claim"},
                     {.name = "--base", .value = "COMMIT", .help = "what the patch was made on"}},
         .handler = commands::propose},
        {.path = "verify",
         .group = "Change",
         .summary = "Test it (again), and wait for the end",
         .arguments = {id},
         .more = "Exits as run does.",
         .streams = true,
         .handler = commands::verify},
        {.path = "withdraw",
         .group = "Change",
         .summary = "Take a proposal back",
         .arguments = {id},
         .options = {reason},
         .handler = commands::withdraw},
    };
}

std::vector<Command> acts() {
    return {
        {.path = "rollback",
         .group = "Act",
         .summary = "Propose to go back to an earlier system of this machine",
         .options = {{.name = "--to", .value = "N|PATH", .help = "default: the one before"},
                     {.name = "--list", .help = "only show the generations there are"},
                     no_wait},
         .more =
             "Shows what would move and what stays as it is. Nothing moves before it is "
             "approved. The flake does not change: afterwards bring it and the machine together "
             "(revert what you did not want, or go forward again).",
         .streams = true,
         .handler = commands::rollback},
        {.path = "restart",
         .group = "Act",
         .summary = "Propose to restart one unit",
         .arguments = {unit},
         .options = {no_wait},
         .streams = true,
         .handler = commands::restart},
        {.path = "reset-failed",
         .group = "Act",
         .summary = "Propose to count a unit as failed no longer",
         .arguments = {unit},
         .options = {no_wait},
         .streams = true,
         .handler = commands::reset_failed},
        {.path = "store gc",
         .group = "Act",
         .summary = "Propose to delete old generations, and what nothing keeps any more",
         .options = {{.name = "--older-than", .value = "DAYS", .help = "default 30"},
                     {.name = "--dry-run", .help = "only say what it would do"},
                     no_wait},
         .more = "What runs, was booted, is booted next, was healthy last, or is named by an open "
                 "proposal is kept, however old it is.",
         .streams = true,
         .handler = commands::store_gc},
        {.path = "journal vacuum",
         .group = "Act",
         .summary = "Propose to shrink the journal to a size",
         .arguments = {{.name = "MIB", .help = "from 64 on"}},
         .options = {no_wait},
         .streams = true,
         .handler = commands::journal_vacuum},
    };
}

std::vector<Command> decide() {
    return {
        {.path = "approve",
         .group = "Decide",
         .summary = "Read what it does, sign it with your SSH key",
         .arguments = {id},
         .options = {{.name = "--key", .value = "FILE", .help = "default ~/.ssh/id_ed25519"},
                     {.name = "--apply", .help = "and apply it at once"},
                     {.name = "--break-glass",
                      .help = "as root, without a key; on record, and applied at once"},
                     {.name = "--yes", .help = "do not ask; you have read it"}},
         .more =
             "agentctl checks that the statement binds exactly what it showed before ssh-keygen "
             "signs it. Risky changes want the host name typed. Without a terminal nothing is "
             "asked: exit 4, unless --yes is given. An ssh-agent is used when SSH_AUTH_SOCK is "
             "set.",
         .streams = true,
         .handler = commands::approve},
        {.path = "apply",
         .group = "Decide",
         .summary = "Apply what is approved; taken back by itself when unwell",
         .arguments = {id},
         .streams = true,
         .handler = commands::apply},
        {.path = "confirm",
         .group = "Decide",
         .summary = "Say that the machine can still be reached, after it switched",
         .arguments = {id},
         .options = {key},
         .more = "Changes of network, ssh or firewall wait for it and are taken back without it. "
                 "It has "
                 "to run in a session that began after the switch: open a new connection.",
         .handler = commands::confirm},
        {.path = "cancel",
         .group = "Decide",
         .summary = "Take back at once what is being applied",
         .arguments = {id},
         .handler = commands::cancel},
        {.path = "freeze",
         .group = "Decide",
         .summary = "Let nothing be applied any more, whoever approved it",
         .options = {reason},
         .more = "Looking, planning and testing go on. What is being applied is ended first.",
         .handler = commands::freeze},
        {.path = "unfreeze",
         .group = "Decide",
         .summary = "Let changes in again; as root",
         .handler = commands::unfreeze},
        {.path = "quarantine",
         .group = "Decide",
         .summary = "Systems that were taken back and are not tried again; as root",
         .options = {{.name = "--lift", .value = "PATH", .help = "let this one be tried again"}},
         .handler = commands::quarantine},
        {.path = "reject",
         .group = "Decide",
         .summary = "Say no, with a reason",
         .arguments = {id},
         .options = {reason},
         .handler = commands::reject},
        {.path = "pull",
         .group = "Decide",
         .summary = "Fast-forward your clone to what was applied",
         .options = {{.name = "--clone", .value = "DIR", .help = "your clone; default: here"}},
         .more =
             "Only onto a clean work tree, on the right branch, when it continues what you have; "
             "otherwise it says why and changes nothing. Run it as the owner of the clone.",
         .handler = commands::pull},
    };
}

std::vector<Command> all_commands() {
    std::vector<Command> all;
    for (auto& group : {look(), find_commands(), plan_commands(), change(), acts(), decide(), trust_commands(), prove_commands(),
                        set_up_commands()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    return all;
}

} // namespace

std::span<const Command> command_table() {
    static const std::vector<Command> all = all_commands();
    return all;
}

std::span<const Option> common_options() {
    static const std::vector<Option> all{
        {.name = "--json", .help = "the result as JSON on stdout; streams: one object a line"},
        {.name = "--color", .value = "WHEN", .help = "auto, always or never; NO_COLOR is honoured"},
        {.name = "--socket", .value = "PATH", .help = "where agentd listens (AGENTD_SOCKET)"},
        {.name = "--config",
         .value = "FILE",
         .help = "default /etc/agentd/agentd.toml (AGENTD_CONFIG)"},
        {.name = "--help", .help = "this, for any command", .letter = 'h'},
        {.name = "--version", .help = "which agentctl this is"}};
    return all;
}

const Command* find_command(std::string_view path) {
    const auto all = command_table();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Command& command) { return command.path == path; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace agentd::ctl
