/// @file
/// nix.conf as Nix reads it (nix.conf(5)): the last value of a name counts, those of `extra-` add
/// up.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace agentd::evaluator::effects {

/// Name -> value; what is read from elsewhere is `include`, a line that is none `not understood`.
using NixSettings = std::map<std::string, std::string>;

/// @param text nullptr: nothing
NixSettings parse_nix_conf(const std::string* text);
/// The members of a value that is a list.
std::set<std::string> words_of_setting(std::string_view text);

} // namespace agentd::evaluator::effects
