#include "tests/support/catch.hpp"
#include "tests/unit/web/client.hpp"

#include <future>
#include <unistd.h>

using namespace agentd;
using nlohmann::json;
using test::Running;

namespace {

json ask(test::Client& client, const std::string& line) {
    client.send(line + "\n");
    return json::parse(client.line());
}

} // namespace

TEST_CASE("a line is a call, of the uid that the kernel names") {
    Running running;
    auto client = running.local();
    CHECK(ask(client, R"({"method":"status","params":{"a":1}})") ==
          json{{"ok", true}, {"result", {{"did", "status"}}}});
    const auto call = running.plane.calls().back();
    CHECK(call.caller.channel == web::Caller::Channel::local_socket);
    CHECK(call.caller.uid == ::getuid());
    CHECK_FALSE(call.caller.name.empty());
    CHECK(call.params == json{{"a", 1}});
}

TEST_CASE("a request in pieces, or two in one piece, is the same as one at a time") {
    Running running;
    auto client = running.local();
    for (const char* piece :
         {"{\"met", "hod\":", "\"status\"}", "\n{\"method\":\"list\"}\n{\"method\":\"show\"}\n"}) {
        client.send(piece);
    }
    CHECK(json::parse(client.line())["result"]["did"] == "status");
    CHECK(json::parse(client.line())["result"]["did"] == "list");
    CHECK(json::parse(client.line())["result"]["did"] == "show");
}

TEST_CASE("a malformed request is told so, and the next one is answered") {
    Running running;
    auto client = running.local();
    for (const char* line :
         {"", "nonsense", "[]", "null", "{}", R"({"method":1})", R"({"method":"x","params":[]})",
          R"({"method":"x","params":null})", R"({"method":"x","uid":0})", "{\"method\":\"\xff\"}",
          R"({"method":"x","method":"y"})"}) {
        CAPTURE(line);
        const auto answer = ask(client, line);
        CHECK(answer["ok"] == false);
        CHECK(answer["error"]["code"] == "usage");
        CHECK(answer["error"]["exit"] == 64);
    }
    CHECK(running.plane.calls().empty());
    CHECK(ask(client, R"({"method":"status"})")["ok"] == true);
}

TEST_CASE("a line of more than 1 MiB is refused and hung up on; one just below is read") {
    Running running;
    auto client = running.local();
    std::jthread sender([&] { client.send(std::string((1U << 20) + 100, 'x')); });
    CHECK(json::parse(client.line())["error"]["message"] == "a request may have at most 1 MiB");
    CHECK(client.is_hung_up());
    auto other = running.local();
    const std::string head = R"({"method":"status","params":{"a":")";
    const std::string tail = R"("}})";
    const std::string large(((1U << 20) - head.size() - tail.size()) - 1, 'x');
    std::jthread writer([&] { other.send(head + large + tail + "\n"); });
    CHECK(json::parse(other.line())["ok"] == true);
}

TEST_CASE("an answer that is no line comes in parts, and the next call is answered") {
    Running running;
    const std::string large(5U << 20, 'x'); // more than events may be behind
    const std::string letters = "\u00e4\"\\\n";
    std::string many;
    while (many.size() < (1U << 20)) {
        many += letters;
    }
    running.plane.reply = [&](const test::FakePlane::Call& call, const auto&, const auto& done) {
        const json body{{"text", call.method == "large" ? large : many}};
        done(test::FakePlane::good(call.method == "small" ? "{}" : body.dump()));
    };
    auto client = running.local();
    for (const char* method : {"large", "many"}) {
        client.send(std::string(R"({"method":")") + method + "\"}\n");
        std::string whole;
        std::size_t parts = 0;
        json line = json::parse(client.line());
        for (; line.contains("part"); line = json::parse(client.line())) {
            whole += line["part"].get<std::string>();
            ++parts;
        }
        CHECK(line == json{{"ok", true}, {"parts", parts}});
        const auto answer = json::parse(whole);
        CHECK(answer["ok"] == true);
        CHECK(answer["result"]["text"] == (method == std::string("large") ? large : many));
    }
    CHECK(ask(client, R"({"method":"small"})") == json{{"ok", true}, {"result", json::object()}});
}

TEST_CASE("what waits for slow readers is bounded for all of them together") {
    constexpr std::size_t most = 8U << 20;
    const std::string large(6U << 20, 'x');
    const auto slow_and_other = [&](std::chrono::milliseconds patience, const auto& look) {
        Running running({.answers = most, .request = patience});
        std::promise<void> told;
        running.plane.reply = [&](const auto& call, const auto&, const auto& done) {
            done(test::FakePlane::good(json(large).dump()));
            if (call.method == "first") {
                told.set_value();
            }
        };
        const auto somebody = [&] { // root is never kept waiting
            auto client = running.local_as(1001);
            return client ? std::move(*client) : running.local();
        };
        auto slow = somebody();
        auto other = somebody();
        slow.send("{\"method\":\"first\"}\n");
        told.get_future().wait();
        look(slow, other);
    };
    slow_and_other(std::chrono::hours(1), [&](auto& slow, auto& other) {
        const auto refused = ask(other, R"({"method":"second"})");
        REQUIRE(refused.contains("error"));
        CHECK(refused["error"]["code"] == "busy");
        CHECK(refused["error"]["exit"] == 75);
        for (json line = json::parse(slow.line()); line.contains("part");) {
            line = json::parse(slow.line());
        }
        CHECK(ask(other, R"({"method":"third"})").contains("part"));
    });
    slow_and_other(std::chrono::milliseconds(0), [&](auto& slow, auto& other) {
        CHECK(ask(other, R"({"method":"second"})").contains("part"));
        CHECK(slow.read_all().size() < large.size());
    });
}

TEST_CASE("events come before the answer, in order") {
    Running running;
    running.plane.reply = [](const auto&, const auto& on_event, const auto& done) {
        for (int i = 0; i < 100; ++i) {
            on_event(std::to_string(i));
        }
        done(test::FakePlane::good("{}"));
    };
    auto client = running.local();
    client.send("{\"method\":\"verify\"}\n");
    for (int i = 0; i < 100; ++i) {
        CHECK(json::parse(client.line())["event"] == i);
    }
    CHECK(json::parse(client.line())["ok"] == true);
}

TEST_CASE("a client that hangs up in the middle of a call harms nobody") {
    Running running;
    std::promise<std::pair<web::ControlPlane::OnEvent, web::ControlPlane::Done>> asked;
    running.plane.reply = [&](const auto&, const auto& on_event, const auto& done) {
        asked.set_value({on_event, done});
    };
    auto client = running.local();
    client.send("{\"method\":\"apply\"}\n");
    const auto [on_event, done] = asked.get_future().get();
    client.hang_up();
    for (int i = 0; i < 100; ++i) {
        on_event("{}");
    }
    done(test::FakePlane::good("{}"));
    running.plane.reply = [](const auto&, const auto&, const auto& finish) {
        finish(test::FakePlane::good("{}"));
    };
    auto other = running.local();
    CHECK(ask(other, R"({"method":"status"})")["ok"] == true);
}

TEST_CASE("a client that takes none of its events is hung up on") {
    Running running({.behind = 64U << 10});
    std::promise<void> told;
    running.plane.reply = [&](const auto&, const auto& on_event, const auto& done) {
        for (int i = 0; i < 200; ++i) {
            on_event("\"" + std::string(16U << 10, 'x') + "\"");
        }
        done(test::FakePlane::good("{}"));
        told.set_value();
    };
    auto client = running.local();
    client.send("{\"method\":\"verify\"}\n");
    told.get_future().wait();
    CHECK(client.read_all().size() < 200U * (16U << 10));
    CHECK(client.is_hung_up());
}

TEST_CASE("many terminals at once are each answered their own") {
    Running running;
    running.plane.reply = [](const auto& call, const auto&, const auto& done) {
        std::thread([done, body = call.params.dump()] {
            done(test::FakePlane::good(body));
        }).detach();
    };
    std::vector<test::Client> clients;
    for (int i = 0; i < 16; ++i) {
        clients.push_back(running.local());
    }
    for (int round = 0; round < 5; ++round) {
        for (std::size_t i = 0; i < clients.size(); ++i) {
            clients[i].send(json{{"method", "x"}, {"params", {{"i", i}}}}.dump() + "\n");
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
            CHECK(json::parse(clients[i].line())["result"]["i"] == i);
        }
    }
}

TEST_CASE("programs that connect and say nothing keep neither one another nor root out") {
    Running running({.local_connections = 6, .local_per_uid = 4});
    if (!running.local_as(1001)) {
        WARN("not shown: only root can speak as somebody else");
        return;
    }
    std::vector<test::Client> silent;
    for (int i = 0; i < 20; ++i) {
        silent.push_back(*running.local_as(1001));
        silent.push_back(*running.local_as(i % 2 == 0 ? 1002 : 1003));
    }
    for (const ::uid_t uid : {::uid_t{1001}, ::uid_t{1004}, ::uid_t{0}}) {
        CAPTURE(uid);
        auto client = *running.local_as(uid);
        CHECK(ask(client, R"({"method":"status"})")["ok"] == true);
        CHECK(running.plane.calls().back().caller.uid == uid);
    }
}

TEST_CASE("whose calls are all under way is told so, others and root are answered") {
    Running running({.local_per_uid = 2});
    if (!running.local_as(1001)) {
        WARN("not shown: only root can speak as somebody else");
        return;
    }
    std::vector<web::ControlPlane::Done> waiting;
    std::promise<void> both;
    running.plane.reply = [&](const auto& call, const auto&, const auto& done) {
        if (call.method != "verify") {
            return done(test::FakePlane::good("{}"));
        }
        waiting.push_back(done);
        if (waiting.size() == 2) {
            both.set_value();
        }
    };
    auto first = *running.local_as(1001);
    auto second = *running.local_as(1001);
    first.send("{\"method\":\"verify\"}\n");
    second.send("{\"method\":\"verify\"}\n");
    both.get_future().wait();
    auto third = *running.local_as(1001);
    const auto turned_away = json::parse(third.line());
    CHECK(turned_away["error"]["code"] == "busy");
    CHECK(turned_away["error"]["exit"] == 75);
    CHECK(third.is_hung_up());
    for (const ::uid_t uid : {::uid_t{1002}, ::uid_t{0}}) {
        auto client = *running.local_as(uid);
        CHECK(ask(client, R"({"method":"status"})")["ok"] == true);
    }
    for (const auto& done : waiting) {
        done(test::FakePlane::good("{}"));
    }
    CHECK(json::parse(first.line())["ok"] == true);
    CHECK(json::parse(second.line())["ok"] == true);
}

TEST_CASE("a breakage in a call is an error to one terminal, not the end of the daemon") {
    Running running;
    running.plane.reply = [](const auto&, const auto&, const auto&) {
        throw std::runtime_error("disk");
    };
    auto client = running.local();
    CHECK(ask(client, R"({"method":"status"})")["error"]["code"] == "failed");
    CHECK(ask(client, R"({"method":"status"})")["error"]["code"] == "failed");
}
