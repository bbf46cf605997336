#include "evaluator/fetch_refusal.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/remainder.hpp"

namespace agentd::evaluator {

using core::Problem;

Problem caches_silent(const std::vector<std::string>& silent,
                      const std::vector<std::string>& missing) {
    const std::string who = core::join(silent, ", ");
    Problem out{.code = "substitution_failed",
                .message = "the cache " + who + " does not answer",
                .where = who,
                .hint = "see that it can be reached (curl " + who.substr(0, who.find(',')) +
                        "/nix-cache-info) and verify the proposal again; or take it out of "
                        "nix.settings.substituters, or set nix.fetch = false to build "
                        "everything here"};
    if (!missing.empty()) {
        out.message += ", and what it may have would be compiled here: " + a_few(missing);
    }
    return out;
}

Problem caches_slow(const std::string& names, std::chrono::milliseconds limit) {
    return {.code = "fetch_timeout",
            .message = "what is missing did not come from " + names + " within " +
                       std::to_string(limit.count() / 1000) + " s",
            .where = names,
            .hint = "verify the proposal again when that cache answers, raise nix.fetch_seconds, "
                    "or take it out of nix.settings.substituters"};
}

Problem cache_breaks_word(const std::string& cache, const core::StorePath* path) {
    Problem out{.code = "substitution_failed",
                .message = "the cache " + cache + " does not give what it offers",
                .hint = "verify the proposal again; if it stays, take that cache out of "
                        "nix.settings.substituters or ask who runs it"};
    if (path != nullptr) {
        out.message += ": " + std::string(path->name());
        out.where = path->str();
    }
    return out;
}

Problem nothing_told(const core::StorePath& drv) {
    return {.code = "substitution_failed",
            .message = "Nix does not tell what is missing",
            .where = drv.str(),
            .hint = "its own words stand in the message; agentctl doctor looks at Nix and its "
                    "daemon"};
}

Problem with_words(Problem problem, const std::vector<std::string>& complaints) {
    if (!complaints.empty()) {
        problem.message += " (" + core::join(complaints, "; ") + ")";
    }
    problem.message = core::shorten(problem.message, 1500);
    return problem;
}

} // namespace agentd::evaluator
