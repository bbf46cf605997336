#include "agentd/core/failure.hpp"
#include "agentd/machine/unit_manager.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>

namespace agentd::machine {

namespace {

constexpr const char* service = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr std::size_t most_units = 8192;

struct BusCloser {
    void operator()(sd_bus* bus) const noexcept { sd_bus_flush_close_unref(bus); }
};
struct MessageCloser {
    void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, BusCloser>;
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

void check(int code, const char* doing) {
    if (code < 0) {
        throw core::system_failure(doing, "systemd on the system bus", -code);
    }
}

std::string property(sd_bus* bus, const char* path, const char* name) {
    char* text = nullptr;
    if (sd_bus_get_property_string(bus, service, path, "org.freedesktop.systemd1.Service", name,
                                   nullptr, &text) < 0) {
        return {};
    }
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    return text;
}

class SystemdUnits final : public UnitManager {
public:
    std::vector<UnitState> list() override {
        sd_bus* opened = nullptr;
        check(sd_bus_open_system(&opened), "cannot reach systemd");
        const Bus bus(opened);
        check(sd_bus_set_method_call_timeout(opened, 10'000'000), "cannot set the bus's time limit");
        sd_bus_message* answered = nullptr;
        check(sd_bus_call_method(opened, service, manager_path, manager, "ListUnits", nullptr,
                                 &answered, ""),
              "cannot list units");
        const Message message(answered);
        auto units = read(opened, answered);
        std::sort(units.begin(), units.end(),
                  [](const UnitState& a, const UnitState& b) { return a.name < b.name; });
        return units;
    }

private:
    static std::vector<UnitState> read(sd_bus* bus, sd_bus_message* message) {
        std::vector<UnitState> units;
        check(sd_bus_message_enter_container(message, 'a', "(ssssssouso)"), "cannot read units");
        const char *name, *description, *load, *active, *sub, *followed, *path, *type, *job;
        std::uint32_t id = 0;
        for (;;) {
            const int more =
                sd_bus_message_read(message, "(ssssssouso)", &name, &description, &load, &active,
                                    &sub, &followed, &path, &id, &type, &job);
            check(more, "cannot read a unit");
            if (more == 0 || units.size() == most_units) {
                return units;
            }
            UnitState unit{.name = name,
                           .description = description,
                           .load = load,
                           .active = active,
                           .sub = sub};
            if (unit.name.ends_with(".service") && unit.active != "inactive") {
                add_service(bus, path, unit);
            }
            units.push_back(std::move(unit));
        }
    }

    static void add_service(sd_bus* bus, const char* path, UnitState& unit) {
        unit.result = property(bus, path, "Result");
        std::uint32_t number = 0;
        if (sd_bus_get_property_trivial(bus, service, path, "org.freedesktop.systemd1.Service",
                                        "NRestarts", nullptr, 'u', &number) >= 0) {
            unit.restarts = number;
        }
        if (sd_bus_get_property_trivial(bus, service, path, "org.freedesktop.systemd1.Service",
                                        "MainPID", nullptr, 'u', &number) >= 0) {
            unit.main_pid = number;
        }
    }
};

} // namespace

std::unique_ptr<UnitManager> systemd_units() { return std::make_unique<SystemdUnits>(); }

} // namespace agentd::machine
