// What people ask for and no edit of a flake is, or not one that words may make: told so.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Problem not_yet(std::string message, std::string hint) {
    return {.code = "not_yet", .message = std::move(message), .hint = std::move(hint)};
}

Result<Made> password(const State&, const Situation&) {
    return not_yet("a password does not belong into a repository: anybody can read what is there",
                   "set hashedPasswordFile to a file of the repository's secrets, or run passwd");
}
Result<Made> no_user(const State& match, const Situation&) {
    const std::string user = match.text("user");
    return not_yet("words do not remove a user: what is said of one stands in many places",
                   "take the user out by hand, or unset users.users." + user);
}
Result<Made> file(const State&, const Situation&) {
    return not_yet("words do not delete or rename files",
                   "say what shall no longer be imported: drop the module NAME");
}
Result<Made> host(const State&, const Situation&) {
    return not_yet("words do not rename, add or remove hosts",
                   "what a host calls itself: set the hostname to NAME");
}
Result<Made> act(const State&, const Situation&) {
    return not_yet("that is nothing that a flake says", "agentctl act, or systemctl");
}
Result<Made> undo(const State&, const Situation&) {
    return not_yet("words do not take changes back", "agentctl rollback, or git revert");
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(set|change|reset) [{user}|user {user}] ['s] password [of {user}] [to {value}]", password},
    {"(add|create|make) [new] [normal] user {user} with password {value}", password},
    {"(set|change) password (of|for) [user] {user} to {value}", password},
    {"(remove|delete|drop) [user] (user|account) {user}", no_user},
    {"(delete|remove|rename|move) [file] {file} [to {word}]", file},
    {"(rename|add|create|delete|remove) [new] host {host} [to {host:other}]", host},
    {"(reboot|shut down|shutdown|suspend|power off) [host|machine|system|{host}]", act},
    {"restart [service|host|machine|system] {service}", act},
    {"(undo|revert|roll back|rollback|take back) [last|latest] [change|edit|commit|it|that]", undo},
});

} // namespace

Patterns refused_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
