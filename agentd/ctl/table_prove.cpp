// The groups of commands that find, that prove things and that set agentd up.
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/commands/context_commands.hpp"
#include "agentd/ctl/commands/policy_commands.hpp"
#include "agentd/ctl/table.hpp"

namespace agentd::ctl {

namespace {

constexpr Argument id{.name = "ID", .help = "number, id, or at least six characters of an id"};

} // namespace

std::vector<Command> find_commands() {
    constexpr Argument words{
        .name = "WORDS", .help = "what it is about, like: ssh password", .words = true};
    const std::vector<Option> where{
        {.name = "--repo", .value = "DIR", .help = "ask a clone, without agentd; default: here"},
        {.name = "--host", .value = "H", .help = "with it: which host of the clone"}};
    auto search = where;
    search.push_back({.name = "--limit", .value = "N", .help = "how many, default 20"});
    constexpr std::string_view more =
        "Of the host's own flake, its own modules among them. Exit 1 when there is none.";
    return {{.path = "options search",
             .group = "Find",
             .summary = "Options whose name or description has the words",
             .arguments = {words},
             .options = search,
             .more = more,
             .handler = commands::options_search},
            {.path = "options show",
             .group = "Find",
             .summary = "One option: type, default, words, where it is declared",
             .arguments = {{.name = "PATH", .help = "like services.nginx.enable"}},
             .options = where,
             .more = more,
             .handler = commands::options_show},
            {.path = "packages search",
             .group = "Find",
             .summary = "Packages whose name has the words",
             .arguments = {words},
             .options = search,
             .more = more,
             .handler = commands::packages_search},
            {.path = "context map",
             .group = "Find",
             .summary = "Hosts of a flake, the files each is made of, and its habits",
             .options = {{.name = "--repo", .value = "DIR", .help = "a clone; default: here"},
                         {.name = "--host", .value = "H", .help = "one host, file by file"},
                         {.name = "--flake", .value = "FOLDER", .help = "where its flake.nix is"},
                         {.name = "--no-eval", .help = "as it reads; Nix is not asked"}},
             .more = "Of HEAD, without agentd: what cannot be followed is named. Nix says of each "
                     "host which files it is made of (kept, for the next question); where "
                     "reading says otherwise, both are told.",
             .handler = commands::context_map}};
}

std::vector<Command> plan_commands() {
    return {
        {.path = "plan",
         .group = "Plan",
         .summary = "Turn a goal in plain words into a minimal edit of any flake",
         .arguments = {{.name = "GOAL",
                        .help = "like: install ripgrep and open port 8080 on host web",
                        .required = false,
                        .words = true}},
         .options = {{.name = "--repo", .value = "DIR", .help = "a clone; default: here"},
                     {.name = "--host", .value = "H", .help = "the host that is meant"},
                     {.name = "--ops",
                      .value = "FILE",
                      .help = "operations instead: agentd.ops/1 or /2; - is the input"},
                     {.name = "--flake", .value = "FOLDER", .help = "where its flake.nix is"},
                     {.name = "--no-eval",
                      .help = "ask Nix neither which options there are nor what the edit does"},
                     {.name = "--options", .value = "FILE", .help = "take them from this index"},
                     {.name = "--assume-options", .help = "take every option for one that exists"},
                     {.name = "--time-limit",
                      .value = "SECONDS",
                      .help = "for reading and planning, without Nix; default: 120"},
                     {.name = "--write", .help = "put the edit into the work tree"},
                     {.name = "--detailed-exitcode", .help = "exit 2 when there is something"}},
         .more = "Says what it understood, evaluates the edited flake and shows the difference; an "
                 "edit "
                 "that does not come to what was asked, or reaches a host that was not named, is "
                 "refused. Reads HEAD, and writes only "
                 "with --write, only files that are as in HEAD. Exit 77 when it refuses: it "
                 "does not guess between two places. Exit 64 when the goal is not understood, or "
                 "can be read in two ways.",
         .handler = commands::plan}};
}

std::vector<Command> prove_commands() {
    return {
        {.path = "test",
         .group = "Prove",
         .summary = "Test a change of any flake as agentd would, without it",
         .options =
             {{.name = "--repo", .value = "DIR", .help = "where the flake is; default: here"},
              {.name = "--host", .value = "H", .help = "which host of it"},
              {.name = "--base", .value = "REV", .help = "what is changed; default HEAD"},
              {.name = "--patch", .value = "FILE", .help = "a unified diff; - is the input"},
              {.name = "--candidate", .value = "REV", .help = "or a commit"},
              {.name = "--level",
               .value = "L",
               .help = "stop after intake, parse, evaluate, build, effects (default), checks or "
                       "rehearsal, which boots both as root"},
              {.name = "--policy",
               .value = "FILE",
               .help = "what would it decide? default: the one in the base"},
              {.name = "--keep", .value = "LINK", .help = "keep the built system by this link"},
              {.name = "--offline", .help = "take nothing from caches: build what is missing"}},
         .more =
             "Works without agentd, rights or settings, and writes nothing into DIR. Exit 0 when "
             "the level is reached; 21 refused at intake, 22 not evaluated, 23 not built, 24 "
             "effects not known, 25 the base cannot be built, 26 it fails in a rehearsal, 27 no "
             "rehearsal could tell, 28 a check of the flake not passed, "
             "29 no Nix.",
         .handler = commands::test},
        {.path = "effects",
         .group = "Prove",
         .summary = "What would change from one built system to another",
         .arguments = {{.name = "FROM",
                        .help = "a built system, or a link such as /run/current-system"},
                       {.name = "TO", .help = "a built system, or a link such as ./result"}},
         .options = {{.name = "--claim",
                      .value = "TEXT",
                      .help = "what is said of the change: warn where it does not fit"},
                     {.name = "--detailed-exitcode", .help = "exit 2 when there is something"}},
         .more =
             "Works without agentd, rights or settings: for a CI job, or to try it out. Reads what "
             "was built, never what an option says.",
         .handler = commands::effects},
        {.path = "audit verify",
         .group = "Prove",
         .summary = "Is the log what was written?",
         .options =
             {{.name = "--directory", .value = "DIR", .help = "read a log offline, by yourself"},
              {.name = "--vkey", .value = "KEY", .help = "the key that was printed at setup"}},
         .more =
             "Names the entry, the segment and the offset of the first flaw. Reads the log itself "
             "when agentd does not answer.",
         .handler = commands::audit_verify},
        {.path = "audit tail",
         .group = "Prove",
         .summary = "The last entries of the log",
         .options =
             {{.name = "--lines", .value = "N", .help = "how many, default 20", .letter = 'n'},
              {.name = "--follow", .help = "go on as they come", .letter = 'f'}},
         .streams = true,
         .handler = commands::audit_tail},
        {.path = "policy explain",
         .group = "Prove",
         .summary = "Which rules decided, and on which facts",
         .arguments = {id},
         .handler = commands::policy_explain},
        {.path = "policy check",
         .group = "Prove",
         .summary = "Every problem in a policy file, offline",
         .arguments = {{.name = "FILE",
                        .help = "default: the configured policy",
                        .required = false}},
         .options = {{.name = "--strict", .help = "exit 1 when a rule is without effect"}},
         .more = "Also rules that never count, that others make needless, or that are held below "
                 "what they promise, each with facts that show it.",
         .handler = commands::policy_check},
        {.path = "policy diff",
         .group = "Prove",
         .summary = "Where one policy allows more than another, offline",
         .arguments = {{.name = "BEFORE", .help = "a policy file"},
                       {.name = "NOW", .help = "another one"}},
         .options = {{.name = "--detailed-exitcode", .help = "exit 2 when it is looser"}},
         .more = "For each level and proof of presence one example of what is allowed now and was "
                 "not before.",
         .handler = commands::policy_diff},
        {.path = "policy try",
         .group = "Prove",
         .summary = "What a policy would say to facts of your own, offline",
         .arguments = {{.name = "FACTS", .help = "JSON: {\"change.kinds\": [\"port_opened\"]}"},
                       {.name = "FILE",
                        .help = "default: the configured policy",
                        .required = false}},
         .more = "What is not given is unknown, and unknown never helps.",
         .handler = commands::policy_try},
        {.path = "policy test",
         .group = "Prove",
         .summary = "Run the examples and tests that stand in a policy, offline",
         .arguments = {{.name = "FILE",
                        .help = "default: the configured policy",
                        .required = false}},
         .more =
             "A policy whose own tests fail is not loaded. Exit 1 then, with the rules that count.",
         .handler = commands::policy_test},
        {.path = "policy presets",
         .group = "Prove",
         .summary = "Policies to start from: their names, or one of them as it is written",
         .arguments = {{.name = "NAME", .help = "print this one", .required = false}},
         .handler = commands::policy_presets},
        {.path = "policy facts",
         .group = "Prove",
         .summary = "What rules can speak of: every fact, its tests, its values",
         .handler = commands::policy_facts},
    };
}

std::vector<Command> set_up_commands() {
    return {
        {.path = "web login",
         .group = "Set up",
         .summary = "A link that pairs a browser or a passkey, good once for two minutes",
         .options = {{.name = "--name",
                      .value = "NAME",
                      .help =
                          "whose it is: the approver that roles name; default: who called sudo"},
                     {.name = "--label", .value = "TEXT", .help = "what to call the browser"},
                     {.name = "--yes", .help = "take the key that the link brings without a look"}},
         .more =
             "Must run as root: what is enrolled by it will be able to approve. It waits for the\n"
             "key, shows its code, and enrols it when you say that your browser shows the same.",
         .handler = commands::web_login},
        {.path = "config check",
         .group = "Set up",
         .summary = "Every problem in agentd.toml, offline",
         .arguments = {{.name = "FILE", .help = "default: the one in use", .required = false}},
         .handler = commands::config_check},
        {.path = "state rebuild",
         .group = "Set up",
         .summary = "Fold the log into the database again",
         .handler = commands::state_rebuild},
        {.path = "completion",
         .group = "Set up",
         .summary = "A completion script for your shell",
         .arguments = {{.name = "SHELL", .help = "bash, zsh or fish", .choices = "bash|zsh|fish"}},
         .handler = commands::completion},
        {.path = "version",
         .group = "Set up",
         .summary = "Which agentctl this is",
         .handler = commands::version},
    };
}

} // namespace agentd::ctl
