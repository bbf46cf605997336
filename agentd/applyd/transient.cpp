#include "agentd/applyd/transient.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/machine/systemd_bus.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <fcntl.h>
#include <thread>

namespace agentd::applyd {

namespace {

using namespace machine::systemd1;
using machine::Bus;
using machine::check_bus;
using std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(30);

Bus connect() {
    return machine::connect_to_systemd(machine::systemd_addresses());
}

/// systemd is away for a moment while it executes itself anew, and so is a bus that is restarted.
template <class Ask> auto patiently(Ask ask) {
    const auto until = steady_clock::now() + patience;
    for (;;) {
        try {
            const Bus bus = connect();
            return ask(bus.get());
        } catch (const core::Failure&) {
            if (steady_clock::now() >= until) {
                throw;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

std::string object_path(const std::string& unit) {
    char* path = nullptr;
    check_bus(sd_bus_path_encode(units_path, unit.c_str(), &path), "a unit's name");
    const std::unique_ptr<char, decltype(&std::free)> owned(path, &std::free);
    return path;
}

std::string text_of(sd_bus* bus, const std::string& path, const char* interface, const char* name) {
    char* text = nullptr;
    check_bus(
        sd_bus_get_property_string(bus, service, path.c_str(), interface, name, nullptr, &text),
        "cannot read a unit's state");
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    return text;
}

std::int32_t number_of(sd_bus* bus, const std::string& path, const char* name) {
    std::int32_t number = 0;
    check_bus(sd_bus_get_property_trivial(bus, service, path.c_str(), service_interface, name,
                                          nullptr, 'i', &number),
              "cannot read how a unit ended");
    return number;
}

/// The id of what is queued for a unit; 0 when nothing is.
std::uint32_t job_of(sd_bus* bus, const std::string& path) {
    sd_bus_message* read = nullptr;
    check_bus(sd_bus_get_property(bus, service, path.c_str(), "org.freedesktop.systemd1.Unit",
                                  "Job", nullptr, &read, "(uo)"),
              "cannot read a unit's job");
    const machine::Message message(read);
    std::uint32_t id = 0;
    const char* job = nullptr;
    check_bus(sd_bus_message_read(read, "(uo)", &id, &job), "cannot read a unit's job");
    return id;
}

/// `(name, variant)` where one call of sd-bus appends the variant.
template <class... Values>
void property(sd_bus_message* message, const char* name, const char* type, Values... values) {
    check_bus(sd_bus_message_append(message, "(sv)", name, type, values...), name);
}

template <class Fill>
void property_of(sd_bus_message* message, const char* name, const char* type, Fill fill) {
    check_bus(sd_bus_message_open_container(message, 'r', "sv"), name);
    check_bus(sd_bus_message_append(message, "s", name), name);
    check_bus(sd_bus_message_open_container(message, 'v', type), name);
    fill();
    check_bus(sd_bus_message_close_container(message), name);
    check_bus(sd_bus_message_close_container(message), name);
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
    std::vector<const char*> out;
    for (const std::string& text : texts) {
        out.push_back(text.c_str());
    }
    out.push_back(nullptr);
    return out;
}

/// No word is taken for a variable or a specifier: what is said is what runs.
void add_command(sd_bus_message* message, const TransientProgram& program) {
    std::vector<std::string> words{program.program};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    std::vector<std::string> flags{"no-env-expand"};
    property_of(message, "ExecStartEx", "a(sasas)", [&] {
        check_bus(sd_bus_message_open_container(message, 'a', "(sasas)"), "a command");
        check_bus(sd_bus_message_open_container(message, 'r', "sasas"), "a command");
        check_bus(sd_bus_message_append(message, "s", program.program.c_str()), "a command");
        for (const auto* list : {&words, &flags}) {
            auto texts = pointers(*list);
            check_bus(sd_bus_message_append_strv(message, const_cast<char**>(texts.data())),
                      "a command");
        }
        check_bus(sd_bus_message_close_container(message), "a command");
        check_bus(sd_bus_message_close_container(message), "a command");
    });
}

/// Whatever status it exits with is an answer to keep, not a failed unit for others to trip over.
void add_good_statuses(sd_bus_message* message) {
    property_of(message, "SuccessExitStatus", "(aiai)", [&] {
        std::vector<std::int32_t> all(255);
        std::generate(all.begin(), all.end(), [n = 0]() mutable { return ++n; });
        check_bus(sd_bus_message_open_container(message, 'r', "aiai"), "statuses");
        check_bus(
            sd_bus_message_append_array(message, 'i', all.data(), all.size() * sizeof(all[0])),
            "statuses");
        check_bus(sd_bus_message_append_array(message, 'i', nullptr, 0), "statuses");
        check_bus(sd_bus_message_close_container(message), "statuses");
    });
}

void add_properties(sd_bus_message* message, const TransientProgram& program,
                    const std::string& output) {
    const auto us = [](std::chrono::seconds time) {
        return std::uint64_t(std::chrono::microseconds(time).count());
    };
    std::vector<std::string> environment;
    for (const auto& [name, value] : program.environment) {
        environment.push_back(name + "=" + value);
    }
    property(message, "Description", "s", program.description.c_str());
    property(message, "Type", "s", "exec");
    property(message, "RemainAfterExit", "b", 1); // so that whoever comes later can read the end
    property(message, "RuntimeMaxUSec", "t", us(program.limit));
    property(message, "TimeoutStopUSec", "t", us(std::chrono::seconds(10)));
    property(message, "StandardOutputFileToTruncate", "s", output.c_str());
    property(message, "StandardError", "s", "inherit");
    property_of(message, "Environment", "as", [&] {
        auto texts = pointers(environment);
        check_bus(sd_bus_message_append_strv(message, const_cast<char**>(texts.data())),
                  "an environment");
    });
    add_good_statuses(message);
    add_command(message, program);
}

void call(sd_bus* bus, const char* method, const std::string& unit) {
    // Not there, or nothing to do: just as well.
    if (std::string_view(method) == "StopUnit") {
        sd_bus_call_method(bus, service, manager_path, manager, method, nullptr, nullptr, "ss",
                           unit.c_str(), "replace");
    } else {
        sd_bus_call_method(bus, service, manager_path, manager, method, nullptr, nullptr, "s",
                           unit.c_str());
    }
}

} // namespace

std::string userspace_began() {
    std::uint64_t at = 0;
    try {
        const Bus bus = connect();
        check_bus(sd_bus_get_property_trivial(bus.get(), service, manager_path, manager,
                                              "UserspaceTimestamp", nullptr, 't', &at),
                  "cannot ask when this boot began");
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, failure.what());
        return {};
    }
    return std::to_string(at);
}

void TransientUnit::start(const TransientProgram& program) const {
    forget();
    std::string output = program.output;
    try {
        core::write_file_durably(output, "");
    } catch (const core::Failure& failure) { // a full disk must not keep the way back from starting
        core::log(core::Level::warning, failure.what());
        output = "/dev/null";
    }
    const Bus bus = connect();
    sd_bus_message* made = nullptr;
    check_bus(sd_bus_message_new_method_call(bus.get(), &made, service, manager_path, manager,
                                             "StartTransientUnit"),
              "cannot ask systemd");
    const machine::Message message(made);
    check_bus(sd_bus_message_append(made, "ss", name_.c_str(), "fail"), name_.c_str());
    check_bus(sd_bus_message_open_container(made, 'a', "(sv)"), name_.c_str());
    add_properties(made, program, output);
    check_bus(sd_bus_message_close_container(made), name_.c_str());
    check_bus(sd_bus_message_append(made, "a(sa(sv))", 0), name_.c_str());
    check_bus(sd_bus_call(bus.get(), made, 0, nullptr, nullptr), "systemd does not start it");
}

std::optional<TransientUnit::State> TransientUnit::look() const {
    constexpr const char* any_unit = "org.freedesktop.systemd1.Unit";
    constexpr std::int32_t by_itself = 1; // CLD_EXITED
    const std::string path = object_path(name_);
    return patiently([&](sd_bus* bus) -> std::optional<State> {
        const bool has_job = job_of(bus, path) != 0; // asked first: it cannot come back
        const std::string active = text_of(bus, path, any_unit, "ActiveState");
        if (active == "inactive") {
            return has_job ? std::optional(State{}) : std::nullopt; // about to begin
        }
        const bool exited = text_of(bus, path, any_unit, "SubState") == "exited";
        if (!exited && active != "failed") {
            return State{};
        }
        const bool ended = number_of(bus, path, "ExecMainCode") == by_itself;
        return State{.over = true,
                     .exit_status = ended ? number_of(bus, path, "ExecMainStatus") : -1,
                     .result = text_of(bus, path, service_interface, "Result")};
    });
}

std::optional<TransientUnit::State> TransientUnit::wait(steady_clock::time_point until) const {
    auto pause = std::chrono::milliseconds(5);
    for (;;) {
        auto state = look();
        if (!state || state->over || steady_clock::now() >= until) {
            return state;
        }
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(100));
    }
}

void TransientUnit::forget() const noexcept {
    try {
        patiently([&](sd_bus* bus) {
            call(bus, "StopUnit", name_);
            return true;
        });
        // A stop takes ten seconds at most: what does not hear is killed.
        const auto until = steady_clock::now() + std::chrono::seconds(15);
        for (auto state = look(); state && steady_clock::now() < until; state = look()) {
            patiently([&](sd_bus* bus) {
                call(bus, "ResetFailedUnit", name_);
                return true;
            });
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    } catch (const std::exception& error) {
        core::log(core::Level::warning, name_ + ": " + error.what());
    }
}

} // namespace agentd::applyd
