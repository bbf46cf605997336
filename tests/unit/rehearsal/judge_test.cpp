// What two rehearsals say of a change.
#include "agentd/rehearsal/judge.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::rehearsal;
using Kind = Judgement::Kind;

namespace {

Unit runs(const std::string& name) {
    return {.name = name, .active = "active", .sub = "running", .result = "success", .ran = true};
}
Unit fails(const std::string& name) {
    return {.name = name,
            .active = "failed",
            .sub = "failed",
            .result = "exit-code",
            .status = 1,
            .ran = true};
}
Rehearsal up(std::vector<Unit> units, std::vector<Listener> listening = {}) {
    return {.system = "x",
            .state = "running",
            .up = true,
            .units = std::move(units),
            .listening = std::move(listening)};
}

} // namespace

TEST_CASE("a change whose units all do their work passes") {
    const auto judged = judge(up({runs("a.service")}), up({runs("a.service"), runs("b.service")}),
                              {.units = {"a.service", "b.service"}});
    CHECK(judged.kind == Kind::passed);
    CHECK(judged.summary == "2 of 2 changed units judged");
}

TEST_CASE("a unit that fails only in the candidate is a failure") {
    const auto judged =
        judge(up({runs("a.service")}), up({fails("a.service")}), {.units = {"a.service"}});
    CHECK(judged.kind == Kind::failed);
    CHECK(judged.failed == std::vector<Finding>{{"a.service", "exit status 1"}});
}

TEST_CASE("a new unit that fails is a failure, a unit that failed before is not judged") {
    CHECK(judge(up({}), up({fails("a.service")}), {.units = {"a.service"}}).kind == Kind::failed);
    CHECK(
        judge(up({fails("a.service")}), up({fails("a.service")}), {.units = {"a.service"}}).kind ==
        Kind::unjudged);
}

TEST_CASE("a unit that does not differ and falls because of what does is a failure") {
    const auto judged =
        judge(up({runs("a.service"), runs("b.service")}),
              up({runs("a.service"), fails("b.service")}), {.units = {"a.service"}});
    CHECK(judged.kind == Kind::failed);
}

TEST_CASE("a unit that does not differ and runs no more is not judged, and its port is told") {
    Unit stopped = runs("sshd.service");
    stopped.active = "inactive";
    stopped.sub = "dead";
    stopped.ran = false;
    const auto judged =
        judge(up({runs("sshd.service")}, {{.protocol = "tcp", .address = "0.0.0.0", .port = 22}}),
              up({runs("a.service"), stopped}), {.units = {"a.service"}});
    CHECK(judged.kind == Kind::unjudged);
    REQUIRE(judged.unjudged.size() == 1);
    CHECK(judged.unjudged.front().unit == "sshd.service");
    CHECK(judged.listening == std::vector<std::string>{"listens no more on 22/tcp"});
}

TEST_CASE(
    "what runs now and is not there in the candidate is not judged, unless it is taken away") {
    Unit socket = runs("sshd.socket");
    socket.sub = "listening";
    const auto base = up({runs("a.service"), runs("getty@tty1.service"), socket});
    const auto judged = judge(base, up({runs("a.service")}), {.units = {"a.service"}});
    CHECK(judged.kind == Kind::unjudged);
    CHECK(judged.unjudged == std::vector<Finding>{{"sshd.socket", "it runs now, and not here"}});
    CHECK(judge(base, up({runs("a.service")}), {.units = {"a.service"}, .removed = {"sshd.socket"}})
              .kind == Kind::passed);
}

TEST_CASE("what fails and is told by no effect is not judged") {
    const auto judged =
        judge(up({runs("a.service")}), up({runs("a.service"), fails("tank-data.mount")}), {});
    CHECK(judged.kind == Kind::unjudged);
    CHECK(judge(up({runs("a.service")}), up({runs("a.service"), fails("made-up.service")}), {})
              .kind == Kind::unjudged);
}

TEST_CASE("where nothing was seen, or more differs than is told, nothing is called good") {
    const auto some = up({runs("a.service")});
    CHECK(judge(some, up({}), {}).kind == Kind::unjudged);
    CHECK(judge(some, up({}), {}).summary == "nothing could be seen of its units; not judged: "
                                             "a.service (it runs now, and not here)");
    CHECK(judge(some, some, {}).kind == Kind::passed);
    CHECK(judge(some, some, {.partly = true}).kind == Kind::unjudged);
    Rehearsal rescue = up({runs("a.service")});
    rescue.up = false;
    rescue.state = "maintenance";
    CHECK(judge(some, rescue, {}).kind == Kind::timed_out);
}

TEST_CASE("a unit that is started again and again has failed, however it looks between two falls") {
    Unit unit = runs("a.service");
    unit.restarts = 3;
    unit.result = "exit-code";
    CHECK(judge(up({}), up({unit}), {.units = {"a.service"}}).kind == Kind::failed);
}

TEST_CASE("what fell once while it booted and stands since is told, and no finding where it does "
          "not differ") {
    Unit stands = runs("a.service");
    stands.restarts = 1;
    stands.steady = true;
    const auto base = up({runs("a.service"), runs("b.service")});
    const auto judged = judge(base, up({stands, runs("b.service")}), {.units = {"b.service"}});
    CHECK(judged.kind == Kind::passed);
    CHECK(judged.restarted == std::vector<std::string>{"a.service"});
    CHECK(judged.summary == "1 of 1 changed unit judged; started again while it booted, and stands "
                            "since: a.service");
    // It may fall again at any time, it stands by a word of its own alone, or it is what differs.
    for (const auto& [seen, units] : {std::pair(
                                          [&] {
                                              auto one = stands;
                                              one.steady = false;
                                              return one;
                                          }(),
                                          "b.service"),
                                      {[&] {
                                           auto one = stands;
                                           one.active = "activating";
                                           return one;
                                       }(),
                                       "b.service"},
                                      {[&] {
                                           auto one = stands;
                                           one.waiting = true;
                                           return one;
                                       }(),
                                       "b.service"},
                                      {stands, "a.service"}}) {
        const auto doubted = judge(base, up({seen, runs("b.service")}), {.units = {units}});
        CHECK(doubted.kind == Kind::unjudged);
        CHECK(doubted.unjudged.front().unit == "a.service");
    }
}

TEST_CASE("a changed unit that falls as often as what runs now, and then stands, does its work") {
    Unit before = runs("a.service");
    before.restarts = 1;
    before.steady = true;
    Unit after = before;
    CHECK(judge(up({before}), up({after}), {.units = {"a.service"}}).kind == Kind::passed);
    after.restarts = 2;
    CHECK(judge(up({before}), up({after}), {.units = {"a.service"}}).kind == Kind::unjudged);
    before.restarts = 2;
    before.steady = false;
    CHECK(judge(up({before}), up({after}), {.units = {"a.service"}}).kind == Kind::unjudged);
}

TEST_CASE("what a rehearsal could not see is not judged, and never green") {
    Unit secret = fails("a.service");
    secret.needs = "/run/secrets/token";
    Unit waiting = runs("a.service");
    waiting.waiting = true;
    const Unit skipped{.name = "a.service",
                       .active = "inactive",
                       .sub = "dead",
                       .result = "success",
                       .skipped = true};
    const Unit never{.name = "a.service", .active = "inactive", .sub = "dead", .result = "success"};
    for (const Unit& unit : {secret, waiting, skipped, never}) {
        const auto judged =
            judge(up({}), up({unit, runs("b.service")}), {.units = {"a.service", "b.service"}});
        CHECK(judged.kind == Kind::unjudged);
        CHECK(judged.unjudged.size() == 1);
    }
    CHECK(judge(up({}), up({}), {.units = {"a.service"}}).kind == Kind::unjudged);
}

TEST_CASE("a unit that ran to its end well is judged") {
    const Unit done{
        .name = "a.service", .active = "inactive", .sub = "dead", .result = "success", .ran = true};
    CHECK(judge(up({runs("a.service")}), up({done}), {.units = {"a.service"}}).kind ==
          Kind::passed);
}

TEST_CASE("a candidate that does not come up where what runs now does has timed out") {
    Rehearsal down{.system = "x", .state = "starting"};
    CHECK(judge(up({}), down, {}).kind == Kind::timed_out);
    CHECK(judge(down, down, {}).kind == Kind::unjudged);
}

TEST_CASE("a system that shows more than is read is not judged") {
    auto much = up({runs("a.service")});
    much.truncated = true;
    CHECK(judge(up({}), much, {.units = {"a.service"}}).kind == Kind::unjudged);
}

TEST_CASE("sockets are held against what the effects say") {
    const Listener web{"tcp", "0.0.0.0", 80};
    const auto said = [&](std::vector<Listener> after, std::vector<std::string> opened) {
        return judge(up({}, {web}), up({}, std::move(after)), {.opened = std::move(opened)})
            .listening;
    };
    using Lines = std::vector<std::string>;
    CHECK(said({web}, {}).empty());
    CHECK(said({web, {"tcp", "::", 9999}}, {}) ==
          Lines{"listens on 9999/tcp, which no effect tells"});
    CHECK(said({web, {"tcp", "::", 8080}}, {"8080/tcp"}) ==
          Lines{"listens on 8080/tcp, as the effects say"});
    CHECK(said({web}, {"8080/tcp"}) == Lines{"the effects say that port 8080/tcp is opened; "
                                             "nothing listens on it in the rehearsal"});
    CHECK(said({web, {"udp", "::", 51820}}, {"51820/udp"}) ==
          Lines{"listens on 51820/udp, as the effects say"});
    CHECK(said({web, {"tcp", "127.0.0.1", 7000}, {"udp", "0.0.0.0", 40000}}, {}).empty());
}

TEST_CASE("a rehearsal is read as it was written, and nothing else is") {
    auto seen = up({runs("a.service"), fails("b.service")}, {{"tcp", "::", 80}});
    seen.boot = std::chrono::milliseconds(1200);
    seen.log = "words";
    seen.environment = "Linux";
    const auto json = to_json(seen);
    const auto back = rehearsal_from_json(json);
    REQUIRE(back);
    CHECK(*back == seen);
    auto more = json;
    more["trust"] = "me";
    CHECK_FALSE(rehearsal_from_json(more));
    auto disorder = json;
    std::swap(disorder["units"][0], disorder["units"][1]);
    CHECK_FALSE(rehearsal_from_json(disorder));
    auto many = json;
    for (int i = 0; i < 3000; ++i) {
        many["units"].push_back(json["units"][1]);
    }
    CHECK_FALSE(rehearsal_from_json(many));
}
