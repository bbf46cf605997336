#include "agentd/machine/systemd_messages.hpp"

#include "agentd/machine/systemd_bus.hpp"

#include <systemd/sd-bus.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace agentd::machine {

namespace {

using namespace systemd1;

struct Free {
    void operator()(char* text) const noexcept { std::free(text); }
};

/// The unit of an object path, "" for another object.
std::string unit_of(const char* path) {
    char* name = nullptr;
    if (path == nullptr || sd_bus_path_decode(path, units_path, &name) <= 0) {
        return {};
    }
    const std::unique_ptr<char, Free> owned(name);
    return name;
}

bool is_manager_signal(sd_bus_message* message, const char* member) {
    return sd_bus_message_is_signal(message, manager, member) > 0;
}

void add_job(sd_bus_message* message, bool ended, UnitEvents& into) {
    std::uint32_t id = 0;
    const char *path = nullptr, *unit = nullptr, *result = "";
    if (sd_bus_message_read(message, "uos", &id, &path, &unit) <= 0 ||
        (ended && sd_bus_message_read(message, "s", &result) <= 0)) {
        return;
    }
    (ended ? into.ended : into.begun).push_back({.id = id, .unit = unit, .result = result});
}

void add_coming_or_going(sd_bus_message* message, UnitEvents& into) {
    const char* unit = nullptr;
    if (sd_bus_message_read(message, "s", &unit) > 0) {
        into.changes.push_back({.unit = unit});
    }
}

void add_reloading(sd_bus_message* message, UnitEvents& into) {
    int begins = 0;
    if (sd_bus_message_read(message, "b", &begins) > 0 && begins == 0) {
        into.reloaded = true;
    }
}

/// The value of a variant of one basic type; 0 or less when it is of another.
template <class T> int read_variant(sd_bus_message* message, const char* type, T* value) {
    int code = sd_bus_message_enter_container(message, 'v', type);
    if (code > 0 && (code = sd_bus_message_read_basic(message, *type, value)) > 0) {
        code = sd_bus_message_exit_container(message);
    }
    return code;
}

int read_property(sd_bus_message* message, std::string_view name, UnitChange& into) {
    std::string* text = name == "ActiveState" ? &into.active
                        : name == "SubState"  ? &into.sub
                        : name == "Result"    ? &into.result
                                              : nullptr;
    if (text != nullptr) {
        const char* value = "";
        const int code = read_variant(message, "s", &value);
        *text = value;
        return code;
    }
    if (name == "NRestarts") {
        std::uint32_t value = 0;
        const int code = read_variant(message, "u", &value);
        into.restarts = value;
        return code;
    }
    return sd_bus_message_skip(message, "v");
}

void add_properties(sd_bus_message* message, UnitEvents& into) {
    UnitChange change{.unit = unit_of(sd_bus_message_get_path(message))};
    if (change.unit.empty() || sd_bus_message_skip(message, "s") <= 0 ||
        sd_bus_message_enter_container(message, 'a', "{sv}") <= 0) {
        return;
    }
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        const char* name = "";
        if (sd_bus_message_read_basic(message, 's', &name) <= 0 ||
            read_property(message, name, change) <= 0 ||
            sd_bus_message_exit_container(message) <= 0) {
            break;
        }
    }
    into.changes.push_back(std::move(change));
}

} // namespace

void add_signal(sd_bus_message* message, UnitEvents& into) noexcept {
    if (is_manager_signal(message, "JobRemoved")) {
        add_job(message, true, into);
    } else if (is_manager_signal(message, "JobNew")) {
        add_job(message, false, into);
    } else if (is_manager_signal(message, "UnitNew") || is_manager_signal(message, "UnitRemoved")) {
        add_coming_or_going(message, into);
    } else if (is_manager_signal(message, "Reloading")) {
        add_reloading(message, into);
    } else if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Properties",
                                        "PropertiesChanged") > 0) {
        add_properties(message, into);
    }
}

void bound(UnitEvents& events) noexcept {
    if (events.begun.size() > UnitEvents::most || events.ended.size() > UnitEvents::most ||
        events.changes.size() > UnitEvents::most) {
        events = {.lost = true};
    }
}

std::set<std::uint64_t> jobs_in_queue(sd_bus* bus) {
    sd_bus_message* answered = nullptr;
    check_bus(
        sd_bus_call_method(bus, service, manager_path, manager, "ListJobs", nullptr, &answered, ""),
        "cannot list jobs");
    const Message message(answered);
    check_bus(sd_bus_message_enter_container(answered, 'a', "(usssoo)"), "cannot read jobs");
    std::set<std::uint64_t> ids;
    std::uint32_t id = 0;
    const char *unit, *type, *state, *job_path, *unit_path;
    while (sd_bus_message_read(answered, "(usssoo)", &id, &unit, &type, &state, &job_path,
                               &unit_path) > 0) {
        ids.insert(id);
    }
    return ids;
}

} // namespace agentd::machine
