#include "service.hpp"

#include <csignal>

namespace agentd::demo {

// --- stopping --------------------------------------------------------------------

void Service::stop(Finished finished) {
    if (is_down())
        return finished("done");
    if (phase_ == Phase::restart || (phase_ == Phase::idle && !file_.is(".service"))) {
        finish("canceled");
        result_ = "success";
        enter("inactive", "dead", Phase::idle);
        return finished("done");
    }
    stop_asked_ = true;
    if (phase_ == Phase::stop || phase_ == Phase::terminate || phase_ == Phase::kill ||
        phase_ == Phase::stop_post) {
        waiting_.push_back(std::move(finished));
        return;
    }
    finish("canceled");
    waiting_.push_back(std::move(finished));
    say("Stopping " + file_.description + "...");
    enter("deactivating", "stop", Phase::stop);
    step_ = 0;
    wake_ = Clock::now() + file_.stop_timeout;
    advance();
}

/// The start failed or the main process ended: what is left goes too.
void Service::bring_down(const std::string& result) {
    if (result_ == "success")
        result_ = result;
    if (active_ == "activating" && result != "success")
        say("Failed with result '" + result_ + "'.");
    terminate();
}

void Service::terminate() {
    enter("deactivating", "stop-sigterm", Phase::terminate);
    if (file_.kill_main_only) {
        if (main_pid_ > 0)
            kill(main_pid_, SIGTERM);
    } else {
        for (const pid_t pid : processes_of(invocation_))
            kill(pid, SIGTERM);
    }
    wake_ = Clock::now() + file_.stop_timeout;
    tick(Clock::now());
}

void Service::tick(Clock::time_point now) {
    const bool due = wake_ && now >= *wake_;
    switch (phase_) {
    case Phase::terminate:
    case Phase::kill: {
        const bool left = file_.kill_main_only
                              ? main_pid_ > 0
                              : !processes_of(invocation_).empty() || main_pid_ > 0;
        if (!left) {
            step_ = 0;
            phase_ = Phase::stop_post;
            return advance();
        }
        if (due && phase_ == Phase::terminate) {
            say("State 'stop-sigterm' timed out. Killing.");
            if (result_ == "success")
                result_ = "timeout";
            enter("deactivating", "stop-sigkill", Phase::kill);
        }
        if (phase_ == Phase::kill) {
            for (const pid_t pid : processes_of(invocation_))
                kill(pid, SIGKILL);
            wake_ = now + std::chrono::milliseconds(200);
        }
        return;
    }
    case Phase::restart:
        if (due) {
            ++n_restarts_;
            begin_start();
        }
        return;
    case Phase::pre:
    case Phase::main:
    case Phase::post:
        // a oneshot may take as long as it likes, as in systemd
        if (due && file_.type != ServiceType::oneshot) {
            say("Start operation timed out. Terminating.");
            bring_down("timeout");
        }
        return;
    case Phase::stop:
        if (due)
            terminate();
        return;
    default:
        return;
    }
}

bool Service::wants_restart() const {
    if (stop_asked_)
        return false;
    switch (file_.restart) {
    case RestartRule::always:
        return true;
    case RestartRule::on_success:
        return result_ == "success";
    case RestartRule::on_failure:
        return result_ != "success";
    case RestartRule::on_abnormal:
        return result_ == "signal" || result_ == "core-dump" || result_ == "timeout";
    case RestartRule::no:
        return false;
    }
    return false;
}

/// Everything is gone: off, failed, or once more.
void Service::settle() {
    remove_volatile_directories(file_);
    main_pid_ = control_pid_ = 0;
    const bool was_stop = stop_asked_, good = result_ == "success";
    const bool again = file_.type == ServiceType::oneshot && good ? false : wants_restart();
    if (again) {
        enter("activating", "auto-restart", Phase::restart);
        wake_ = Clock::now() + file_.restart_delay;
    } else if (good) {
        say("Stopped " + file_.description + ".");
        enter("inactive", "dead", Phase::idle);
    } else {
        enter("failed", "failed", Phase::idle);
    }
    finish(was_stop ? "done" : "failed");
}

void Service::reset_failed() {
    starts_.clear();
    if (active_ != "failed")
        return;
    result_ = "success";
    n_restarts_ = 0;
    enter("inactive", "dead", Phase::idle);
}

} // namespace agentd::demo
