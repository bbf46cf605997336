#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/machine/demo_watch.hpp"
#include "agentd/machine/unit_manager.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::machine {

namespace {

using core::Failure;
using core::FailureKind;

class DemoUnits final : public UnitManager {
  public:
    explicit DemoUnits(std::string socket) : socket_(std::move(socket)) {}

    std::vector<UnitState> list() override {
        core::LineChannel channel = core::connect_to(socket_);
        channel.write_line(R"({"op":"list"})");
        const auto read = channel.read_line(std::chrono::seconds(10));
        if (read.end != core::LineChannel::End::line) {
            throw Failure(FailureKind::unavailable, "the demo machine's init does not answer",
                          socket_);
        }
        const auto answer = core::parse_json(read.line);
        if (!answer || !answer->is_object() || !answer->value("ok", false)) {
            throw Failure(FailureKind::corrupt, "the demo machine's init answers nonsense",
                          socket_);
        }
        std::vector<UnitState> units;
        for (const core::Json& unit : answer->at("units")) {
            units.push_back({.name = unit.value("name", ""),
                             .description = unit.value("description", ""),
                             .load = unit.value("load", ""),
                             .active = unit.value("active", ""),
                             .sub = unit.value("sub", ""),
                             .result = unit.value("result", ""),
                             .restarts = unit.value("n_restarts", std::int64_t{0}),
                             .main_pid = unit.value("main_pid", std::int64_t{0})});
        }
        std::sort(units.begin(), units.end(),
                  [](const UnitState& a, const UnitState& b) { return a.name < b.name; });
        return units;
    }

    std::unique_ptr<UnitWatch> watch() override { return watch_demo(socket_); }

  private:
    std::string socket_;
};

} // namespace

std::unique_ptr<UnitManager> demo_units(std::string socket) {
    return std::make_unique<DemoUnits>(std::move(socket));
}

} // namespace agentd::machine
