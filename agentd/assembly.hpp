/// @file
/// The composition root of the daemon: everything long-lived, in the order of its life.
#pragma once

#include "agentd/api/api.hpp"
#include "agentd/config.hpp"
#include "agentd/inbox.hpp"
#include "agentd/pipeline/pipeline.hpp"
#include "agentd/pipeline/watch.hpp"
#include "web/server/server.hpp"

#include <stop_token>
#include <thread>

namespace agentd {

/// Threads: *web* (`run`, the listeners), *sequencer* (the one writer of rows), *tests* (evaluates and
/// builds), *applies* (waits for the helper), `api::Desks` (answer requests), *watch* (observes), *follow*
/// (hears what others write to the log). They exchange values through inboxes; locks are inside those, the
/// event ring and the sessions. What is declared later is destroyed earlier.
class Assembly {
public:
    /// @throws core::Failure when a part of the surroundings is not there: nothing was begun.
    explicit Assembly(Config config);
    ~Assembly();

    /// Serves until `stop`.
    void run(const std::stop_token& stop);
    std::uint16_t port() const noexcept { return server_.port(); }

private:
    pipeline::Surroundings surroundings();
    void watch(const std::stop_token& stop);
    void follow(const std::stop_token& stop);

    Config config_;
    core::SystemClock clock_;
    web::EventHub events_{4096, web::first_event_id(clock_.now().time_since_epoch())};
    store::Blobs blobs_;
    store::Projection projection_;
    evaluator::Nix nix_;
    evaluator::IndexShelf indexes_;
    pipeline::Ledger ledger_;
    Inbox sequencer_{"sequencer"};
    Inbox tests_{"tests"};
    Inbox applies_{"applies"};
    pipeline::Pipeline pipeline_;
    pipeline::Watch watch_;
    api::Desks desks_;
    api::Api api_;
    web::Server server_;
    std::jthread follower_;
    std::jthread watcher_;
};

} // namespace agentd
