#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/context_commands.hpp"
#include "agentd/ctl/diff_text.hpp"
#include "agentd/ctl/own_bump.hpp"
#include "agentd/ctl/own_index.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/own_tree.hpp"
#include "agentd/ctl/plan_goal.hpp"
#include "agentd/ctl/plan_options.hpp"
#include "agentd/ctl/plan_proof.hpp"
#include "agentd/ctl/plan_text.hpp"
#include "agentd/ctl/plan_write.hpp"
#include "agentd/ctl/time_limit.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/git_text_diff.hpp"
#include "proposals/intake.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>

namespace agentd::ctl::commands {

namespace {

using core::Json;
using core::Problem;
using proposals::plan::Plan;
using proposals::plan::Request;

constexpr const char* example = "agentctl plan --repo DIR \"install ripgrep\"";

Trouble refused(Problem problem) {
    return {.problem = std::move(problem), .exit = status::denied};
}

/// Operations, or a goal in words; one of them.
std::optional<Trouble> asked_for(const Asked& asked) {
    const bool words = !asked.argument("GOAL").empty();
    if (words == asked.value("--ops").has_value()) {
        return usage(words ? "a goal in words, or --ops, but not both"
                           : "what is wanted is missing: a goal in words, or --ops",
                     example);
    }
    return std::nullopt;
}

using Index = std::unique_ptr<evaluator::OptionIndex>;

/// Nix is asked what there is, and what the edit does.
bool evaluates(const Asked& asked) {
    return !asked.value("--options") && !asked.has("--no-eval") && !asked.has("--assume-options");
}

/// Of --options.
core::Result<Index> index_in(Context& context, const std::string& file) {
    auto index = evaluator::OptionIndex::open(context.absolute(file));
    if (!index) {
        return Problem{.code = "no_index",
                       .message = "that is no index of options, or of another version",
                       .where = file,
                       .hint = "agentctl options search --repo DIR --host H makes one"};
    }
    return index;
}

class Planning {
  public:
    explicit Planning(Context& context) : context_(context), terminal_(context.terminal()) {}

    int run() {
        if (const auto trouble = asked_for(context_.asked())) {
            return terminal_.fail(*trouble);
        }
        const bool words = !context_.asked().argument("GOAL").empty();
        if (!words) {
            auto request = request_of_file(context_);
            if (const auto* trouble = std::get_if<Trouble>(&request)) {
                return terminal_.fail(*trouble);
            }
            goal_.request = std::get<Request>(std::move(request));
        }
        const auto most = time_limit_of(context_.asked());
        if (!most) {
            return terminal_.fail(usage("--time-limit is a number of seconds from 1 to 86400"));
        }
        most_ = *most;
        go_on();
        const auto tree = OwnTree::open(context_);
        limit_.reset(); // Nix has ends of its own
        if (!tree) {
            return terminal_.fail(trouble_of(tree.problem()));
        }
        if (const auto status = bumped(**tree)) {
            return *status; // neither a map nor options are asked
        }
        go_on();
        proposals::map::Files files((*tree)->tree(), (*tree)->files());
        const std::string flake = context_.asked().value("--flake").value_or("");
        auto map = make_map(files, flake);
        host_ = map ? host_to_ask(context_, *map, goal_.request) : "";
        limit_.reset();
        const auto index = map ? index_of() : core::Result<Index>(Index());
        if (!map || !index) {
            return terminal_.fail(trouble_of(map ? index.problem() : map.problem()));
        }
        know_places(**tree, files, *map, index->get());
        return words ? in_words(**tree, files, *map, index->get())
                     : carry_out(**tree, files, *map, index->get());
    }

  private:
    /// What was evaluated says who is made of which file; of the other hosts what is kept.
    void know_places(const OwnTree& tree, proposals::map::Files& files,
                     proposals::map::RepoMap& map, const evaluator::OptionIndex* index) {
        if (index == nullptr || !evaluates(context_.asked())) {
            return; // an index of somebody's may be of another commit
        }
        std::vector<std::string> others;
        for (const auto& host : map.hosts) {
            if (host.kind == "nixos" && host.name != host_) {
                others.push_back(host.name);
            }
        }
        auto told = kept_places(context_, tree.commit(), others);
        if (auto own = index->places(host_)) {
            told.push_back(std::move(*own));
        }
        for (const auto& host : told) {
            add_evaluated(files, map, host);
        }
    }

    int in_words(const OwnTree& tree, proposals::map::Files& files,
                 const proposals::map::RepoMap& map, const evaluator::OptionIndex* index) {
        go_on();
        auto goal = goal_of(context_, {.files = files, .map = map, .index = index});
        if (const auto* trouble = std::get_if<Trouble>(&goal)) {
            return terminal_.fail(*trouble);
        }
        goal_ = std::get<planners::goal::Goal>(std::move(goal));
        if (goal_.flake.empty() || goal_.flake == map.flake) {
            return carry_out(tree, files, map, index);
        }
        // Another flake of the same repository: its hosts and names are others.
        const auto other = make_map(files, goal_.flake);
        if (!other) {
            return terminal_.fail(trouble_of(other.problem()));
        }
        return in_words(tree, files, *other, context_.asked().value("--options") ? index : nullptr);
    }

    int carry_out(const OwnTree& tree, proposals::map::Files& files,
                  const proposals::map::RepoMap& map, const evaluator::OptionIndex* index) {
        limit_.reset();
        if (const auto status = bumped(tree)) {
            return *status;
        }
        go_on();
        const auto unchecked =
            check_options(goal_.request, files, map,
                          {.index = index, .assume = context_.asked().has("--assume-options")});
        if (!unchecked) {
            return terminal_.fail(refused(unchecked.problem()));
        }
        auto plan = proposals::plan::make_plan(files, map, goal_.request);
        if (!plan) {
            return terminal_.fail(refused(plan.problem()));
        }
        // As everybody's: what the daemon would not take is not shown either.
        if (const auto taken = proposals::take_edits(plan->edits, tree.tree());
            !plan->edits.empty() && !taken) {
            return terminal_.fail(refused(taken.problem()));
        }
        limit_.reset();
        if (plan->edits.empty() || !evaluates(context_.asked())) {
            return tell(tree, *plan, *unchecked);
        }
        const auto opened = open_source();
        auto proof = opened ? prove_plan(context_, *source_, goal_.request, *plan)
                            : core::Result<Proof>(opened.problem());
        if (!proof) {
            return terminal_.fail(refused(proof.problem()));
        }
        proof_ = std::move(proof).value();
        return tell(tree, *plan, *unchecked);
    }

    /// What is read and planned from here on has an end.
    void go_on() {
        limit_.emplace(most_, source_ ? source_->stop() : context_.around().stop,
                       [this](TimeLimit::Ending ending) {
                           const int exit = terminal_.fail(trouble_of(ending, most_));
                           context_.around().out.flush();
                           std::_Exit(exit); // what is read and planned asks nobody on its way
                       });
    }

    /// The clone for Nix, once for all that it is asked.
    core::Result<core::Done> open_source() {
        if (source_) {
            return core::Done{};
        }
        const auto config = own_settings(context_);
        if (const auto* trouble = std::get_if<Trouble>(&config)) {
            return trouble->problem;
        }
        const auto& own = std::get<std::optional<Config>>(config);
        auto source = OwnSource::open(context_, own ? &*own : nullptr, host_);
        if (!source) {
            return source.problem();
        }
        source_ = std::move(source).value();
        return core::Done{};
    }

    /// nullptr where none is wanted.
    core::Result<Index> index_of() {
        if (const auto file = context_.asked().value("--options")) {
            return index_in(context_, *file);
        }
        if (!evaluates(context_.asked())) {
            return Index();
        }
        const auto opened = open_source();
        return opened ? own_index(context_, *source_) : core::Result<Index>(opened.problem());
    }

    /// Newer inputs, where these are asked for.
    std::optional<int> bumped(const OwnTree& tree) {
        const auto bump = stages::bump_of(goal_.request, stages::Relock::asked);
        if (bump && !*bump) {
            return std::nullopt;
        }
        source_.reset(); // what is stopped by a key is the bump
        const auto plan = bump ? own_bump(context_, tree, **bump) : bump.problem();
        return plan ? tell(tree, *plan, {}) : terminal_.fail(refused(plan.problem()));
    }

    int tell(const OwnTree& tree, const Plan& plan, const std::vector<std::string>& unchecked) {
        const auto diff = diff_of_plan(tree, plan);
        for (const std::string& line : goal_.understood) {
            terminal_.line("understood: " + one_line(line, 300));
        }
        Json steps = Json::array();
        for (const auto& step : plan.steps) {
            steps.push_back(to_json(step));
        }
        print_steps(terminal_, steps);
        if (!unchecked.empty()) {
            terminal_.line("not checked: " + one_line(core::join(unchecked, ", "), 300));
        }
        if (proof_) {
            print_proof(terminal_, *proof_);
        }
        Json files = Json::array();
        for (const auto& file : diff) {
            const std::string head = proposals::header_text(file);
            for (const auto line : core::lines(head)) {
                terminal_.line(terminal_.paint(Colour::bold, core::printable(line)));
            }
            print_hunks(terminal_, files.emplace_back(to_json(file)));
        }
        const bool writes = context_.asked().has("--write");
        if (writes) {
            if (const auto done = write_plan(tree, plan); !done) {
                return terminal_.fail(trouble_of(done.problem()));
            }
        }
        terminal_.result({{"schema", "agentd.plan/1"},
                          {"commit", tree.commit().str()},
                          {"understood", goal_.understood},
                          {"steps", std::move(steps)},
                          {"unchecked", unchecked},
                          {"proof", proof_ ? to_json(*proof_) : Json()},
                          {"diff", std::move(files)},
                          {"written", writes}});
        return context_.asked().has("--detailed-exitcode") && !plan.edits.empty() ? status::changes
                                                                                  : status::ok;
    }

    Context& context_;
    Terminal& terminal_;
    planners::goal::Goal goal_{};
    std::string host_{}; ///< that Nix is asked about
    std::optional<Proof> proof_{};
    std::chrono::seconds most_{};
    std::unique_ptr<OwnSource> source_{}; ///< once Nix was asked
    std::optional<TimeLimit> limit_{};    ///< while nothing else ends what is done
};

} // namespace

int plan(Context& context) {
    return Planning(context).run();
}

} // namespace agentd::ctl::commands
