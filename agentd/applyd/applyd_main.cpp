#include "agentd/applyd/approvers_file.hpp"
#include "agentd/applyd/helper.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/service.hpp"

#include <systemd/sd-daemon.h>

#include <cstring>
#include <map>
#include <thread>
#include <vector>

using namespace agentd;

/// agentd-applyd [--config FILE] [--settle-after SECONDS] [--settle NONCE|any|boot]
///               [--approvers FILE]
int main(int argc, char** argv) {
    std::vector<char*> common{argv[0]};
    std::map<std::string, std::string> own{
        {"--settle", ""}, {"--settle-after", ""}, {"--approvers", ""}};
    std::string config_file = "/etc/agentd/agentd.toml";
    for (int i = 1; i < argc; ++i) {
        if (const auto option = own.find(argv[i]); option != own.end() && i + 1 < argc) {
            option->second = argv[++i];
        } else {
            config_file =
                std::strcmp(argv[i], "--config") == 0 && i + 1 < argc ? argv[i + 1] : config_file;
            common.push_back(argv[i]);
        }
    }
    int status = 0;
    auto config =
        configuration_from(static_cast<int>(common.size()), common.data(), "agentd-applyd", status);
    if (!config) {
        return status;
    }
    const auto after = core::parse_integer(own["--settle-after"]).value_or(0);
    std::this_thread::sleep_for(std::chrono::seconds(after)); // a signal ends it
    return run_service("agentd-applyd", [&](const std::stop_token& stop) {
        if (const std::string& declared = own["--approvers"]; !declared.empty()) {
            return applyd::ApproversFile(config->apply.approvers)
                .declare(core::read_file(declared));
        }
        if (const std::string& settle = own["--settle"]; !settle.empty()) {
            return applyd::Helper(std::move(*config), config_file).settle_now(settle);
        }
        // Whoever asks next starts it again where systemd holds the socket.
        const bool given = sd_listen_fds(0) == 1;
        auto listener = given ? core::Listener::adopt(core::Fd(SD_LISTEN_FDS_START))
                              : core::Listener({.path = config->sockets.apply, .mode = 0600});
        applyd::Helper helper(std::move(*config), config_file);
        sd_notify(0, "READY=1");
        helper.serve(std::move(listener), std::chrono::seconds(given ? 60 : -1), stop);
    });
}
