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
    Building(const Scene& scene, const Clauses& clauses) : scene_(scene), clauses_(clauses) {}

    Result<Read> run(const std::vector<Scope>& scopes) {
        for (std::size_t i = 0; i < clauses_.size(); ++i) {
            if (auto problem = clause(clauses_[i], scopes[i])) {
                return *problem;
            }
        }
        if (out_.request.operations.size() > Request::max_operations) {
            return Problem{.code = "too_many", .message = "the goal asks for more than 64 changes"};
        }
        return std::move(out_);
    }

  private:
    std::optional<Problem> clause(const Clause& clause, const Scope& scope) {
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
        if (!scope.whom.empty() && !made->of_whom) {
            return not_understood("what " + quoted(scope.whom) +
                                      " needs is said, and nothing for " + quoted(scope.whom),
                                  "say it without why: add user " + scope.whom +
                                      " to the group wheel");
        }
        service_ = made->service;
        for (Wish& wish : made.value().wishes) {
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
                                          " and for " + quoted(describe(wish))};
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

Result<std::vector<Read>> distinct(const Scene& scene, const std::vector<Clauses>& readings) {
    std::vector<Read> out;
    std::optional<Problem> why;
    for (const Clauses& clauses : readings) {
        const auto ways = spread(clauses);
        if (ways.empty() && !why) {
            why = Problem{.code = "two_readings",
                          .message = "the goal names different hosts",
                          .hint = "say it in two goals"};
        }
        for (const auto& scopes : ways) {
            auto read = Building(scene, clauses).run(scopes);
            if (!read) {
                const bool vague = why && (why->code == "unknown_service" || why->message.empty());
                why = why && !vague ? why : read.problem();
                continue;
            }
            const bool there = std::any_of(out.begin(), out.end(), [&](const Read& one) {
                return same(scene, one, *read);
            });
            if (!there) {
                out.push_back(std::move(read).value());
            }
        }
    }
    return out.empty() ? Result<std::vector<Read>>(*why) : std::move(out);
}

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
    auto found = distinct(scene, readings);
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
