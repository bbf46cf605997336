#include "agentd/auditd/service.hpp"

#include "agentd/auditd/committer.hpp"
#include "agentd/auditd/server.hpp"
#include "agentd/core/clock.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "audit/reader.hpp"
#include "audit/writer.hpp"

#include <atomic>
#include <csignal>
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace agentd::auditd {

namespace {

/// Turns SIGTERM and SIGINT into a stop request. They are blocked in every thread made after this.
class Signals {
  public:
    Signals() {
        ::signal(SIGPIPE, SIG_IGN);
        ::signal(SIGXFSZ, SIG_IGN); // a file size limit is a full disk, not a death
        ::sigemptyset(&set_);
        ::sigaddset(&set_, SIGTERM);
        ::sigaddset(&set_, SIGINT);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        thread_ = std::jthread([this] {
            int signal = 0;
            ::sigwait(&set_, &signal);
            stop_.request_stop();
        });
    }
    ~Signals() { ask_to_stop(); } // the thread waits for a signal, so it is sent one
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    std::stop_token token() const { return stop_.get_token(); }
    void ask_to_stop() const noexcept {
        if (!stop_.stop_requested()) {
            ::kill(::getpid(), SIGTERM);
        }
    }

  private:
    sigset_t set_{};
    std::stop_source stop_;
    std::jthread thread_;
};

core::Listener listen_on(const std::string& path) {
    const int handed = ::sd_listen_fds(1);
    if (handed == 1) {
        return core::Listener::adopt(core::Fd(SD_LISTEN_FDS_START));
    }
    if (handed > 1 || path.empty()) {
        throw core::Failure(core::FailureKind::misconfigured,
                            handed > 1 ? "systemd handed in more than one socket"
                                       : "no socket: give --socket PATH");
    }
    return core::Listener({.path = path});
}

} // namespace

int serve(const Options& options) {
    ::prctl(PR_SET_DUMPABLE, 0); // the signing key is in this memory
    const core::SystemClock clock;
    audit::Writer writer({.layout = {.directory = options.directory},
                          .origin = "agentd/" + options.host,
                          .key_path = options.key_path,
                          .accept_loss = options.accept_loss},
                         clock);
    audit::Reader reader({.directory = options.directory});
    core::Listener listener = listen_on(options.socket);
    const std::string vkey = writer.key().str();
    core::log(core::Level::info,
              std::to_string(writer.head().size) + " entries; the log's key is " + vkey);
    std::atomic<bool> broken = false;
    Signals signals;
    Committer committer(writer, reader, [&] {
        broken = true;
        signals.ask_to_stop();
    });
    ::sd_notify(0, "READY=1");
    {
        Server server({.writers = options.writers, .trust_socket_mode = options.trust_socket_mode},
                      {.committer = committer, .reader = reader, .vkey = vkey});
        server.run(listener, signals.token());
        ::sd_notify(0, "STOPPING=1");
    }
    return broken ? 1 : 0;
}

} // namespace agentd::auditd
