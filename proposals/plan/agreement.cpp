// Whether what a plan tells is what it does.
#include "proposals/plan/plan.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

Problem untold(std::string message, std::string where) {
    return {.code = "untold", .message = std::move(message), .where = std::move(where)};
}

/// Each operation is told, and nothing else is.
std::optional<Problem> other_wishes(const Request& request, const std::vector<Step>& steps) {
    std::set<std::string> asked;
    for (const Wish& wish : request.operations) {
        asked.insert(kept(describe(wish)));
    }
    std::set<std::string> told;
    for (const Step& step : steps) {
        told.insert(kept(step.wish));
    }
    for (const std::string& wish : told) {
        if (asked.count(wish) == 0) {
            return untold("a step is for what nobody asked for", wish);
        }
    }
    for (const std::string& wish : asked) {
        if (told.count(wish) == 0) {
            return untold("no step is for what was asked for", wish);
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<Problem> disagreement(const Request& request, const Plan& plan) {
    if (auto other = other_wishes(request, plan.steps)) {
        return other;
    }
    std::set<std::string> told;
    for (const Step& step : plan.steps) {
        if (step.changed) {
            told.insert(kept(step.file));
        }
    }
    std::set<std::string> edited;
    for (const FileEdit& edit : plan.edits) {
        const std::string file = kept(edit.path);
        if (told.count(file) == 0) {
            return untold("a file is edited that no step names", file);
        }
        if (!edited.insert(file).second) {
            return untold("a file is edited twice", file);
        }
    }
    const auto idle = std::find_if(
        told.begin(), told.end(), [&](const std::string& file) { return edited.count(file) == 0; });
    if (idle == told.end()) {
        return std::nullopt;
    }
    return Problem{.code = "taken_back",
                   .message = "what one operation changes there another takes back",
                   .where = *idle,
                   .hint = "ask for one of them"};
}

} // namespace agentd::proposals::plan
