/// @file
/// The texts and names that a repository holds, for what a computed name may come to.
#pragma once

#include <map>
#include <set>
#include <string>

namespace agentd::proposals::plan {

/// The plain texts that a repository holds: all, and by the name that is bound to them.
struct Texts {
    std::set<std::string, std::less<>> all{};
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> bound{};
    std::set<std::string, std::less<>> open{};  ///< names that are bound to something else, too
    std::set<std::string, std::less<>> names{}; ///< of attributes
};

} // namespace agentd::proposals::plan
