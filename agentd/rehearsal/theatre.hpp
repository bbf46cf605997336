/// @file
/// Asking for a rehearsal: of root's helper behind its socket, or of the program itself by whoever
/// is root.
#pragma once

#include "agentd/rehearsal/question.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::rehearsal {

struct Rehearsal;

/// Where rehearsals are to be had.
struct Theatre {
    std::string socket{}; ///< of `agentd-rehearse`; "": it is started directly, which only root can
    std::string program{};             ///< absolute; for the latter
    std::vector<std::string> lent{};   ///< for the latter: folders of programs besides the store
    std::chrono::seconds patience{60}; ///< for one system to come up
};

/// Codes: `not_tried` (it cannot be had here, and why), `cancelled`; and, which may be the doing of
/// what is rehearsed, `not_started` (the container does not start) and `rehearsal_broken` (an
/// answer that is none, or an end without one).
/// @param question its seconds are those of the theatre
core::Result<Rehearsal> rehearse(const Theatre& theatre, Question question,
                                 const std::stop_token& stop);

} // namespace agentd::rehearsal
