#include "agentd/service.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

namespace agentd {

std::optional<Config> configuration_from(int argc, char** argv, std::string_view program,
                                         int& exit_status) {
    std::string path = "/etc/agentd/agentd.toml";
    exit_status = 64;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--config" && i + 1 < argc) {
            path = argv[++i];
        } else if (argument == "--help" || argument == "--version") {
            std::cout << program << " " AGENTD_VERSION "\n";
            if (argument == "--help") {
                std::cout << "Usage: " << program
                          << " [--config FILE]   (default /etc/agentd/agentd.toml)\n"
                             "People use agentctl; this program is started by the system.\n";
            }
            exit_status = 0;
            return std::nullopt;
        } else {
            std::cerr << program << ": unknown argument `" << argument << "`; see --help\n";
            return std::nullopt;
        }
    }
    exit_status = 78;
    try {
        auto loaded = load_config(path);
        if (!loaded.config) {
            std::cerr << describe(loaded.problems);
            return std::nullopt;
        }
        exit_status = 0;
        return std::move(loaded.config);
    } catch (const core::Failure& failure) {
        std::cerr << program << ": the settings cannot be read: " << failure.what()
                  << "\n  next: name another file with --config, or let " << program
                  << " read this one\n";
        return std::nullopt;
    }
}

namespace {

int status_of(core::FailureKind kind) noexcept {
    switch (kind) {
    case core::FailureKind::unavailable: return 69;
    case core::FailureKind::busy: return 75;
    case core::FailureKind::misconfigured: return 78;
    case core::FailureKind::corrupt:
    case core::FailureKind::internal: return 1;
    }
    return 1;
}

} // namespace

int run_service(std::string_view program,
                const std::function<void(const std::stop_token&)>& serve) {
    core::log_as(program);
    std::signal(SIGPIPE, SIG_IGN);
    // Blocked before any thread starts, so that only the one below ever sees them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1); // wakes the waiter when the service ends by itself
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::stop_source stop;
    std::jthread waiter([&] {
        int received = 0;
        sigwait(&signals, &received);
        sd_notify(0, "STOPPING=1");
        stop.request_stop();
    });
    int status = 0;
    try {
        serve(stop.get_token());
    } catch (const core::Failure& failure) {
        core::log(core::Level::error, failure.what());
        status = status_of(failure.kind());
    } catch (const std::exception& error) {
        core::log(core::Level::error, std::string("internal error: ") + error.what());
        status = 1;
    }
    pthread_kill(waiter.native_handle(), SIGUSR1);
    return status;
}

} // namespace agentd
