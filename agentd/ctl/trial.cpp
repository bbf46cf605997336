#include "agentd/ctl/trial.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/trial_commits.hpp"
#include "agentd/ctl/trial_intake.hpp"
#include "agentd/ctl/trial_policy.hpp"
#include "agentd/ctl/trial_rehearsal.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/stages/checks.hpp"
#include "agentd/stages/explain.hpp"
#include "agentd/stages/hosts.hpp"
#include "agentd/stages/parse.hpp"
#include "agentd/stages/test.hpp"

namespace agentd::ctl {

using core::Problem;
using core::Result;
using proposals::EvidenceLevel;

namespace {

// The same change of the same base is the same commit on the same day, so that what was built once
// is not built again.
const char* const candidate_id = "00000000000000000000000001";
const char* const base_id = "00000000000000000000000002";

constexpr std::size_t most_log = 64U << 10;

core::ProposalId id_of(const char* text) {
    const auto id = core::ProposalId::parse(text);
    AGENTD_CHECK(id.has_value());
    return *id;
}

bool goes_to(const Trial& trial, EvidenceLevel level) {
    return trial.level >= level;
}

/// One trial, stage by stage.
class Run {
  public:
    Run(const Trial& trial, const TrialTools& tools, const std::stop_token& stop)
        : trial_(trial), tools_(tools), stop_(stop), blobs_(tools.scratch + "/blobs"),
          own_(proposals::Repository::open_or_init_bare(folder())) {}

    Result<Tried> run() {
        auto commits = take_commits(trial_, tools_, own_);
        if (!commits) {
            return commits.problem();
        }
        tried_.base = commits->base.str();
        const auto policy = given_policy(trial_, tools_.clock.now());
        if (!policy) {
            return policy.problem();
        }
        const auto candidate = draft(*commits);
        if (candidate && goes_to(trial_, EvidenceLevel::evaluate)) {
            test(*commits, *candidate, *policy);
        } else if (candidate && goes_to(trial_, EvidenceLevel::parse)) {
            auto wrong = stages::parse(candidate_of(*commits, *candidate), test_tools(),
                                       reporter("", true), stop_);
            if (wrong) {
                refuse("parse", std::move(*wrong));
            }
        }
        return std::move(tried_);
    }

  private:
    std::string folder() const { return tools_.scratch + "/repository.git"; }

    stages::TestTools test_tools() {
        return {.nix = tools_.nix,
                .blobs = blobs_,
                .clock = tools_.clock,
                .gc_roots = tools_.scratch + "/roots"};
    }

    /// @param of words before each line; only the candidate's evidence is kept
    stages::Reporter reporter(std::string of, bool kept) {
        return {.evidence =
                    [this, kept](const proposals::Evidence& evidence) {
                        if (evidence.log_blob) {
                            log_ = evidence.log_blob;
                        }
                        if (kept) {
                            tried_.evidence.push_back(evidence);
                        }
                    },
                .log =
                    [this, of = std::move(of)](EvidenceLevel level,
                                               const std::vector<std::string>& lines) {
                        for (const std::string& line : lines) {
                            if (level == EvidenceLevel::build || level == EvidenceLevel::checks) {
                                tools_.tell("  " + of + one_line(line, 300));
                            }
                        }
                    }};
    }

    /// nullopt when it was refused or stopped; then that is noted down.
    template <class Next> std::optional<Next> taken(stages::Step<Next> step, const char* level) {
        return core::match(
            step, [](Next& next) { return std::optional<Next>(std::move(next)); },
            [&](stages::Refused& refused) {
                refuse(level, std::move(refused.problem));
                return std::optional<Next>();
            },
            [&](const stages::Cancelled&) {
                tried_.cancelled = true;
                return std::optional<Next>();
            });
    }

    void refuse(std::string at, Problem problem) {
        tried_.refused_at = std::move(at);
        tried_.refusal = std::move(problem);
        const auto log = log_ ? blobs_.get(*log_) : std::nullopt;
        const std::string text = log.value_or("");
        tried_.log = core::to_utf8(
            std::string_view(text).substr(text.size() - std::min(text.size(), most_log)));
    }

    std::optional<core::Commit> draft(const TrialCommits& commits) {
        auto taken_in = take_in(trial_, tools_, commits,
                                {.repository = own_, .blobs = blobs_, .id = id_of(candidate_id)});
        tried_.evidence.push_back(taken_in.evidence);
        if (!taken_in.draft) {
            refuse("intake", taken_in.draft.problem());
            return std::nullopt;
        }
        tried_.draft = std::move(taken_in.draft).value();
        return core::Commit::parse(tried_.draft.change()->candidate_commit);
    }

    evaluator::FlakeSource base_source(const TrialCommits& commits) const {
        return {.repository = folder(), .ref = "refs/upstream/base", .commit = commits.base};
    }

    stages::Candidate candidate_of(const TrialCommits& commits,
                                   const core::Commit& candidate) const {
        return {.id = id_of(candidate_id),
                .source = {.repository = folder(),
                           .ref = "refs/agentd/" + std::string(candidate_id),
                           .commit = candidate},
                .host = trial_.host,
                .options = stages::option_scope(own_, base_source(commits), candidate),
                .build = goes_to(trial_, EvidenceLevel::build)};
    }

    void test(const TrialCommits& commits, const core::Commit& commit,
              const std::optional<stages::CurrentPolicy>& policy) {
        const auto candidate = candidate_of(commits, commit);
        tools_.tell(candidate.build ? "evaluating and building the candidate …"
                                    : "evaluating the candidate …");
        auto tested =
            taken(stages::test(candidate, test_tools(), reporter("", true), stop_), "test");
        if (!tested) {
            if (tried_.refusal) {
                // Testing is two levels; the evidence says which of them it was.
                tried_.refused_at = proposals::to_string(tried_.evidence.back().level);
                ask_the_base(commits);
            }
            return;
        }
        tried_.drv = tested->drv;
        tried_.toplevel = tested->toplevel;
        tried_.options = tested->options;
        tried_.inputs = tested->inputs;
        tried_.warnings = stages::shown_warnings(tested->warnings, std::nullopt).all;
        if (trial_.level == EvidenceLevel::checks) { // else they may take long, unasked
            run_checks(candidate, *tested);
        }
        if (goes_to(trial_, EvidenceLevel::effects)) {
            compare(commits, *tested, policy);
            look_at_hosts(candidate, tested->hosts);
        }
    }

    /// Whether it is the change that does not evaluate, or was so before.
    void ask_the_base(const TrialCommits& commits) {
        if (tried_.refused_at != "evaluate" || tried_.refusal->code == "unknown_host") {
            return;
        }
        tools_.tell("does the base evaluate? …");
        const auto source = base_source(commits);
        const auto base = stages::test({.id = id_of(base_id),
                                        .source = source,
                                        .host = trial_.host,
                                        .options = {.base = source},
                                        .build = false},
                                       test_tools(), reporter("base: ", false), stop_);
        if (const auto* refused = std::get_if<stages::Refused>(&base)) {
            tried_.notes.push_back(
                "the base does not evaluate either: " +
                core::shorten(refused->problem.message, 300) +
                (refused->problem.where.empty() ? "" : " (" + refused->problem.where + ")"));
        }
    }

    void run_checks(const stages::Candidate& candidate, stages::Tested& tested) {
        tools_.tell("running the flake's own checks …");
        const auto done = stages::run_checks({.candidate = candidate, .wanted = {"all"}},
                                             test_tools(), reporter("", true), stop_);
        tested.checks = done.fact();
        if (tested.checks == "none") {
            tried_.notes.push_back("the base's flake has no checks of its own: none was run");
        } else if (tested.checks != "passed" && !stop_.stop_requested()) {
            refuse("checks", {.code = tested.checks ? "checks_failed" : "checks_unjudged",
                              .message = done.evidence->summary});
        }
    }

    void look_at_hosts(const stages::Candidate& candidate, const std::vector<std::string>& hosts) {
        if (tried_.refusal || tried_.cancelled) {
            return;
        }
        tools_.tell("looking at the other hosts …");
        const stages::HostsAsked asked{candidate.options.base, candidate.source, trial_.host,
                                       hosts};
        auto judged = stages::judge_hosts(
            asked, {.nix = tools_.nix, .clock = tools_.clock, .most = std::chrono::minutes(2)},
            blobs_, stop_);
        tried_.cancelled = stop_.stop_requested();
        if (!judged.changes.hosts.empty() ||
            !judged.changes.trouble.empty()) { // else there are no others, before or after
            tried_.hosts = std::move(judged.changes);
            tried_.evidence.push_back(judged.evidence);
        }
    }

    void compare(const TrialCommits& commits, const stages::Tested& tested,
                 const std::optional<stages::CurrentPolicy>& policy) {
        tools_.tell("evaluating and building the base …");
        const auto source = base_source(commits);
        const auto base = taken(stages::test({.id = id_of(base_id),
                                              .source = source,
                                              .host = trial_.host,
                                              .options = {.base = source}},
                                             test_tools(), reporter("base: ", false), stop_),
                                "base");
        if (!base) {
            return;
        }
        auto warnings = stages::shown_warnings(
            tested.warnings, stages::new_warnings(tested.warnings, base->warnings));
        tried_.warnings = std::move(warnings.all);
        tried_.new_warnings = std::move(warnings.fresh);
        tools_.tell("comparing the two systems …");
        auto both = tested;
        both.base_declared = base->declared;
        auto explained = taken(stages::explain(both, base->toplevel,
                                               {.nix = tools_.nix,
                                                .blobs = blobs_,
                                                .clock = tools_.clock,
                                                .worker = tools_.worker},
                                               reporter("", true), stop_),
                               "effects");
        if (!explained) {
            return;
        }
        tried_.effects = explained->effects;
        tried_.disagreement = explained->disagreement;
        if (goes_to(trial_, EvidenceLevel::rehearsal)) {
            rehearse_both(*explained, tools_, blobs_, reporter("", true), stop_, tried_);
        }
        auto judged =
            judge(trial_, tried_.draft, *explained, base->toplevel, policy, tools_.clock.now());
        tried_.policy = std::move(judged.file);
        tried_.verdict = std::move(judged.verdict);
        if (!judged.note.empty()) {
            tried_.notes.push_back(std::move(judged.note));
        }
    }

    const Trial& trial_;
    const TrialTools& tools_;
    const std::stop_token& stop_;
    store::Blobs blobs_;
    proposals::Repository own_;
    Tried tried_{};
    std::optional<core::Digest> log_{}; ///< of the level that ended last
};

} // namespace

Result<Tried> try_out(const Trial& trial, const TrialTools& tools, const std::stop_token& stop) {
    return Run(trial, tools, stop).run();
}

} // namespace agentd::ctl
