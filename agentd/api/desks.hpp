/// @file
/// The threads that answer requests: what stops something never waits behind what takes long.
#pragma once

#include "agentd/inbox.hpp"

namespace agentd::api {

/// Where a method is answered. The first seven are `Desks`; a test and an apply wait with their own
/// kind.
enum class Lane {
    brakes,    ///< stops something, or has a time to be in
    looks,     ///< reads rows
    decisions, ///< may ask the helper or read the owner's branch
    checks,    ///< whether a browser's key still counts: every answer to it waits for this
    visits,    ///< of browsers that nobody knows yet: as many as they like
    pairings,  ///< of strangers too, and asks the helper
    errands,   ///< may take minutes
    tests,
    applies,
};

/// One thread each, idle until it is asked something.
struct Desks {
    Inbox brakes{"brakes"};
    Inbox looks{"looks"};
    Inbox decisions{"decisions"};
    Inbox checks{"checks"};
    Inbox visits{"visits"};
    Inbox pairings{"pairings"};
    Inbox errands{"requests"};

    /// Before what the requests use is gone.
    void stop() {
        for (Inbox* inbox : {&brakes, &looks, &decisions, &checks, &visits, &pairings, &errands}) {
            inbox->stop();
        }
    }
};

} // namespace agentd::api
