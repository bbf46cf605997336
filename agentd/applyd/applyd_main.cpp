#include "agentd/applyd/helper.hpp"
#include "agentd/core/text.hpp"
#include "agentd/service.hpp"

#include <systemd/sd-daemon.h>

#include <cstring>
#include <thread>
#include <vector>

namespace {
using agentd::core::Fd;
using agentd::core::Listener;

Listener listener_for(const agentd::Config& config, bool given) {
    return given ? Listener::adopt(Fd(SD_LISTEN_FDS_START))
                 : Listener({.path = config.sockets.apply, .mode = 0600});
}

} // namespace

/// agentd-applyd [--config FILE] [--settle-after SECONDS] [--settle NONCE|any|boot]
int main(int argc, char** argv) {
    std::vector<char*> common{argv[0]};
    std::optional<std::string> settle;
    std::int64_t after = 0;
    std::string config_file = "/etc/agentd/agentd.toml";
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--settle") == 0 && i + 1 < argc) {
            settle = argv[++i];
        } else if (std::strcmp(argv[i], "--settle-after") == 0 && i + 1 < argc) {
            after = agentd::core::parse_integer(argv[++i]).value_or(0);
        } else {
            config_file =
                std::strcmp(argv[i], "--config") == 0 && i + 1 < argc ? argv[i + 1] : config_file;
            common.push_back(argv[i]);
        }
    }
    int status = 0;
    auto config = agentd::configuration_from(static_cast<int>(common.size()), common.data(),
                                             "agentd-applyd", status);
    if (!config) {
        return status;
    }
    if (settle) { // the way back: no signals to wait for, nothing to serve
        std::this_thread::sleep_for(std::chrono::seconds(after));
        return agentd::run_service("agentd-applyd", [&](const std::stop_token&) {
            agentd::applyd::Helper(std::move(*config), config_file).settle_now(*settle);
        });
    }
    return agentd::run_service("agentd-applyd", [&](const std::stop_token& stop) {
        // Whoever asks next starts it again where systemd holds the socket.
        const bool given = sd_listen_fds(0) == 1;
        Listener listener = listener_for(*config, given);
        agentd::applyd::Helper helper(std::move(*config), config_file);
        sd_notify(0, "READY=1");
        helper.serve(std::move(listener), std::chrono::seconds(given ? 60 : -1), stop);
    });
}
