/// @file
/// Goals in plain English to operations on a repository, with no model.
#pragma once

#include "agentd/planners/catalog.hpp"
#include "agentd/planners/goal/answer.hpp"
#include "agentd/planners/goal/sayings.hpp"

#include "proposals/map/repo_map.hpp"
#include "proposals/plan/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

inline constexpr std::size_t max_goal_bytes = 1000;
inline constexpr std::size_t max_goal_words = 200;

/// What is known of the place that a goal is about.
struct Surroundings {
    const proposals::map::RepoMap& map;
    std::vector<std::string> files{};     ///< of the repository, by path
    std::string host{};                   ///< "this host"; "" is not known
    const CatalogView* catalog = nullptr; ///< which packages and options there are
    const Sayings* said = nullptr;        ///< what its files say; nullptr: not known
};

/// Every word counts: what is not understood whole is not done in part. Problems: `empty_goal`,
/// `bad_goal` (too long, hidden characters), `too_many`, `not_understood` (says which word, and
/// what is near), `two_readings` (of what no goal says apart), `bad_value`, `unknown_package`, `unknown_service`,
/// `contradiction`, `no_such_host`, `not_yet`.
core::Result<Answer> read_goal(std::string_view goal, const Surroundings& around);

/// One sentence for each kind of goal, for help texts.
std::vector<std::string> example_goals();

} // namespace agentd::planners::goal
