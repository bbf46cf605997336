#include "agentd/core/fd.hpp"
#include "agentd/ctl/session.hpp"
#include "proposals/approvers.hpp"
#include "proposals/presence.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

#include <cstdlib>

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;
using namespace std::chrono_literals;

namespace {

const std::string nonce(64, 'a');

/// A proposal that waits for a confirmation, and a key to give it with.
struct Waiting {
    Ctl agentctl;
    std::string key = agentctl.directory / "id_ed25519";
    core::Instant since = agentctl.clock.now();
    Json wanted{{"nonce", nonce},
                {"since", core::format_instant(since)},
                {"until", core::format_instant(since + 120s)},
                {"because", "opens TCP port 22"}};

    Waiting() {
        REQUIRE(std::system(("/usr/bin/ssh-keygen -q -t ed25519 -N '' -f " + key).c_str()) == 0);
        agentctl.session_began = since + 1s;
    }
    FakeDaemon::Answer answers() {
        Json detail = test::detail("applying");
        detail["apply"] = {{"confirm", wanted}, {"steps", Json::array()}, {"outcome", nullptr}};
        return test::by_method({{"show", ok({{"proposal", detail}})},
                                {"confirm", ok({{"proposal", detail}})},
                                {"cancel", ok({{"proposal", detail}})}});
    }
};

} // namespace

TEST_CASE("agentctl confirm signs the nonce, for nothing but a confirmation") {
    Waiting waiting;
    FakeDaemon daemon(waiting.agentctl.socket(), waiting.answers());
    const auto ran = waiting.agentctl.run({"confirm", "1", "--key", waiting.key});
    INFO(ran.err);
    REQUIRE(ran.exit == 0);
    CHECK(ran.out.find("confirmed") != std::string::npos);
    const Json params = daemon.requests().back().at("params");
    CHECK(params.at("proposal") == test::proposal_id);
    const auto presence = proposals::presence_from_json(params.at("presence"));
    REQUIRE(presence);
    const auto approvers =
        proposals::parse_approvers("ssh alice " + core::read_file(waiting.key + ".pub")).approvers;
    CHECK(proposals::verify_confirmation(nonce, *presence, approvers));
    CHECK_FALSE(proposals::verify_presence(nonce, *presence, approvers));
}

TEST_CASE("a session from before the switch, or one of unknown age, confirms nothing") {
    Waiting waiting;
    FakeDaemon daemon(waiting.agentctl.socket(), waiting.answers());
    const auto refused = [&](const std::string& word) {
        const auto ran = waiting.agentctl.run({"confirm", "1", "--key", waiting.key});
        INFO(ran.err);
        CHECK(ran.exit == 4);
        CHECK(ran.err.find(word) != std::string::npos);
        CHECK(ran.err.find("open a new connection") != std::string::npos);
        CHECK(daemon.requests().back().at("method") == "show");
    };
    waiting.agentctl.session_began = waiting.since;
    refused("before the machine switched");
    waiting.agentctl.session_began.reset();
    refused("cannot be told");
    waiting.agentctl.session_began = waiting.since + 1s;
    waiting.agentctl.variables["TMUX"] = "/tmp/tmux-1000/default,1,0";
    refused("tmux");
}

TEST_CASE("what does not wait for a confirmation says so, and nothing is signed") {
    Waiting waiting;
    waiting.wanted = nullptr;
    FakeDaemon daemon(waiting.agentctl.socket(), waiting.answers());
    const auto ran = waiting.agentctl.run({"confirm", "1", "--key", waiting.key});
    CHECK(ran.exit == 75);
    CHECK(ran.err.find("does not wait") != std::string::npos);
    CHECK(daemon.requests().size() == 1);
}

TEST_CASE("agentctl cancel asks for it and says that it goes back") {
    Waiting waiting;
    FakeDaemon daemon(waiting.agentctl.socket(), waiting.answers());
    const auto ran = waiting.agentctl.run({"cancel", "1"});
    REQUIRE(ran.exit == 0);
    CHECK(ran.out.find("being taken back") != std::string::npos);
    CHECK(daemon.requests().back().at("method") == "cancel");
}

TEST_CASE("an apply that waits says until when, what to do, and how to take it back") {
    Waiting waiting;
    Json after = test::detail("confirmed");
    FakeDaemon daemon(waiting.agentctl.socket(), [&](const Json& request) -> std::vector<Json> {
        if (request.at("method") == "show") {
            return {ok({{"proposal", after}})};
        }
        return {
            Json{{"event",
                  {{"step", "confirm_wanted"}, {"detail", "x"}, {"confirm", waiting.wanted}}}},
            Json{{"event", {{"step", "confirmed_by"}, {"detail", "alice"}}}},
            ok({{"proposal", after},
                {"outcome",
                 {{"outcome", "confirmed"}, {"reason", ""}, {"from", test::store_path('a')}}}})};
    });
    const auto ran = waiting.agentctl.run({"apply", "1"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.err.find("agentctl confirm 1") != std::string::npos);
    CHECK(ran.err.find("agentctl cancel 1") != std::string::npos);
    const auto json = waiting.agentctl.run({"apply", "1", "--json"});
    bool counted = false;
    for (const Json& line : json.lines()) {
        counted = counted || (line.at("type") == "countdown" && line.at("seconds") == 120);
    }
    CHECK(counted);
}

TEST_CASE("a process's start is read whatever it is called") {
    const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 0 0";
    CHECK(ctl::start_ticks("42 (bash)" + rest) == 4711);
    CHECK(ctl::start_ticks("42 (a) 1 ) (b) S 9)" + rest) == 4711);
    CHECK_FALSE(ctl::start_ticks("42 (bash) S 1 2"));
    CHECK_FALSE(ctl::start_ticks("42 bash"));
    CHECK_FALSE(ctl::start_ticks(""));
    const core::SystemClock clock;
    const auto began = ctl::session_began(clock);
    if (began) { // there may be no leader left
        CHECK(*began < clock.now());
    }
}
