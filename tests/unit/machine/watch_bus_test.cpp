// What the watch believes where there is a bus between it and systemd, and others on that bus.
#include "agentd/core/fd.hpp"
#include "agentd/machine/systemd_watch.hpp"
#include "bus_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <systemd/sd-bus.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <spawn.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace agentd::machine;
using agentd::test::manager;
using agentd::test::manager_interface;
using namespace std::chrono_literals;

namespace {

constexpr const char* bus_program = "/usr/bin/dbus-daemon";

struct BusCloser {
    void operator()(sd_bus* bus) const noexcept { sd_bus_flush_close_unref(bus); }
};
using Connection = std::unique_ptr<sd_bus, BusCloser>;

Connection connect() {
    sd_bus* bus = nullptr;
    REQUIRE(sd_bus_open_system(&bus) >= 0);
    return Connection(bus);
}

/// Its file is there before anybody listens.
bool answers(const std::string& socket) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    const core::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// A system bus of its own, on which anybody may be anybody.
class SystemBus {
  public:
    explicit SystemBus(const std::string& folder) {
        const std::string socket = folder + "/bus";
        const std::string config = folder + "/bus.conf";
        core::write_file_durably(
            config, "<busconfig><type>system</type><listen>unix:path=" + socket +
                        "</listen><auth>EXTERNAL</auth><policy context=\"default\">"
                        "<allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/>"
                        "<allow receive_sender=\"*\"/>"
                        "</policy></busconfig>");
        std::string file = "--config-file=" + config, stay = "--nofork", self = bus_program;
        std::array<char*, 4> words{self.data(), file.data(), stay.data(), nullptr};
        REQUIRE(::posix_spawn(&pid_, bus_program, nullptr, nullptr, words.data(), environ) == 0);
        for (int i = 0; i < 1000 && !answers(socket); ++i) {
            std::this_thread::sleep_for(10ms);
        }
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket).c_str(), 1);
    }
    ~SystemBus() {
        ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    SystemBus(const SystemBus&) = delete;
    SystemBus& operator=(const SystemBus&) = delete;

  private:
    pid_t pid_ = 0;
};

int answer(sd_bus_message* call, void*, sd_bus_error*) {
    if (sd_bus_message_is_method_call(call, manager_interface, "ListJobs") > 0) {
        return sd_bus_reply_method_return(call, "a(usssoo)", 0);
    }
    return sd_bus_message_is_method_call(call, manager_interface, "Subscribe") > 0
               ? sd_bus_reply_method_return(call, "")
               : 0;
}

/// Who has systemd's name, answering in a thread until it goes.
class Systemd {
  public:
    Systemd() {
        REQUIRE(sd_bus_add_filter(bus_.get(), nullptr, &answer, nullptr) >= 0);
        REQUIRE(sd_bus_request_name(bus_.get(), "org.freedesktop.systemd1", 0) >= 0);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                if (sd_bus_process(bus_.get(), nullptr) == 0) {
                    sd_bus_wait(bus_.get(), 20'000);
                }
            }
        });
    }
    void job_ended(const char* unit) {
        thread_ = {}; // one thread a connection
        sd_bus_emit_signal(bus_.get(), manager, manager_interface, "JobRemoved", "uoss", 9, "/job",
                           unit, "failed");
        sd_bus_flush(bus_.get());
    }

  private:
    Connection bus_ = connect();
    std::jthread thread_;
};

/// To everybody's own name, as any user of the machine can.
void forge(const char* unit) {
    const Connection bus = connect();
    char** names = nullptr;
    REQUIRE(sd_bus_list_names(bus.get(), &names, nullptr) >= 0);
    for (char** name = names; *name != nullptr; ++name) {
        sd_bus_message* made = nullptr;
        if (**name == ':' && sd_bus_message_new_signal(bus.get(), &made, manager, manager_interface,
                                                       "JobRemoved") >= 0) {
            sd_bus_message_append(made, "uoss", 8, "/job", unit, "failed");
            sd_bus_message_set_destination(made, *name);
            sd_bus_send(bus.get(), made, nullptr);
        }
        sd_bus_message_unref(made);
        std::free(*name);
    }
    std::free(names);
    sd_bus_flush(bus.get());
}

/// What is told until `unit` is.
std::vector<UnitJob> ended_until(UnitWatch& watch, const std::string& unit) {
    std::vector<UnitJob> all;
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
        const auto events = wait(watch, 100ms, {});
        all.insert(all.end(), events.ended.begin(), events.ended.end());
        if (!all.empty() && all.back().unit == unit) {
            break;
        }
    }
    return all;
}

} // namespace

TEST_CASE("only systemd is believed about units, whoever else speaks on the bus") {
    if (::access(bus_program, X_OK) != 0) {
        WARN("no dbus-daemon here: not tried");
        return;
    }
    const test::TempDir dir;
    const SystemBus bus(dir.path());
    std::unique_ptr<UnitWatch> watch;
    {
        Systemd systemd;
        watch = watch_systemd({""});
        forge("sshd.service");
        systemd.job_ended("real.service");
        const auto told = ended_until(*watch, "real.service");
        REQUIRE(told.size() == 1);
        CHECK(told.front().unit == "real.service");
    }
    // It goes, as it does to execute itself anew, and has another name afterwards.
    Systemd anew;
    bool lost = false;
    for (int i = 0; i < 100 && !lost; ++i) {
        lost = wait(*watch, 100ms, {}).lost;
    }
    CHECK(lost);
    while (wait(*watch, 1500ms, {}).lost) {
    }
    forge("sshd.service");
    anew.job_ended("again.service");
    const auto told = ended_until(*watch, "again.service");
    REQUIRE(told.size() == 1);
    CHECK(told.front().unit == "again.service");
}
