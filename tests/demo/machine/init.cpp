#include "init.hpp"

#include "boot.hpp"
#include "control.hpp"
#include "supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::demo {

namespace {

using std::chrono::milliseconds;

constexpr const char* unit_folder = "/etc/systemd/system";
constexpr auto poweroff_patience = std::chrono::seconds(8);

/// The main loop. One thread, no locks: signals, requests and output all arrive through poll().
class Machine {
  public:
    Machine() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
            sigaddset(&signals, each);
        sigprocmask(SIG_BLOCK, &signals, nullptr);
        signals_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
        std::signal(SIGPIPE, SIG_IGN);
        supervisor_.listen([this](const UnitState& state) { control_.tell(state); });
        supervisor_.listen_to_jobs([this](unsigned id, const std::string& unit,
                                          const std::string& result) {
            control_.tell_job(id, unit, result);
        });
    }
    ~Machine() { close(signals_); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    int run() {
        supervisor_.start("default.target", [](const std::string&) {
            std::puts("ready");
            std::fflush(stdout);
        });
        while (!finished())
            turn();
        kill(-1, SIGKILL);
        while (waitpid(-1, nullptr, 0) > 0) {
        }
        return 0;
    }

  private:
    void poweroff() {
        if (deadline_)
            return;
        deadline_ = Clock::now() + poweroff_patience;
        supervisor_.stop_all();
    }

    bool finished() const {
        return deadline_ && (supervisor_.all_down() || Clock::now() >= *deadline_);
    }

    int patience() const {
        auto wake = supervisor_.wakes_at();
        if (deadline_ && (!wake || *deadline_ < *wake))
            wake = deadline_;
        if (!wake)
            return -1;
        const auto left =
            std::chrono::duration_cast<milliseconds>(*wake - Clock::now()).count() + 1;
        return static_cast<int>(std::clamp<long long>(left, 0, 60'000));
    }

    void turn() {
        std::vector<pollfd> ready{{.fd = signals_, .events = POLLIN, .revents = 0}};
        control_.add_descriptors(ready);
        for (const UnitLog* log : supervisor_.logs())
            ready.push_back({.fd = log->reader(), .events = POLLIN, .revents = 0});
        poll(ready.data(), ready.size(), patience());
        signalfd_siginfo info{};
        while (read(signals_, &info, sizeof info) == sizeof info)
            if (info.ssi_signo != SIGCHLD)
                poweroff();
        for (UnitLog* log : supervisor_.logs())
            log->drain();
        int status = 0;
        for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
            supervisor_.child_ended(pid, status);
        supervisor_.tick(Clock::now());
        control_.serve(ready);
    }

    Supervisor supervisor_{unit_folder};
    Control control_{supervisor_, [this] { poweroff(); }};
    int signals_ = -1;
    std::optional<Clock::time_point> deadline_{};
};

} // namespace

int init(const std::filesystem::path& system) {
    bring_up(system.empty() ? boot_default() : system);
    return Machine().run();
}

} // namespace agentd::demo
