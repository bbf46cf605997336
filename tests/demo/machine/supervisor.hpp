/// @file
/// All units of the machine and the jobs between them: what systemd's manager is, in little.
#pragma once

#include "service.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace agentd::demo {

class Supervisor {
  public:
    using Listener = std::function<void(const UnitState&)>;
    /// A start that was queued (`result` empty) or ended.
    using JobListener =
        std::function<void(unsigned id, const std::string& unit, const std::string& result)>;

    explicit Supervisor(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Called after every change of a unit's state.
    void listen(Listener listener) { listener_ = std::move(listener); }
    void listen_to_jobs(JobListener listener) { job_listener_ = std::move(listener); }

    /// Every unit that is loaded: those that were asked for and those with a file.
    std::vector<UnitState> list();
    UnitState show(const std::string& name) { return unit(name).state(); }

    /// Starts a unit with all it wants and requires, in the order After= and Before= ask for.
    void start(const std::string& asked, Service::Finished finished);
    /// Stops a unit and those that are PartOf= it or require it.
    void stop(const std::string& name, Service::Finished finished);
    void restart(const std::string& name, Service::Finished finished);
    void reload(const std::string& name, Service::Finished finished);
    void reset_failed(const std::string& name) { unit(name).reset_failed(); }
    void reset_failed();
    /// Reads the files of all units again; nothing is started or stopped by it.
    void daemon_reload();

    void child_ended(pid_t pid, int wait_status);
    void tick(Clock::time_point now);
    std::optional<Clock::time_point> wakes_at() const;

    bool all_down() const;
    void stop_all();

    std::vector<UnitLog*> logs() const;
    /// The ids of the starts that wait or run.
    std::vector<unsigned> jobs() const;

  private:
    struct Job {
        unsigned id = 0; ///< counts up
        std::string unit{};
        bool running = false;
        Service::Finished finished{};
    };

    Service& unit(const std::string& asked);
    void enqueue(const std::string& asked, std::set<std::string>& seen);
    void dispatch();
    bool must_wait(const Job& job) const;
    void begin(const std::string& name);
    void end(const std::string& name, const std::string& result);

    std::filesystem::path folder_;
    Listener listener_{};
    JobListener job_listener_{};
    unsigned last_job_ = 0;
    std::map<std::string, std::unique_ptr<Service>> units_{};
    std::vector<Job> jobs_{};
    bool dispatching_ = false;
};

} // namespace agentd::demo
