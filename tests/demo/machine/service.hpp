/// @file
/// One unit at run time: where it stands, and how it gets from there to the next state.
#pragma once

#include "process.hpp"
#include "unit_file.hpp"
#include "unit_log.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace agentd::demo {

using Clock = std::chrono::steady_clock;

/// What a person or a program may know of a unit; the words are systemd's.
struct UnitState {
    std::string name{}, description{}, path{};
    std::string load{"loaded"}; ///< loaded, not-found
    std::string active{
        "inactive"}; ///< inactive, activating, active, reloading, deactivating, failed
    std::string sub{"dead"};
    std::string result{
        "success"}; ///< success, exit-code, signal, timeout, start-limit-hit, resources
    unsigned n_restarts = 0;
    pid_t main_pid = 0;
    int exit_status = 0; ///< ExecMainStatus: exit code, or number of the signal
};

/// A service (or a target, timer, socket: those only have "on" and "off").
/// start(), stop() and reload() begin something; `finished` is told how it ended.
class Service {
  public:
    using Finished = std::function<void(const std::string& job)>; ///< done, failed, canceled
    using Changed = std::function<void(const Service&)>;

    Service(UnitFile file, Changed changed);

    const UnitFile& file() const noexcept { return file_; }
    UnitState state() const;
    bool is_active() const { return active_ == "active" || active_ == "reloading"; }
    bool is_down() const { return active_ == "inactive" || active_ == "failed"; }
    UnitLog* log() const noexcept { return log_.get(); }

    void redefine(UnitFile file) { file_ = std::move(file); }
    void start(Finished finished);
    void stop(Finished finished);
    void reload(Finished finished);
    void reset_failed();

    /// One of ours ended? Returns false when the process is not known here.
    bool child_ended(pid_t pid, int wait_status);
    /// Call when `wakes_at` has passed, and after any child ended.
    void tick(Clock::time_point now);
    std::optional<Clock::time_point> wakes_at() const { return wake_; }

  private:
    enum class Phase {
        idle,
        pre,
        main,
        post,
        running,
        reload,
        stop,
        terminate,
        kill,
        stop_post,
        restart
    };

    void begin_start();
    void advance();
    bool run(const std::vector<ExecCommand>& list);
    void control_ended(bool clean);
    void main_ended(int wait_status);
    void bring_down(const std::string& result);
    void terminate();
    void settle();
    void back_to_active();
    void enter(const char* active, const char* sub, Phase phase);
    void finish(const std::string& job);
    bool limit_hit();
    bool wants_restart() const;
    void say(const std::string& text);

    UnitFile file_;
    Changed changed_;
    std::unique_ptr<UnitLog> log_{};
    std::string active_{"inactive"}, sub_{"dead"}, result_{"success"};
    unsigned n_restarts_ = 0;
    pid_t main_pid_ = 0, control_pid_ = 0;
    int exit_status_ = 0;
    Phase phase_ = Phase::idle;
    std::size_t step_ = 0;
    bool ignore_step_ = false, stop_asked_ = false, manual_start_ = false;
    std::string invocation_{};
    std::deque<Clock::time_point> starts_{};
    std::optional<Clock::time_point> wake_{};
    std::vector<Finished> waiting_{};
};

} // namespace agentd::demo
