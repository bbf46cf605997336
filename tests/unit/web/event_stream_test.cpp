#include "tests/support/catch.hpp"
#include "tests/unit/web/client.hpp"

using namespace agentd;
using namespace std::chrono_literals;
using test::get_text;
using test::Running;

TEST_CASE("a listening page hears each event as it comes, and signs of life between them") {
    Running running({.keep_alive = 20ms});
    auto page = running.listening();
    running.events.publish("entry", R"({"index":1})");
    CHECK(page.read_until("\"index\":1}\n\n").find("id: 1\nevent: entry\ndata: {\"index\":1}") !=
          std::string::npos);
    CHECK(page.read_until(": alive\n\n").find(": alive") != std::string::npos);
    CHECK(page.read_until(": alive\n\n").find(": alive") != std::string::npos);
}

TEST_CASE("the stream's head has the security headers and asks not to be buffered") {
    Running running;
    auto page = running.tcp();
    page.send(get_text("/api/v1/events", running.cookie()));
    const auto head = page.read_until("\r\n\r\n");
    for (const char* field : {"text/event-stream", "Content-Security-Policy: ",
                              "X-Accel-Buffering: no", "Cache-Control: no-store"}) {
        CHECK(head.find(field) != std::string::npos);
    }
}

TEST_CASE("a page that comes back hears what it missed") {
    Running running;
    for (int i = 0; i < 5; ++i) {
        running.events.publish("entry", std::to_string(i));
    }
    auto page = running.listening("Last-Event-ID: 3\r\n");
    CHECK(page.read_until("data: 4\n\n") ==
          "id: 4\nevent: entry\ndata: 3\n\nid: 5\nevent: entry\ndata: 4\n\n");
}

TEST_CASE("a page that reads nothing is dropped, and the others hear everything") {
    Running running({.behind = 256U << 10});
    auto slow = running.listening("", 4096);
    auto good = running.listening();
    std::size_t heard = 0;
    // In step with the good one, so that only who does not read can fall behind.
    for (int i = 0; i < 400; ++i) {
        running.events.publish("log", std::string(32U << 10, 'x') + std::to_string(i));
        heard += good.read_until("x" + std::to_string(i) + "\n\n").find("event: log") !=
                         std::string::npos
                     ? 1
                     : 0;
    }
    CHECK(heard == 400);
    CHECK(slow.read_all().size() < (400U * 32) << 10);
    CHECK(slow.is_hung_up());
}

TEST_CASE(
    "a page that takes nothing for two signs of life is dropped, however little waits for it") {
    Running running({.keep_alive = 50ms});
    auto stuck = running.listening("", 4096);
    for (int i = 0; i < 110; ++i) {
        running.events.publish("log", std::string(32U << 10, 'x'));
    }
    // Another page sees time pass; the stuck one has not been read from meanwhile.
    auto good = running.listening();
    for (int i = 0; i < 5; ++i) {
        good.read_until(": alive\n\n");
    }
    CHECK(stuck.read_all().size() < (110U * 32) << 10);
    CHECK(stuck.is_hung_up());
}

TEST_CASE(
    "a stream is opened by the cookie and the proof in its address, not by the cookie alone") {
    Running running({.keep_alive = 20ms});
    const auto lines = running.cookie();
    const auto end = lines.find("\r\n") + 2;
    const auto proof = lines.substr(lines.find(": ", end) + 2, 64);
    auto thief = running.tcp();
    thief.send(get_text("/api/v1/events", lines.substr(0, end)));
    CHECK(test::status_of(thief.response()) == 403);
    auto page = running.tcp();
    page.send(get_text("/api/v1/events?session=" + proof, lines.substr(0, end)));
    page.read_until(": connected\n\n");
}

TEST_CASE("a stream ends with the session it was opened for") {
    Running running({.keep_alive = 20ms});
    auto page = running.tcp();
    // The key is looked up for this request, and by then it is nobody's: pages of that key hear no
    // more.
    const auto cookie = running.cookie();
    page.send(get_text("/api/v1/events", cookie));
    page.read_until(": alive\n\n");
    running.plane.reply = [](const auto& call, const auto&, const auto& done) {
        done(call.method == "session.check" ? test::FakePlane::bad("unknown_key")
                                            : test::FakePlane::good("{}"));
    };
    running.clock.advance(61s);
    auto other = running.tcp();
    other.send(get_text("/api/v1/status", cookie));
    CHECK(test::status_of(other.response()) == 403);
    CHECK(page.is_hung_up());
}

TEST_CASE("a stream whose key left the approvers ends, though its page asks for nothing") {
    Running running({.keep_alive = 20ms});
    auto page = running.tcp();
    page.send(get_text("/api/v1/events", running.cookie()));
    page.read_until(": alive\n\n");
    running.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::bad("unknown_key"));
    };
    running.clock.advance(61s);
    CHECK(page.is_hung_up());
}

TEST_CASE("a stream ends, and says so, when nobody can say whether its key still counts") {
    Running running({.keep_alive = 20ms});
    auto page = running.tcp();
    const auto cookie = running.cookie();
    page.send(get_text("/api/v1/events", cookie));
    page.read_until(": alive\n\n");
    running.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::bad("unavailable"));
    };
    running.clock.advance(61s);
    running.events.publish("entry", "{}");
    const auto rest = page.read_all();
    CHECK(rest.ends_with("event: status\ndata: {\"ended\":\"session\"}\n\n"));
    CHECK(page.is_hung_up());
    auto again = running.tcp();
    again.send(get_text("/api/v1/events", cookie));
    CHECK(test::status_of(again.response()) == 503);
    running.plane.reply = [](const auto&, const auto&, const auto& done) {
        done(test::FakePlane::good("{}"));
    };
    auto later = running.tcp();
    later.send(get_text("/api/v1/events", cookie));
    CHECK(test::status_of(later.read_until("\r\n\r\n")) == 200);
}

TEST_CASE("one stream too many is refused, and a place is free again when a page goes") {
    Running running({.streams = 2, .keep_alive = 20ms});
    const auto cookie = running.cookie();
    auto first = running.listening();
    auto second = running.listening();
    auto third = running.tcp();
    third.send(get_text("/api/v1/events", cookie));
    CHECK(test::status_of(third.response()) == 503);
    first.hang_up();
    bool free = false;
    for (int i = 0; i < 1000 && !free; ++i) {
        auto again = running.tcp();
        again.send(get_text("/api/v1/events", cookie));
        free = test::status_of(again.read_until("\r\n\r\n")) == 200;
    }
    CHECK(free);
}

TEST_CASE("events that come while the server ends, and after it, are dropped") {
    auto running = std::make_unique<Running>();
    auto page = running->listening();
    std::jthread publisher([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            running->events.publish("entry", "{}");
        }
    });
    page.read_until("event: entry");
    running->stop();
    running->events.publish("entry", "{}");
    publisher.request_stop();
    publisher.join();
    CHECK(page.is_hung_up());
}
