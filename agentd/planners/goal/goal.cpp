#include "agentd/planners/goal/goal.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/goal/request_text.hpp"
#include "agentd/planners/goal/sentence.hpp"
#include "agentd/planners/goal/spreading.hpp"
#include "agentd/planners/goal/stopped.hpp"

#include <algorithm>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;
using proposals::plan::Request;

struct Read {
    Request request{};
    std::string flake{};
};

/// One reading as operations.
class Building {
  public:
    /// @param choice which of the ways of each clause, from 0.
    Building(const Scene& scene, const Clauses& clauses, std::vector<std::size_t>& choice)
        : scene_(scene), clauses_(clauses), choice_(choice) {
        choice_.resize(clauses.size());
    }

    Result<Read> run(const std::vector<Scope>& scopes) {
        for (std::size_t i = 0; i < clauses_.size(); ++i) {
            if (auto problem = clause(i, scopes[i])) {
                return *problem;
            }
        }
        if (out_.request.operations.size() > Request::max_operations) {
            return Problem{.code = "too_many", .message = "the goal asks for more than 64 changes"};
        }
        return std::move(out_);
    }

    /// The next choice: like the places of a number that is counted up. False where it was the
    /// last.
    bool next() {
        for (std::size_t i = 0; i < ways_.size(); ++i) {
            if (++choice_[i] < ways_[i]) {
                return true;
            }
            choice_[i] = 0;
        }
        return false;
    }

  private:
    std::optional<Problem> clause(std::size_t number, const Scope& scope) {
        const Clause& clause = clauses_[number];
        const About about = clause.pattern->about;
        if (about != About::users && !scope.user.empty()) {
            return not_understood("that is nothing of the user " + quoted(scope.user) + " alone",
                                  "say it without the user");
        }
        if (about == About::nothing && !scope.in.empty()) {
            return not_understood("flake inputs are of no module", "say it without the module");
        }
        if (auto problem = hosts(scope, about)) {
            return problem;
        }
        out_.flake = scope.flake.empty() ? out_.flake : scope.flake;
        auto made = clause.pattern->build(clause.match, {.scene = scene_,
                                                         .scope = scope,
                                                         .service = service_,
                                                         .before = out_.request.operations});
        if (!made) {
            return made.problem();
        }
        ways_.push_back(1 + made->or_else.size());
        const std::size_t way = choice_[number];
        Made& chosen = way == 0 ? made.value() : made.value().or_else.at(way - 1);
        if (!scope.whom.empty() && !chosen.of_whom) {
            return not_understood("what " + quoted(scope.whom) +
                                      " needs is said, and nothing for " + quoted(scope.whom),
                                  "say it without why: add user " + scope.whom +
                                      " to the group wheel");
        }
        service_ = chosen.service;
        for (Wish& wish : chosen.wishes) {
            if (!wish.in.empty() && !scope.in.empty() && wish.in != scope.in) {
                return not_understood("two modules are named", "name one of them");
            }
            wish.weak = scope.weak && wish.kind == WishKind::set_option;
            if (scope.weak && !wish.weak) {
                return not_understood("only a value that is set can be left to hosts",
                                      "say that by itself");
            }
            if (wish.kind <= WishKind::create_module && wish.in.empty()) {
                wish.in = scope.in;
            }
            if (auto problem = put(std::move(wish))) {
                return problem;
            }
        }
        return std::nullopt;
    }

    std::optional<Problem> hosts(const Scope& scope, About about) {
        const bool none = about == About::nothing;
        if (none && !scope.hosts.empty()) {
            return not_understood("flake inputs are of no host", "say it without the host");
        }
        if (none) {
            return std::nullopt;
        }
        const std::vector<std::string> names(scope.hosts.begin(), scope.hosts.end());
        Request& request = out_.request;
        if (said_ && (request.hosts != names || request.every_host != scope.every)) {
            return Problem{.code = "two_readings",
                           .message = "the hosts are not the same in all of it, or not said in "
                                      "all of it",
                           .hint = "begin with them (\"on host web, …\"), or say it in two goals"};
        }
        said_ = true;
        request.hosts = names;
        request.every_host = scope.every;
        return std::nullopt;
    }

    std::optional<Problem> put(Wish wish) {
        for (const Wish& other : out_.request.operations) {
            if (say(other) == say(wish)) {
                return std::nullopt;
            }
            if (contradict(other, wish)) {
                return Problem{.code = "contradiction",
                               .message = "the goal asks for " + quoted(describe(other)) +
                                          " and for " + quoted(describe(wish)),
                               .hint = "say the one that is meant"};
            }
        }
        out_.request.operations.push_back(std::move(wish));
        return std::nullopt;
    }

    static bool contradict(const Wish& a, const Wish& b) {
        const bool options = a.option && b.option && *a.option == *b.option && a.user == b.user;
        return options &&
               (a.kind == WishKind::set_option || b.kind == WishKind::set_option ||
                a.kind == WishKind::unset_option || (a.kind != b.kind && a.value == b.value));
    }

    const Scene& scene_;
    const Clauses& clauses_;
    std::vector<std::size_t>& choice_;
    std::vector<std::size_t> ways_{}; ///< of each clause so far
    Read out_{};
    std::string service_{};
    bool said_ = false;
};

/// One that can be said again in no more words than a goal may have.
bool can_be_said(const Read& one) {
    return say(one.request).size() <= max_goal_bytes;
}

Result<Answer> question(std::vector<Read> found) {
    Question out;
    if (found.size() > Question::max_readings ||
        !std::all_of(found.begin(), found.end(), can_be_said)) {
        return Problem{.code = "two_readings",
                       .message = "the goal can be read in " + std::to_string(found.size()) +
                                  " ways, which are too many or too long to be told",
                       .hint = "say it in several goals"};
    }
    for (Read& one : found) {
        out.readings.push_back(goal_of(std::move(one.request), std::move(one.flake)));
    }
    return Answer(std::move(out));
}

/// The same is done, and for the same: where no host is said, this one is meant.
bool same(const Scene& scene, const Read& one, const Read& other) {
    const auto for_whom = [&](Request request) {
        if (request.hosts.empty() && !request.every_host && !scene.around.host.empty()) {
            request.hosts = {scene.around.host};
        }
        return say(request);
    };
    return for_whom(one.request) == for_whom(other.request) && one.flake == other.flake;
}

/// What the readings come to, each once.
class Distinct {
  public:
    explicit Distinct(const Scene& scene) : scene_(scene) {}

    void take(const Clauses& clauses) {
        const auto ways = spread(clauses);
        if (ways.empty() && !why_) {
            why_ = Problem{.code = "two_readings",
                           .message = "the goal names different hosts",
                           .hint = "say it in two goals"};
        }
        for (const auto& scopes : ways) {
            std::vector<std::size_t> choice;
            for (bool more = true; more && out_.size() <= Question::max_readings;) {
                Building building(scene_, clauses, choice);
                take(building.run(scopes));
                more = building.next();
            }
        }
    }
    Result<std::vector<Read>> all() && {
        return out_.empty() ? Result<std::vector<Read>>(*why_) : std::move(out_);
    }

  private:
    void take(Result<Read> read) {
        if (!read) {
            const bool vague = why_ && (why_->code == "unknown_service" || why_->message.empty());
            why_ = why_ && !vague ? why_ : read.problem();
            return;
        }
        const bool there = std::any_of(out_.begin(), out_.end(), [&](const Read& one) {
            return same(scene_, one, *read);
        });
        if (!there) {
            out_.push_back(std::move(read).value());
        }
    }

    const Scene& scene_;
    std::vector<Read> out_{};
    std::optional<Problem> why_{};
};

} // namespace

Result<Answer> read_goal(std::string_view goal, const Surroundings& around) {
    auto tokens = tokens_of(goal);
    if (!tokens) {
        return tokens.problem();
    }
    const Scene scene = make_scene(around, std::move(tokens).value());
    Sentence sentence(scene);
    const auto readings = sentence.readings();
    if (readings.empty() || scene.steps == 0) {
        return stopped(scene, sentence.stop());
    }
    Distinct distinct(scene);
    for (const Clauses& clauses : readings) {
        distinct.take(clauses);
    }
    auto found = std::move(distinct).all();
    if (!found) {
        return found.problem();
    }
    if (found->size() > 1) {
        return question(std::move(found).value());
    }
    return Answer(goal_of(std::move(found->front().request), std::move(found->front().flake)));
}

std::vector<std::string> example_goals() {
    std::vector<std::string> out;
    for (const Pattern* pattern : all_patterns()) {
        if (!pattern->example.empty()) {
            out.emplace_back(pattern->example);
        }
    }
    return out;
}

} // namespace agentd::planners::goal
