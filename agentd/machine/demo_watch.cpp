#include "agentd/machine/demo_watch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/machine/readiness.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <sys/epoll.h>

namespace agentd::machine {

namespace {

using core::Failure;
using core::FailureKind;
using core::Json;
using core::LineChannel;
using namespace std::chrono;

UnitJob job_of(const Json& event) {
    return {.id = event.value("id", std::uint64_t{0}),
            .unit = event.value("unit", ""),
            .result = event.value("result", "")};
}

UnitChange change_of(const Json& unit) {
    return {.unit = unit.value("name", ""),
            .active = unit.value("active", ""),
            .sub = unit.value("sub", ""),
            .result = unit.value("result", ""),
            .restarts = unit.value("n_restarts", std::int64_t{0})};
}

/// @throws nlohmann::json::exception for what the protocol does not know.
void add_event(const Json& event, UnitEvents& into) {
    const std::string kind = event.at("event");
    if (kind == "unit") {
        into.changes.push_back(change_of(event.at("unit")));
    } else if (kind == "job-new") {
        into.begun.push_back(job_of(event));
    } else if (kind == "job-removed") {
        into.ended.push_back(job_of(event));
    } else if (kind == "reloaded") {
        into.reloaded = true;
    }
}

class DemoWatch final : public UnitWatch {
  public:
    explicit DemoWatch(std::string socket) : socket_(std::move(socket)) { standing_ = connect(); }

    const std::set<std::uint64_t>& standing_jobs() const noexcept override { return standing_; }
    int descriptor() const noexcept override { return readiness_.fd(); }

    UnitEvents take() override {
        UnitEvents events;
        if (!channel_) {
            events.lost = reconnect();
            return events;
        }
        LineChannel::Read read = channel_->read_line(milliseconds(0));
        for (; read.end == LineChannel::End::line; read = channel_->read_line(milliseconds(0))) {
            add(read.line, events);
        }
        if (read.end != LineChannel::End::timeout) {
            channel_.reset();
            events.lost = true;
            later();
        }
        return events;
    }

  private:
    void add(const std::string& line, UnitEvents& into) const {
        const auto event = core::parse_json(line);
        try {
            if (event && into.changes.size() < UnitEvents::most) {
                add_event(*event, into);
            } else {
                into.lost = true;
            }
        } catch (const Json::exception&) {
            throw Failure(FailureKind::corrupt, "the demo machine's init tells nonsense", socket_);
        }
    }

    std::set<std::uint64_t> connect() {
        LineChannel channel = core::connect_to(socket_);
        channel.write_line(R"({"op":"subscribe"})");
        const auto read = channel.read_line(seconds(10));
        const auto answer = read.end == LineChannel::End::line
                                ? core::parse_json(read.line)
                                : core::Result<Json>(core::Problem{});
        if (!answer || !answer->is_object() || !answer->value("ok", false)) {
            throw Failure(FailureKind::unavailable, "the demo machine's init does not answer",
                          socket_);
        }
        readiness_.follow(channel.fd(), EPOLLIN);
        channel_.emplace(std::move(channel));
        std::set<std::uint64_t> jobs;
        for (const Json& id : answer->value("jobs", Json::array())) {
            jobs.insert(id.get<std::uint64_t>());
        }
        return jobs;
    }

    bool reconnect() {
        if (steady_clock::now() < again_) {
            return false;
        }
        try {
            connect();
            retry_.succeeded();
            readiness_.never_wake();
            return true;
        } catch (const Failure&) { // it boots: told as lost already
            later();
            return false;
        }
    }

    void later() {
        const auto pause = retry_.next();
        again_ = steady_clock::now() + pause;
        readiness_.wake_in(pause);
    }

    std::string socket_;
    std::optional<LineChannel> channel_;
    Readiness readiness_;
    Retry retry_;
    steady_clock::time_point again_{};
    std::set<std::uint64_t> standing_;
};

} // namespace

std::unique_ptr<UnitWatch> watch_demo(std::string socket) {
    return std::make_unique<DemoWatch>(std::move(socket));
}

} // namespace agentd::machine
