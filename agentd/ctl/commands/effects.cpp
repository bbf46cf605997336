#include "agentd/analysis/analysis.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/effects_text.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/scratch.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/explanation/explanation.hpp"
#include "agentd/programs.hpp"
#include "evaluator/isolation.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace agentd::ctl::commands {

namespace {

using core::Problem;

/// A built system, given by its path or by a link to it, such as `./result` or /run/current-system.
core::Result<core::StorePath> system_of(const Context& context, const char* argument) {
    const std::string given = context.asked().argument(argument);
    const std::string path = context.absolute(given);
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error);
    if (error) {
        return Problem{.code = "not_found",
                       .message = "there is no built system: " + error.message(),
                       .where = path,
                       .hint = "build one: nix build "
                               ".#nixosConfigurations.HOST.config.system.build.toplevel"};
    }
    const auto store_path = core::StorePath::parse(real.string());
    if (!store_path || !std::filesystem::is_directory(real / "etc", error)) {
        return Problem{.code = "not_a_system",
                       .message = "this is not the top of a built NixOS system",
                       .where = real.string(),
                       .hint = "give what `nix build` left in ./result, or a link below "
                               "/nix/var/nix/profiles"};
    }
    return *store_path;
}

/// The closure, and why Nix may not tell it of a path that is plainly there.
core::Result<evaluator::Closure>
read_closure(const evaluator::Nix& nix, const core::StorePath& path, const std::stop_token& stop) {
    auto found = evaluator::closure_of(nix, path, stop);
    if (!found && found.problem().code == "not_in_store") {
        auto problem = found.problem();
        problem.message = "the path is there, but Nix does not answer for it";
        problem.hint = "see what `nix path-info " + path.str() +
                       "` says: who is not root needs a running nix-daemon";
        return problem;
    }
    return found;
}

struct Pair {
    core::StorePath from;
    core::StorePath to;
};

core::Result<Pair> systems_of(const Context& context) {
    auto from = system_of(context, "FROM");
    if (!from) {
        return from.problem();
    }
    auto to = system_of(context, "TO");
    if (!to) {
        return to.problem();
    }
    return Pair{std::move(*from), std::move(*to)};
}

core::Result<proposals::Effects> compare(const Pair& systems, const std::optional<Config>& config,
                                         const Surroundings& around) {
    const Scratch scratch;
    const std::stop_token& stop = around.stop;
    const auto nix = own_nix(config, scratch.path());
    if (const auto answers = evaluator::store_answers(nix); !answers) {
        return answers.problem();
    }
    if (!evaluator::isolation_of(nix, stop).network) {
        note(around, "no network namespace can be had here: what reads the two systems is not kept "
                     "from the network");
    }
    const auto before = read_closure(nix, systems.from, stop);
    if (!before) {
        return before.problem();
    }
    const auto after = read_closure(nix, systems.to, stop);
    if (!after) {
        return after.problem();
    }
    const analysis::Worker worker{
        .program = program_path(config ? config->programs.analyze : "", "agentd-analyze"),
        .scratch = scratch.path() + "/manifests"};
    return analysis::effects_between(worker, *before, *after, stop);
}

} // namespace

int effects(Context& context) {
    Terminal& terminal = context.terminal();
    const auto systems = systems_of(context);
    if (!systems) {
        return terminal.fail(trouble_of(systems.problem()));
    }
    const auto config = own_settings(context);
    if (const auto* trouble = std::get_if<Trouble>(&config)) {
        return terminal.fail(*trouble);
    }
    const auto found = compare(*systems, std::get<std::optional<Config>>(config), context.around());
    if (!found) {
        return terminal.fail(trouble_of(found.problem()));
    }
    const std::string claim = context.asked().value("--claim").value_or("");
    const core::Json shown{
        {"effects", proposals::to_json(*found)},
        {"explanation", explanation::to_json(explanation::explain(*found, {.title = claim}))}};
    core::Json printed = shown;
    printed["title"] = claim;
    print_effects(terminal, printed);
    terminal.result(shown);
    return !found->effects.empty() && context.asked().has("--detailed-exitcode") ? status::changes
                                                                                 : status::ok;
}

} // namespace agentd::ctl::commands
