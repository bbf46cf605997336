// Commands about who may have what done without being asked.
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/table.hpp"

namespace agentd::ctl {

std::vector<Command> trust_commands() {
    constexpr Option reason{.name = "--reason", .value = "TEXT", .help = "kept in the log"};
    return {
        {.path = "trust show",
         .group = "Trust",
         .summary = "Who may have what done without being asked, why, and until when",
         .more =
             "Folded from the log, which is verified first: what is earned, what is missing, what "
             "was granted.",
         .handler = commands::trust_show},
        {.path = "trust explain",
         .group = "Trust",
         .summary = "How far whoever proposed this is trusted with a change like it",
         .arguments = {{.name = "ID", .help = "number, id, or at least six characters of an id"}},
         .handler = commands::trust_explain},
        {.path = "trust grant",
         .group = "Trust",
         .summary = "Sign for what somebody earned: changes of one class, for a while",
         .arguments = {{.name = "WHO", .help = "KIND:NAME, like agent:claude"},
                       {.name = "CLASS", .help = "nothing, package, upstream_bump or setting"},
                       {.name = "LEVEL", .help = "veto or auto; ask takes a revocation back"}},
         .options = {{.name = "--days", .value = "N", .help = "how long, 30 at most; default 30"},
                     reason,
                     {.name = "--key", .value = "FILE", .help = "default ~/.ssh/id_ed25519"}},
         .more = "Never more than was earned, and never for what is new on a machine or can lose "
                 "it. Any "
                 "fault ends it at once, and so does another policy or another agentd.",
         .handler = commands::trust_grant},
        {.path = "trust revoke",
         .group = "Trust",
         .summary = "Take trust back: from one proposer, or from everybody",
         .arguments = {{.name = "WHO",
                        .help = "KIND:NAME; nobody named: everybody",
                        .required = false}},
         .options = {{.name = "--class",
                      .value = "CLASS",
                      .help = "only for this class of changes"},
                     reason},
         .more = "It holds at once. As root it works without agentd.",
         .handler = commands::trust_revoke},
    };
}

} // namespace agentd::ctl
