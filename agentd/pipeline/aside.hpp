/// @file
/// Evaluations that nobody waits for: at low priority, one after the other, and never beside one
/// that somebody waits for.
#pragma once

#include "agentd/inbox.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace agentd::pipeline {

class Aside {
  public:
    using Work = std::function<void(const std::stop_token&)>;

    ~Aside() { inbox_.stop(); }

    /// Some time soon, instead of whatever was to be done under this name.
    void post(const std::string& name, Work work);
    /// What is done or was to be done under this name is not.
    void cancel(const std::string& name);

    /// While one lives, nothing is begun in turn, and what was begun is stopped, to be done again.
    class Hold {
      public:
        explicit Hold(Aside& aside);
        ~Hold();
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

      private:
        Aside& aside_;
    };

    /// From within a work: waits until nobody holds, then does a step of it; again while somebody
    /// stopped it by holding. A step says whether it came to its end.
    using Step = std::function<bool(const std::stop_token&)>;
    void in_turn(const std::stop_token& stop, const Step& step);

  private:
    void begin(const std::stop_token& stop, const std::stop_source& own);
    bool end(); ///< false when it was stopped by a hold

    std::mutex mutex_;
    std::condition_variable_any free_;
    int holds_ = 0;
    bool stepped_aside_ = false;
    std::optional<std::stop_source> running_{};
    std::map<std::string, std::stop_source> works_{};
    Inbox inbox_{"aside"};
};

} // namespace agentd::pipeline
