/// @file
/// The way to the web thread from every other thread, also when the web thread has gone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>

namespace agentd::web {

/// Shared by the server and every answer and event that is still to come: they outlive it at will.
/// A letter must not own a connection (a weak pointer does), because it may be dropped on any
/// thread.
class Mailbox {
  public:
    explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}

    /// Runs `letter` on the web thread; drops it when the server is closed.
    void post(std::function<void()> letter) {
        const std::lock_guard lock(mutex_);
        if (io_ != nullptr) {
            boost::asio::post(*io_, std::move(letter));
        }
    }
    /// After this the io_context may go.
    void close() {
        const std::lock_guard lock(mutex_);
        io_ = nullptr;
    }

  private:
    std::mutex mutex_;
    boost::asio::io_context* io_;
};

} // namespace agentd::web
