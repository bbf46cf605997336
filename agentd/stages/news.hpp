/// @file
/// How far the inputs of a candidate moved from its base's, for people.
#pragma once

#include "proposals/input_news.hpp"

#include <string_view>
#include <vector>

namespace agentd::stages {

/// Of those that the flake names itself and that are locked otherwise, by name;
/// at most 64. Locks that cannot be read have none. Of a tree that is in the
/// store its release is read, too.
std::vector<proposals::InputNews> input_news(std::string_view before, std::string_view after);

} // namespace agentd::stages
