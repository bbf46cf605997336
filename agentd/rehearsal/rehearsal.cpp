#include "agentd/rehearsal/rehearsal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::rehearsal {

using core::Json;
using core::ObjectReader;
using core::Problem;
using core::Result;

namespace {

constexpr std::int64_t most = std::int64_t{1} << 31;
constexpr std::int64_t longest_ms = 24LL * 60 * 60 * 1000;

Json unit_json(const Unit& unit) {
    return {{"name", unit.name},     {"active", unit.active},   {"sub", unit.sub},
            {"result", unit.result}, {"status", unit.status},   {"restarts", unit.restarts},
            {"steady", unit.steady}, {"skipped", unit.skipped}, {"waiting", unit.waiting},
            {"ran", unit.ran},       {"needs", unit.needs}};
}

Result<Unit> unit_from(const Json& value) {
    ObjectReader in(value, "unit");
    Unit unit{.name = in.text("name", 256),
              .active = in.text("active", 32),
              .sub = in.text("sub", 64),
              .result = in.text("result", 64),
              .status = in.integer("status", -most, most),
              .restarts = in.integer("restarts", 0, most),
              .steady = in.boolean("steady"),
              .skipped = in.boolean("skipped"),
              .waiting = in.boolean("waiting"),
              .ran = in.boolean("ran"),
              .needs = in.text("needs", 300)};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return unit;
}

Result<Listener> listener_from(const Json& value) {
    ObjectReader in(value, "listener");
    Listener listener{.protocol = in.one_of("protocol", {"tcp", "udp"}),
                      .address = in.text("address", 64),
                      .port = static_cast<std::uint16_t>(in.integer("port", 1, 65'535))};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return listener;
}

Json dry_json(const DryRun& dry) {
    return {{"status", dry.status}, {"took_ms", dry.took.count()}, {"text", dry.text}};
}

Result<DryRun> dry_from(const Json& value) {
    ObjectReader in(value, "dry_run");
    DryRun dry{.status = in.integer("status", -1, 255),
               .took = std::chrono::milliseconds(in.integer("took_ms", 0, longest_ms)),
               .text = in.text("text", DryRun::max_text)};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return dry;
}

template <class Read, class Out>
std::optional<Problem> read_list(const Json& list, std::size_t limit, Read read, Out& out) {
    if (!list.is_array() || list.size() > limit) {
        return Problem{.code = "bad_rehearsal", .message = "a list of it is none, or too long"};
    }
    for (const Json& each : list) {
        auto one = read(each);
        if (!one) {
            return one.problem();
        }
        out.push_back(std::move(*one));
    }
    return std::nullopt;
}

} // namespace

const Unit* Rehearsal::find(std::string_view name) const noexcept {
    const auto at = std::lower_bound(
        units.begin(), units.end(), name,
        [](const Unit& unit, std::string_view wanted) { return unit.name < wanted; });
    return at != units.end() && at->name == name ? &*at : nullptr;
}

Json to_json(const Rehearsal& rehearsal) {
    Json units = Json::array();
    for (const Unit& unit : rehearsal.units) {
        units.push_back(unit_json(unit));
    }
    Json listening = Json::array();
    for (const Listener& each : rehearsal.listening) {
        listening.push_back(
            {{"protocol", each.protocol}, {"address", each.address}, {"port", each.port}});
    }
    return {{"schema", "agentd.rehearsal/1"},
            {"system", rehearsal.system},
            {"state", rehearsal.state},
            {"up", rehearsal.up},
            {"boot_ms", rehearsal.boot.count()},
            {"units", std::move(units)},
            {"listening", std::move(listening)},
            {"truncated", rehearsal.truncated},
            {"log", rehearsal.log},
            {"dry_run", rehearsal.dry_run ? dry_json(*rehearsal.dry_run) : Json()},
            {"environment", rehearsal.environment}};
}

Result<Rehearsal> rehearsal_from_json(const Json& value) {
    ObjectReader in(value, "rehearsal");
    in.one_of("schema", {"agentd.rehearsal/1"});
    Rehearsal out{.system = in.text("system", 512),
                  .state = in.text("state", 32),
                  .up = in.boolean("up"),
                  .boot = std::chrono::milliseconds(in.integer("boot_ms", 0, longest_ms)),
                  .truncated = in.boolean("truncated"),
                  .log = in.text("log", Rehearsal::max_log),
                  .environment = in.text("environment", 500)};
    const Json units = in.any("units");
    const Json listening = in.any("listening");
    const Json dry = in.any("dry_run");
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    if (auto bad = read_list(units, Rehearsal::max_units, unit_from, out.units)) {
        return *bad;
    }
    if (auto bad = read_list(listening, Rehearsal::max_listeners, listener_from, out.listening)) {
        return *bad;
    }
    if (!dry.is_null()) {
        auto read = dry_from(dry);
        if (!read) {
            return read.problem();
        }
        out.dry_run = std::move(*read);
    }
    const auto by_name = [](const Unit& a, const Unit& b) { return a.name < b.name; };
    if (!std::is_sorted(out.units.begin(), out.units.end(), by_name)) {
        return Problem{.code = "bad_rehearsal", .message = "its units are in no order"};
    }
    return out;
}

} // namespace agentd::rehearsal
