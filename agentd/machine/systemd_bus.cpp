#include "agentd/machine/systemd_bus.hpp"

#include "agentd/core/failure.hpp"

#include <systemd/sd-bus.h>

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace agentd::machine {

namespace {

constexpr std::uint64_t call_limit_us = 10'000'000;

int open(const std::string& address, Bus& into) {
    sd_bus* bus = nullptr;
    if (address.empty()) {
        const int code = sd_bus_open_system(&bus);
        into.reset(bus);
        return code;
    }
    int code = sd_bus_new(&bus);
    into.reset(bus);
    if (code >= 0 && (code = sd_bus_set_address(bus, address.c_str())) >= 0) {
        code = sd_bus_start(bus);
    }
    return code;
}

} // namespace

void BusCloser::operator()(sd_bus* bus) const noexcept {
    sd_bus_flush_close_unref(bus);
}
void MessageCloser::operator()(sd_bus_message* message) const noexcept {
    sd_bus_message_unref(message);
}

void check_bus(int code, const char* doing) {
    if (code < 0) {
        throw core::Failure(core::FailureKind::unavailable,
                            std::string(doing) + ": " + std::generic_category().message(-code),
                            "systemd");
    }
}

std::vector<std::string> systemd_addresses() {
    std::vector<std::string> addresses;
    if (::geteuid() == 0) {
        addresses.emplace_back("unix:path=/run/systemd/private");
    }
    addresses.emplace_back();
    return addresses;
}

Bus connect_to_systemd(const std::vector<std::string>& addresses) {
    int code = -ENOENT;
    for (const std::string& address : addresses) {
        Bus bus;
        if ((code = open(address, bus)) < 0) {
            continue;
        }
        check_bus(sd_bus_set_method_call_timeout(bus.get(), call_limit_us),
                  "cannot set the bus's time limit");
        return bus;
    }
    check_bus(code, "cannot reach systemd");
    return {};
}

} // namespace agentd::machine
