#include "agentd/assembly.hpp"
#include "agentd/core/log.hpp"
#include "agentd/service.hpp"

#include <systemd/sd-daemon.h>

int main(int argc, char** argv) {
    int status = 0;
    auto config = agentd::configuration_from(argc, argv, "agentd", status);
    if (!config) {
        return status;
    }
    return agentd::run_service("agentd", [&](const std::stop_token& stop) {
        if (!config->programs.separation) {
            agentd::core::log(agentd::core::Level::warning,
                              "separation is off: all processes run under one uid. This is for "
                              "demos and development only");
        }
        agentd::Assembly assembly(std::move(*config));
        sd_notify(0, "READY=1");
        assembly.run(stop);
    });
}
