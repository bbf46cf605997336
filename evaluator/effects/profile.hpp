/// @file
/// What `sw` puts on everybody's path and into the folders that daemons read, name by name; and
/// what the profile of one user puts before it.
#pragma once

#include "evaluator/effects/classifier.hpp"

#include <map>
#include <set>
#include <string>

namespace agentd::evaluator::effects {

struct Profile {
    std::set<std::string> tops;               ///< store paths that its links lead into
    std::map<std::string, std::string> own;   ///< name -> what a file is that no package holds
    std::map<std::string, std::string> leads; ///< programs and rules: name -> file of a package
    bool complete = true;                     ///< false when a limit was hit
};

/// `root` is a name of the toplevel: `sw`, or `etc/profiles/per-user/NAME`.
Profile read_profile(const Side& side, const std::string& root = "sw");

/// Files that no package holds, and names that lead into another package than before. A profile
/// that could not be read in full is said to be unjudged when it differs.
void tell_profile(const Side& before, const Profile& old_one, const Side& after,
                  const Profile& new_one, Sink& sink);

/// Rules of polkit, services of the message bus and programs that desktops start, new ones and
/// those that say something else.
void tell_profile_rules(const Side& before, const Profile& old_one, const Side& after,
                        const Profile& new_one, Sink& sink);

} // namespace agentd::evaluator::effects
