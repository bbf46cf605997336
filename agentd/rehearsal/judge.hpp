/// @file
/// What two rehearsals say of a change: pure, and never better than what was seen.
#pragma once

#include "agentd/rehearsal/rehearsal.hpp"

#include <string>
#include <vector>

namespace agentd::rehearsal {

/// What is known of the change beside: of the two built systems.
struct Expected {
    std::vector<std::string> units{};   ///< that are new or differ, sorted
    std::vector<std::string> removed{}; ///< that are no more, or are stopped by a switch, sorted
    std::vector<std::string> opened{};  ///< ports that become reachable, as `8080/tcp`
    bool partly = false;                ///< more differs than is told here
};

/// A unit and why.
struct Finding {
    std::string unit{};
    std::string why{};
    friend bool operator==(const Finding&, const Finding&) = default;
};

struct Judgement {
    enum class Kind {
        passed,   ///< every changed unit was seen to do its work
        failed,   ///< something of it fails that did not fail before
        unjudged, ///< something of it could not be seen here; nothing else is wrong
        timed_out ///< it did not come up, and what runs now did
    };
    Kind kind = Kind::unjudged;
    std::vector<std::string> good{};
    std::vector<Finding> failed{};
    std::vector<Finding> unjudged{};
    std::vector<std::string>
        listening{}; ///< sentences about sockets that nothing tells, or that are not there
    /// Those that do not differ, fell here while it booted and not before, and stand since.
    std::vector<std::string> restarted{};
    std::string summary{}; ///< one line
};

Judgement judge(const Rehearsal& base, const Rehearsal& candidate, const Expected& expected);

core::Json to_json(const Judgement& judgement);
/// For people: all of it, line by line.
std::string text_of(const Judgement& judgement);

} // namespace agentd::rehearsal
