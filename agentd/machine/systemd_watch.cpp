#include "agentd/machine/systemd_watch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/machine/readiness.hpp"
#include "agentd/machine/systemd_bus.hpp"
#include "agentd/machine/systemd_messages.hpp"

#include <systemd/sd-bus.h>

#include <chrono>
#include <poll.h>

namespace agentd::machine {

namespace {

using namespace std::chrono;
using namespace systemd1;

/// What the manager tells of itself, and what it tells of units.
constexpr const char* signals_wanted[] = {"type='signal',sender='org.freedesktop.systemd1',"
                                          "interface='org.freedesktop.systemd1.Manager'",
                                          "type='signal',sender='org.freedesktop.systemd1',"
                                          "interface='org.freedesktop.DBus.Properties',"
                                          "path_namespace='/org/freedesktop/systemd1/unit'",
                                          "type='signal',sender='org.freedesktop.DBus',"
                                          "interface='org.freedesktop.DBus',"
                                          "member='NameOwnerChanged',"
                                          "arg0='org.freedesktop.systemd1'"};

/// Anybody on the bus may send anybody a signal: only systemd's own name of this moment speaks for
/// it. "" where there is no bus in between.
std::string name_of_systemd(sd_bus* bus) {
    if (sd_bus_is_bus_client(bus) <= 0) {
        return {};
    }
    sd_bus_message* answered = nullptr;
    check_bus(sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                 "org.freedesktop.DBus", "GetNameOwner", nullptr, &answered, "s",
                                 service),
              "cannot ask who systemd is on the bus");
    const Message message(answered);
    const char* name = "";
    check_bus(sd_bus_message_read(answered, "s", &name), "cannot ask who systemd is on the bus");
    return name;
}

class SystemdWatch final : public UnitWatch {
  public:
    explicit SystemdWatch(std::vector<std::string> addresses) : addresses_(std::move(addresses)) {
        connect();
        standing_ = jobs_in_queue(bus_.get());
        rearm();
    }

    const std::set<std::uint64_t>& standing_jobs() const noexcept override { return standing_; }
    int descriptor() const noexcept override { return readiness_.fd(); }

    UnitEvents take() override {
        if (!bus_) {
            reconnect();
        } else {
            drain();
        }
        rearm();
        return std::exchange(events_, {});
    }

  private:
    void connect() {
        Bus bus = connect_to_systemd(addresses_);
        check_bus(sd_bus_add_filter(bus.get(), nullptr, &SystemdWatch::on_message, this),
                  "cannot listen to systemd");
        for (const char* wanted : signals_wanted) {
            check_bus(sd_bus_add_match(bus.get(), nullptr, wanted, nullptr, nullptr),
                      "cannot listen to systemd");
        }
        systemd_ = name_of_systemd(bus.get());
        check_bus(sd_bus_call_method(bus.get(), service, manager_path, manager, "Subscribe",
                                     nullptr, nullptr, ""),
                  "cannot subscribe to systemd");
        bus_ = std::move(bus);
    }

    void reconnect() {
        const auto now = steady_clock::now();
        if (now < again_) {
            return;
        }
        try {
            connect();
            retry_.succeeded();
            events_.lost = true;
        } catch (const core::Failure&) { // systemd or D-Bus is on its way: told as lost already
            again_ = now + retry_.next();
        }
    }

    void drain() {
        int code = 0;
        do {
            code = sd_bus_process(bus_.get(), nullptr);
            bound(events_);
        } while (code > 0);
        if (code < 0 || gone_) {
            bus_.reset();
            gone_ = false;
            events_.lost = true;
            again_ = steady_clock::now() + retry_.next();
        }
    }

    void rearm() {
        if (!bus_) {
            readiness_.wake_in(duration_cast<microseconds>(again_ - steady_clock::now()));
            return;
        }
        const int events = sd_bus_get_events(bus_.get());
        readiness_.follow(sd_bus_get_fd(bus_.get()),
                          events < 0 ? std::uint32_t{POLLIN} : static_cast<std::uint32_t>(events));
        std::uint64_t at = UINT64_MAX; // of CLOCK_MONOTONIC, as steady_clock
        if (sd_bus_get_timeout(bus_.get(), &at) < 0 || at == UINT64_MAX) {
            readiness_.never_wake();
            return;
        }
        const steady_clock::time_point when{microseconds(static_cast<std::int64_t>(at))};
        readiness_.wake_in(duration_cast<microseconds>(when - steady_clock::now()));
    }

    static int on_message(sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        auto& watch = *static_cast<SystemdWatch*>(self);
        if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected") > 0) {
            watch.gone_ = true;
        } else if (watch.from_systemd(message)) {
            add_signal(message, watch.events_);
        }
        return 0;
    }

    /// When systemd has executed itself anew it has another name, and is asked for it.
    bool from_systemd(sd_bus_message* message) noexcept {
        const char* const given = sd_bus_message_get_sender(message);
        const std::string_view sender = given == nullptr ? "" : given;
        if (!systemd_.empty() && sender == "org.freedesktop.DBus") {
            gone_ = gone_ || sd_bus_message_is_signal(message, "org.freedesktop.DBus",
                                                      "NameOwnerChanged") > 0;
            return false;
        }
        return systemd_.empty() || sender == systemd_;
    }

    std::vector<std::string> addresses_;
    Bus bus_;
    Readiness readiness_;
    Retry retry_;
    steady_clock::time_point again_{};
    std::set<std::uint64_t> standing_;
    UnitEvents events_;
    std::string systemd_; ///< who it is on the bus; "" where nobody else can speak
    bool gone_ = false;
};

} // namespace

std::unique_ptr<UnitWatch> watch_systemd(std::vector<std::string> addresses) {
    return std::make_unique<SystemdWatch>(std::move(addresses));
}

} // namespace agentd::machine
