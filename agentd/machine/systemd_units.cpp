#include "agentd/machine/systemd_bus.hpp"
#include "agentd/machine/systemd_watch.hpp"
#include "agentd/machine/unit_manager.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace agentd::machine {

namespace {

using namespace systemd1;

constexpr std::size_t most_units = 8192;
constexpr auto patience = std::chrono::seconds(10);

struct Listed {
    UnitState unit{};
    std::string path{};
};

std::vector<Listed> read_units(sd_bus_message* message) {
    std::vector<Listed> units;
    check_bus(sd_bus_message_enter_container(message, 'a', "(ssssssouso)"), "cannot read units");
    const char *name, *description, *load, *active, *sub, *followed, *path, *type, *job;
    std::uint32_t id = 0;
    for (;;) {
        const int more = sd_bus_message_read(message, "(ssssssouso)", &name, &description, &load,
                                             &active, &sub, &followed, &path, &id, &type, &job);
        check_bus(more, "cannot read a unit");
        if (more == 0 || units.size() == most_units) {
            return units;
        }
        units.push_back({.unit = {.name = name,
                                  .description = description,
                                  .load = load,
                                  .active = active,
                                  .sub = sub},
                         .path = path});
    }
}

/// What only a service has, and of interest only where it runs, fails or is on its way.
bool has_more_to_tell(const UnitState& unit) {
    return unit.name.ends_with(".service") && unit.active != "inactive" && unit.sub != "exited";
}

int take_text(sd_bus_message* reply, std::string& into) {
    const char* text = nullptr;
    const int code = sd_bus_message_read(reply, "v", "s", &text);
    into = code > 0 ? text : "";
    return code;
}

int take_number(sd_bus_message* reply, std::int64_t& into) {
    std::uint32_t number = 0;
    const int code = sd_bus_message_read(reply, "v", "u", &number);
    into = code > 0 ? std::int64_t{number} : 0;
    return code;
}

/// One property of one unit that was asked for. A unit that is gone meanwhile answers an error.
struct Question {
    UnitState* unit = nullptr;
    const char* property = "";
    std::size_t* unanswered = nullptr;

    static int answer(sd_bus_message* reply, void* data, sd_bus_error*) noexcept {
        const auto& question = *static_cast<Question*>(data);
        const std::string_view property = question.property;
        --*question.unanswered;
        if (property == "Result") {
            take_text(reply, question.unit->result);
        } else if (property == "NRestarts") {
            take_number(reply, question.unit->restarts);
        } else {
            take_number(reply, question.unit->main_pid);
        }
        return 0;
    }
};

/// All questions are asked before the first answer is waited for. (Three properties of each are
/// cheaper for systemd than all its 300 at once: measured, a fifth.)
void ask_services(sd_bus* bus, std::vector<Listed>& units) {
    std::size_t unanswered = 0;
    std::vector<Question> questions;
    questions.reserve(units.size() * 3);
    for (Listed& listed : units) {
        if (!has_more_to_tell(listed.unit)) {
            continue;
        }
        for (const char* property : {"Result", "NRestarts", "MainPID"}) {
            questions.push_back(
                {.unit = &listed.unit, .property = property, .unanswered = &unanswered});
            check_bus(sd_bus_call_method_async(bus, nullptr, service, listed.path.c_str(),
                                               "org.freedesktop.DBus.Properties", "Get",
                                               &Question::answer, &questions.back(), "ss",
                                               service_interface, property),
                      "cannot ask for a unit");
            ++unanswered;
        }
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    while (unanswered > 0) {
        const int code = sd_bus_process(bus, nullptr);
        check_bus(code, "cannot read about units");
        check_bus(std::chrono::steady_clock::now() > until ? -ETIMEDOUT : 0,
                  "systemd does not answer");
        if (code == 0) {
            check_bus(sd_bus_wait(bus, 1'000'000), "cannot wait for systemd");
        }
    }
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
        auto listed = read_units(answered);
        ask_services(bus.get(), listed);
        std::vector<UnitState> units;
        units.reserve(listed.size());
        for (Listed& each : listed) {
            units.push_back(std::move(each.unit));
        }
        std::sort(units.begin(), units.end(),
                  [](const UnitState& a, const UnitState& b) { return a.name < b.name; });
        return units;
    }

    std::unique_ptr<UnitWatch> watch() override { return watch_systemd(systemd_addresses()); }
};

} // namespace

std::unique_ptr<UnitManager> systemd_units() {
    return std::make_unique<SystemdUnits>();
}

} // namespace agentd::machine
