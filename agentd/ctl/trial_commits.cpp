#include "agentd/ctl/trial_commits.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/take_over.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/git_foreign.hpp"

namespace agentd::ctl {

using core::Problem;
using core::Result;
using proposals::ForeignClone;

namespace {

constexpr std::size_t most_named = 5;

std::optional<Problem> unclear(const Trial& trial) {
    if (trial.candidate && trial.patch) {
        return Problem{.code = "two_changes",
                       .message = "--candidate and --patch are two changes; give one of them"};
    }
    if (trial.candidate || trial.patch || trial.base) {
        return std::nullopt;
    }
    return Problem{.code = "nothing_to_test",
                   .message = "there is nothing to test: no change is given",
                   .hint =
                       "--patch FILE (git diff | agentctl test … --patch -), or --candidate REV, "
                       "or --base REV to test HEAD against it"};
}

/// What lies in the work tree takes no part, and whoever runs this may think it does.
std::optional<Problem> look_at_work_tree(const ForeignClone& clone, const Trial& trial,
                                         const TrialTools& tools) {
    auto files = clone.uncommitted(most_named + 1);
    if (files.empty()) {
        return std::nullopt;
    }
    const bool more = files.size() > most_named;
    files.resize(std::min(files.size(), most_named));
    for (std::string& file : files) {
        file = one_line(core::to_utf8(file), 100);
    }
    const std::string names = core::join(files, ", ") + (more ? ", …" : "");
    const bool head_is_meant = !trial.candidate && !trial.patch;
    if (head_is_meant) {
        return Problem{.code = "dirty",
                       .message = "the work tree has changes that are not committed: " + names,
                       .where = trial.repository,
                       .hint = "commit them; or test them: git diff HEAD | agentctl test … --patch "
                               "-; or test what is committed: --candidate HEAD"};
    }
    tools.note("not tested, because not committed: " + names);
    return std::nullopt;
}

/// What the base has and the candidate has not looks as if the change took it away.
void look_at_history(const proposals::Repository& own, const core::Commit& base,
                     const core::Commit& candidate, const TrialTools& tools) {
    if (own.is_ancestor(base, candidate)) {
        return;
    }
    const auto common = own.merge_base(base, candidate);
    tools.note(!common ? "base and candidate have no commit in common: all that differs counts as "
                         "the change"
               : *common == candidate
                   ? "the candidate is older than the base: what came since counts as taken away"
                   : "the base is not in the candidate's history: what came on the base since " +
                         common->short_form() + " counts as taken away; --base " +
                         common->short_form() + " compares with where they part");
}

struct Revisions {
    std::string base{};
    std::optional<std::string> candidate{};
};

Revisions revisions_of(const Trial& trial) {
    // Only a base: HEAD is what is meant to come after it.
    return {.base = trial.base.value_or("HEAD"),
            .candidate =
                trial.patch ? std::nullopt : std::optional(trial.candidate.value_or("HEAD"))};
}

} // namespace

Result<TrialCommits> take_commits(const Trial& trial, const TrialTools& tools,
                                  proposals::Repository& own) {
    if (auto problem = unclear(trial)) {
        return std::move(*problem);
    }
    auto clone = ForeignClone::open(trial.repository, tools.scratch + "/clone");
    if (!clone) {
        return clone.problem();
    }
    const auto wanted = revisions_of(trial);
    auto base = clone->commit(wanted.base);
    if (!base) {
        return base.problem();
    }
    ForeignClone::Branches branches{.base = *base};
    if (wanted.candidate) {
        auto candidate = clone->commit(*wanted.candidate);
        if (!candidate) {
            return candidate.problem();
        }
        branches.candidate = *candidate;
    }
    if (branches.candidate == branches.base) {
        return Problem{.code = "nothing_to_test",
                       .message = "base and candidate are the same commit, " + base->short_form(),
                       .where = trial.repository,
                       .hint = "give another --base REV or --candidate REV, or --patch FILE"};
    }
    if (auto dirty = look_at_work_tree(*clone, trial, tools)) {
        return std::move(*dirty);
    }
    const std::string head = clone->head_branch();
    clone->publish(branches);
    for (const char* branch : {"base", "candidate"}) {
        if (std::string_view(branch) == "candidate" && !branches.candidate) {
            continue;
        }
        if (auto taken = take_over(own, *clone, branch, trial.repository); !taken) {
            return taken.problem();
        }
    }
    if (branches.candidate) {
        look_at_history(own, *base, *branches.candidate, tools);
    }
    return TrialCommits{.base = *base,
                        .candidate = branches.candidate,
                        .base_name = trial.base     ? core::to_utf8(*trial.base)
                                     : head.empty() ? "HEAD"
                                                    : core::to_utf8(head)};
}

} // namespace agentd::ctl
