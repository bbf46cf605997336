/// @file
/// A program as a transient unit of systemd: it outlives whoever asked for it, and can be found
/// again by its name.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace agentd::applyd {

/// What PID 1 runs: in its own clean environment, outside of what this process is shut into.
struct TransientProgram {
    std::string description{};
    std::string program{}; ///< absolute
    std::vector<std::string> arguments{};
    std::map<std::string, std::string> environment{};
    std::string output{}; ///< a file that its words go to; made anew, for root alone
    std::chrono::seconds limit{900};
};

/// When systemd began to run userspace in this boot, as text that no other boot has. Also tells boots
/// of a container apart, which share their kernel's boot id. "" when systemd does not say.
std::string userspace_began();

/// One service unit, spoken to over systemd's own socket (root) or the system bus. A D-Bus or a
/// systemd that starts anew in the middle is waited for.
class TransientUnit {
  public:
    /// @param name a valid unit name that ends in `.service`.
    explicit TransientUnit(std::string name) : name_(std::move(name)) {}

    /// Failure{unavailable} when it could not be started. What had this name before and is over is
    /// forgotten.
    void start(const TransientProgram& program) const;

    struct State {
        bool over = false;
        int exit_status = -1; ///< -1: it did not end by itself
        std::string result{}; ///< systemd's word: success, exit-code, signal, timeout, …
    };
    /// nullopt when there is no such unit. Failure{unavailable} when systemd does not answer for
    /// half a minute.
    std::optional<State> look() const;
    /// Looks until it is over or gone, or `until` has passed.
    std::optional<State> wait(std::chrono::steady_clock::time_point until) const;
    /// Stops it when it is at work, and takes its name away. Throws nothing.
    void forget() const noexcept;

    const std::string& name() const noexcept { return name_; }

  private:
    std::string name_;
};

} // namespace agentd::applyd
