#include "service.hpp"

#include <csignal>
#include <sys/wait.h>
#include <utility>

namespace agentd::demo {

Service::Service(UnitFile file, Changed changed)
    : file_(std::move(file)), changed_(std::move(changed)) {}

UnitState Service::state() const {
    return {.name = file_.name,
            .description = file_.description,
            .path = file_.path.string(),
            .load = file_.found ? "loaded" : "not-found",
            .active = active_,
            .sub = sub_,
            .result = result_,
            .n_restarts = n_restarts_,
            .main_pid = main_pid_,
            .exit_status = exit_status_};
}

void Service::say(const std::string& text) {
    if (!log_)
        log_ = std::make_unique<UnitLog>(file_.name);
    log_->note(text);
}

void Service::enter(const char* active, const char* sub, Phase phase) {
    active_ = active;
    sub_ = sub;
    phase_ = phase;
    wake_.reset();
    changed_(*this);
}

void Service::finish(const std::string& job) {
    const auto waiting = std::exchange(waiting_, {});
    for (const auto& finished : waiting)
        finished(job);
}

// --- starting ------------------------------------------------------------------

void Service::start(Finished finished) {
    if (!file_.found)
        return finished("failed");
    if (is_active())
        return finished("done");
    if (active_ == "deactivating") {
        waiting_.push_back([this, finished](const std::string&) { start(finished); });
        return;
    }
    waiting_.push_back(std::move(finished));
    if (phase_ != Phase::idle && phase_ != Phase::restart)
        return; // on its way; told when it is there
    if (!file_.is(".service")) {
        result_ = "success";
        enter("active",
              file_.is(".timer")    ? "waiting"
              : file_.is(".socket") ? "listening"
                                    : "active",
              Phase::idle);
        return finish("done");
    }
    n_restarts_ = 0;
    begin_start();
}

bool Service::limit_hit() {
    const auto now = Clock::now();
    while (!starts_.empty() && now - starts_.front() > file_.start_limit_interval)
        starts_.pop_front();
    if (file_.start_limit_burst > 0 && starts_.size() >= file_.start_limit_burst)
        return true;
    starts_.push_back(now);
    return false;
}

void Service::begin_start() {
    if (limit_hit()) {
        say("Start request repeated too quickly.");
        if (result_ == "success")
            result_ = "start-limit-hit";
        enter("failed", "failed", Phase::idle);
        return finish("failed");
    }
    result_ = "success";
    exit_status_ = 0;
    stop_asked_ = false;
    invocation_ = new_invocation();
    make_directories(file_);
    say("Starting " + file_.description + "...");
    enter("activating", "start-pre", Phase::pre);
    wake_ = Clock::now() + file_.start_timeout;
    step_ = 0;
    advance();
}

/// Starts step_ of the list. False when there is no such step.
bool Service::run(const std::vector<ExecCommand>& list) {
    if (step_ >= list.size())
        return false;
    const ExecCommand& command = list[step_++];
    ignore_step_ = command.ignore_failure;
    const Spawned child = spawn({.unit = file_,
                                 .command = command,
                                 .invocation = invocation_,
                                 .main_pid = main_pid_,
                                 .output = log_->writer()});
    if (phase_ == Phase::main)
        main_pid_ = child.pid > 0 ? child.pid : 0;
    else
        control_pid_ = child.pid > 0 ? child.pid : 0;
    if (child.pid > 0)
        return true;
    say("Failed at step " + std::to_string(child.status) + ": " + child.why);
    if (phase_ == Phase::main)
        exit_status_ = child.status;
    control_ended(false);
    return true;
}

/// The next step of the phase, or the next phase.
void Service::advance() {
    switch (phase_) {
    case Phase::pre:
        if (run(file_.start_pre))
            return;
        step_ = 0;
        sub_ = "start";
        phase_ = Phase::main;
        [[fallthrough]];
    case Phase::main:
        if (file_.type == ServiceType::oneshot) {
            if (run(file_.start))
                return;
        } else if (step_ == 0) {
            if (!run(file_.start))
                return bring_down("resources");
            if (phase_ != Phase::main)
                return;
        }
        step_ = 0;
        phase_ = Phase::post;
        [[fallthrough]];
    case Phase::post:
        if (run(file_.start_post))
            return;
        say("Started " + file_.description + ".");
        if (file_.type != ServiceType::oneshot) {
            enter("active", "running", Phase::running);
        } else if (file_.remain_after_exit) {
            enter("active", "exited", Phase::idle);
        } else {
            finish("done");
            return bring_down("success");
        }
        return finish("done");
    case Phase::reload:
        if (run(file_.reload))
            return;
        say("Reloaded " + file_.description + ".");
        back_to_active();
        return finish("done");
    case Phase::stop:
        if (run(file_.stop))
            return;
        return terminate();
    case Phase::stop_post:
        if (run(file_.stop_post))
            return;
        return settle();
    default:
        return;
    }
}

void Service::reload(Finished finished) {
    if (active_ != "active" || file_.reload.empty())
        return finished("failed");
    waiting_.push_back(std::move(finished));
    enter("reloading", "reload", Phase::reload);
    step_ = 0;
    advance();
}

void Service::back_to_active() {
    const bool lives = file_.type != ServiceType::oneshot;
    enter("active", lives ? "running" : "exited", lives ? Phase::running : Phase::idle);
}

// --- ends of processes ---------------------------------------------------------

bool Service::child_ended(pid_t pid, int wait_status) {
    if (pid <= 0)
        return false;
    if (pid == control_pid_) {
        control_pid_ = 0;
        control_ended(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0);
        return true;
    }
    if (pid != main_pid_)
        return false;
    main_pid_ = 0;
    main_ended(wait_status);
    return true;
}

void Service::control_ended(bool clean) {
    if (clean || ignore_step_ || phase_ == Phase::stop || phase_ == Phase::stop_post)
        return advance();
    if (phase_ == Phase::reload) {
        say("Reload failed for " + file_.description + ".");
        back_to_active();
        return finish("failed");
    }
    if (phase_ == Phase::pre || phase_ == Phase::main || phase_ == Phase::post) {
        say("Control process exited, failed to start " + file_.description + ".");
        bring_down("exit-code");
    }
}

void Service::main_ended(int wait_status) {
    const bool by_signal = WIFSIGNALED(wait_status);
    exit_status_ = by_signal ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
    const bool gentle = by_signal && (exit_status_ == SIGTERM || exit_status_ == SIGHUP ||
                                      exit_status_ == SIGINT || exit_status_ == SIGPIPE);
    const bool oneshot = phase_ == Phase::main && file_.type == ServiceType::oneshot;
    const bool clean = (by_signal ? gentle && !oneshot : exit_status_ == 0) ||
                       (!by_signal && file_.success_exit_status.contains(exit_status_)) ||
                       ignore_step_;
    if (phase_ == Phase::stop || phase_ == Phase::terminate || phase_ == Phase::kill) {
        if (!clean && result_ == "success" && phase_ != Phase::kill)
            result_ = by_signal ? "signal" : "exit-code";
        return; // tick() sees when the last process is gone
    }
    if (oneshot && clean)
        return advance();
    say("Main process exited, " +
        std::string(by_signal ? "code=killed, status=" : "code=exited, status=") +
        std::to_string(exit_status_) + ".");
    bring_down(clean       ? "success"
               : by_signal ? (WCOREDUMP(wait_status) ? "core-dump" : "signal")
                           : "exit-code");
}

} // namespace agentd::demo
