/// @file
/// A connection to systemd over its bus. Only for this room's sources.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct sd_bus;
struct sd_bus_message;

namespace agentd::machine {

struct BusCloser {
    void operator()(sd_bus* bus) const noexcept;
};
struct MessageCloser {
    void operator()(sd_bus_message* message) const noexcept;
};
using Bus = std::unique_ptr<sd_bus, BusCloser>;
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

namespace systemd1 {
constexpr const char* service = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* units_path = "/org/freedesktop/systemd1/unit";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* service_interface = "org.freedesktop.systemd1.Service";
} // namespace systemd1

/// Where systemd is asked, the first that answers: for root its own socket, which is there without
/// D-Bus, then the system bus (the empty address).
std::vector<std::string> systemd_addresses();

/// Failure{unavailable} when nobody answers at any of them. Every call takes 10 s at most.
Bus connect_to_systemd(const std::vector<std::string>& addresses);

/// @throws core::Failure for a negative `code` of sd-bus.
void check_bus(int code, const char* doing);

} // namespace agentd::machine
