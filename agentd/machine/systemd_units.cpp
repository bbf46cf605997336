#include "agentd/machine/systemd_bus.hpp"
#include "agentd/machine/systemd_watch.hpp"
#include "agentd/machine/unit_manager.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cstdlib>

namespace agentd::machine {

namespace {

using namespace systemd1;

constexpr std::size_t most_units = 8192;

std::string property(sd_bus* bus, const char* path, const char* name) {
    char* text = nullptr;
    if (sd_bus_get_property_string(bus, service, path, service_interface, name, nullptr, &text) <
        0) {
        return {};
    }
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    return text;
}

std::int64_t number(sd_bus* bus, const char* path, const char* name) {
    std::uint32_t value = 0;
    return sd_bus_get_property_trivial(bus, service, path, service_interface, name, nullptr, 'u',
                                       &value) < 0
               ? 0
               : std::int64_t{value};
}

class SystemdUnits final : public UnitManager {
  public:
    std::vector<UnitState> list() override {
        const Bus bus = connect_to_systemd(systemd_addresses());
        sd_bus_message* answered = nullptr;
        check_bus(sd_bus_call_method(bus.get(), service, manager_path, manager, "ListUnits",
                                     nullptr, &answered, ""),
                  "cannot list units");
        const Message message(answered);
        auto units = read(bus.get(), answered);
        std::sort(units.begin(), units.end(),
                  [](const UnitState& a, const UnitState& b) { return a.name < b.name; });
        return units;
    }

    std::unique_ptr<UnitWatch> watch() override { return watch_systemd(systemd_addresses()); }

  private:
    static std::vector<UnitState> read(sd_bus* bus, sd_bus_message* message) {
        std::vector<UnitState> units;
        check_bus(sd_bus_message_enter_container(message, 'a', "(ssssssouso)"),
                  "cannot read units");
        const char *name, *description, *load, *active, *sub, *followed, *path, *type, *job;
        std::uint32_t id = 0;
        for (;;) {
            const int more =
                sd_bus_message_read(message, "(ssssssouso)", &name, &description, &load, &active,
                                    &sub, &followed, &path, &id, &type, &job);
            check_bus(more, "cannot read a unit");
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
        unit.restarts = number(bus, path, "NRestarts");
        unit.main_pid = number(bus, path, "MainPID");
    }
};

} // namespace

std::unique_ptr<UnitManager> systemd_units() {
    return std::make_unique<SystemdUnits>();
}

} // namespace agentd::machine
