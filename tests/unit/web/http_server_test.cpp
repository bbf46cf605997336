#include "tests/support/catch.hpp"
#include "tests/unit/web/client.hpp"

#include <future>

using namespace agentd;
using namespace std::chrono_literals;
using test::get_text;
using test::post_text;
using test::Running;
using test::status_of;

namespace {

std::string answer(Running& running, const std::string& request) {
    auto client = running.tcp();
    client.send(request);
    return client.response();
}

} // namespace

TEST_CASE("a request over a real socket is answered, and the connection goes on") {
    Running running;
    auto client = running.tcp();
    for (int i = 0; i < 3; ++i) {
        client.send(get_text("/healthz"));
        const auto response = client.response();
        CHECK(status_of(response) == 200);
        CHECK(response.find("Content-Security-Policy: default-src 'none'") != std::string::npos);
        CHECK(response.find("\r\nDate: ") != std::string::npos);
        CHECK(response.ends_with("ok\n"));
    }
}

TEST_CASE("a header that is too large is answered with 413") {
    Running running;
    const auto response =
        answer(running, get_text("/", "X-Large: " + std::string(20'000, 'x') + "\r\n"));
    CHECK(status_of(response) == 413);
    CHECK(response.find("X-Frame-Options: DENY") != std::string::npos);
}

TEST_CASE("a body that is too large is answered with 413, also while it is still being sent") {
    Running running;
    CHECK(status_of(answer(running, post_text("/api/v1/pair", std::string((1U << 20) + 1, ' ')))) ==
          413);
    const std::string head = "POST /api/v1/pair HTTP/1.1\r\n" + test::own_fields;
    auto chunked = running.tcp();
    chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (int i = 0; i < 17; ++i) {
        chunked.send(chunk);
    }
    CHECK(status_of(chunked.response()) == 413);
    CHECK(status_of(answer(running, head + "Content-Length: 18446744073709551615\r\n\r\n")) == 413);
}

TEST_CASE("what is not HTTP is answered with 400 and hung up on, and reaches nobody") {
    Running running;
    const std::string host = test::own_fields;
    for (const std::string request :
         {"nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
          "\x16\x03\x01\x02", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET http://evil.example/ HTTP/1.1\r\nHost: localhost:8484\r\n\r\n",
          "GET /%00 HTTP/1.1\r\nHost: localhost:8484\r\n\r\n",
          "GET /../etc/passwd HTTP/1.1\r\nHost: localhost:8484\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost:8484\r\nHost: evil.example\r\n\r\n",
          "POST /api/v1/pair HTTP/1.1\r\nHost: localhost:8484\r\nContent-Length: "
          "2\r\nContent-Length: 3\r\n\r\n{}",
          "POST /api/v1/pair HTTP/1.1\r\nHost: localhost:8484\r\nContent-Length: -1\r\n\r\n",
          "POST /api/v1/pair HTTP/1.1\r\nHost: localhost:8484\r\nContent-Length: "
          "2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "POST /api/v1/pair HTTP/1.1\r\nHost: localhost:8484\r\nTransfer-Encoding: "
          "chunked\r\n\r\nzz\r\n"}) {
        CAPTURE(request);
        auto client = running.tcp();
        client.send(request);
        CHECK(status_of(client.response()) == 400);
        CHECK(client.is_hung_up());
    }
    CHECK(running.plane.calls().empty());
}

TEST_CASE(
    "HEAD and other methods get 405, and HEAD gets no body that would pass for the next answer") {
    Running running;
    for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"}) {
        CAPTURE(method);
        CHECK(status_of(answer(running, std::string(method) + " / HTTP/1.1\r\n" + test::own_fields +
                                            "\r\n")) == 405);
    }
    auto client = running.tcp();
    client.send("HEAD / HTTP/1.1\r\n" + test::own_fields + "\r\n");
    const auto everything = client.read_all();
    CHECK(status_of(everything) == 405);
    CHECK(everything.ends_with("\r\n\r\n"));
    CHECK(client.is_hung_up());
}

TEST_CASE("a host that is not the page's own gets 421 over the wire") {
    Running running;
    CHECK(status_of(answer(running,
                           "GET /api/v1/session HTTP/1.1\r\nHost: evil.example\r\n\r\n")) == 421);
    CHECK(status_of(answer(running, "GET /api/v1/events HTTP/1.1\r\nHost: evil.example\r\n\r\n")) ==
          421);
}

TEST_CASE("requests that come in one go are answered one after the other, in order") {
    Running running;
    auto client = running.tcp();
    client.send(get_text("/healthz") + get_text("/api/v1/session") + get_text("/nothing") +
                get_text("/healthz"));
    CHECK(client.response().ends_with("ok\n"));
    CHECK(client.response().find("\"paired\":false") != std::string::npos);
    CHECK(status_of(client.response()) == 404);
    CHECK(client.response().ends_with("ok\n"));
}

TEST_CASE("a client that sends its request too slowly is hung up on") {
    Running running({.head = 50ms, .request = 100ms});
    auto silent = running.tcp();
    CHECK(silent.is_hung_up());
    auto client = running.tcp();
    client.send("GET / HTTP/1.1\r\nHo");
    CHECK(client.is_hung_up());
    auto body = running.tcp();
    body.send("POST /api/v1/pair HTTP/1.1\r\n" + test::own_fields + "Content-Length: 10\r\n\r\n{");
    CHECK(body.is_hung_up());
}

TEST_CASE("an answer may take longer than a request: nobody is hung up on while the daemon works") {
    Running running({.head = 50ms, .request = 50ms});
    const auto cookie = running.cookie();
    std::promise<web::ControlPlane::Done> asked;
    running.plane.reply = [&](const auto&, const auto&, const auto& done) {
        asked.set_value(done);
    };
    auto client = running.tcp();
    client.send(post_text("/api/v1/proposals/1/apply", "{}", cookie));
    const auto done = asked.get_future().get();
    // Another connection outlives its own limit meanwhile, so the limit has passed for this one
    // too.
    auto idle = running.tcp();
    CHECK(idle.is_hung_up());
    done(test::FakePlane::good(R"({"outcome":"confirmed"})"));
    CHECK(client.response().ends_with(R"({"outcome":"confirmed"})"));
}

TEST_CASE("a browser that goes away while the daemon works costs nothing but the answer") {
    Running running;
    const auto cookie = running.cookie();
    std::promise<web::ControlPlane::Done> asked;
    running.plane.reply = [&](const auto&, const auto&, const auto& done) {
        asked.set_value(done);
    };
    auto client = running.tcp();
    client.send(post_text("/api/v1/proposals/1/apply", "{}", cookie));
    const auto done = asked.get_future().get();
    client.hang_up();
    done(test::FakePlane::good("{}"));
    CHECK(status_of(answer(running, get_text("/healthz"))) == 200);
}

TEST_CASE("of 200 connections as many are served as there is room for, the last among them") {
    Running running({.connections = 100});
    std::vector<test::Client> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(running.tcp());
    }
    int served = 0;
    std::string last;
    for (auto& client : clients) {
        client.send(get_text("/healthz"));
        last = client.response();
        served += status_of(last) == 200 ? 1 : 0;
    }
    CHECK(served >= 100);
    CHECK(status_of(last) == 200);
}

TEST_CASE("connections that send nothing, or half a head, keep nobody out") {
    Running running({.connections = 8});
    const auto cookie = running.cookie();
    auto page = running.tcp();
    page.send(get_text("/api/v1/status", cookie));
    CHECK(status_of(page.response()) == 200);
    auto listening = running.listening();
    std::vector<test::Client> silent;
    for (int i = 0; i < 50; ++i) {
        silent.push_back(running.tcp());
        silent.back().send(i % 2 == 0 ? "" : "GET / HTTP/1.1\r\nHo");
        if (i % 10 == 0) {
            CHECK(status_of(answer(running, get_text("/"))) == 200);
        }
    }
    page.send(get_text("/api/v1/status", cookie));
    CHECK(status_of(page.response()) == 200);
    CHECK(status_of(answer(running, get_text("/api/v1/status", cookie))) == 200);
    running.events.publish("entry", "{}");
    CHECK(listening.read_until("data: {}\n").ends_with("data: {}\n"));
    CHECK(silent.front().is_hung_up());
}

TEST_CASE("logins that hang keep nobody out") {
    Running running({.connections = 4});
    const auto cookie = running.cookie();
    std::vector<web::ControlPlane::Done> waiting;
    std::mutex mutex;
    running.plane.reply = [&](const auto& call, const auto&, const auto& done) {
        if (call.method != "pair.enrol") {
            return done(test::FakePlane::good("{}"));
        }
        const std::lock_guard lock(mutex);
        waiting.push_back(done);
    };
    std::vector<test::Client> strangers;
    for (int i = 0; i < 12; ++i) {
        strangers.push_back(running.tcp());
        strangers.back().send(post_text("/api/v1/pair", "{}"));
    }
    CHECK(status_of(answer(running, post_text("/api/v1/freeze", "{}", cookie))) == 200);
}

TEST_CASE("when everybody has a session and is being answered, one more is told so") {
    Running running({.connections = 2});
    const auto cookie = running.cookie();
    std::promise<void> both;
    std::vector<web::ControlPlane::Done> waiting;
    running.plane.reply = [&](const auto&, const auto&, const auto& done) {
        waiting.push_back(done);
        if (waiting.size() == 2) {
            both.set_value();
        }
    };
    auto first = running.tcp();
    first.send(get_text("/api/v1/status", cookie));
    auto second = running.tcp();
    second.send(get_text("/api/v1/status", cookie));
    both.get_future().wait();
    auto third = running.tcp();
    const auto refused = third.read_all();
    CHECK(status_of(refused) == 503);
    CHECK(refused.find("\"hint\":\"close some of them") != std::string::npos);
    for (const auto& done : waiting) {
        done(test::FakePlane::good("{}"));
    }
    CHECK(status_of(first.response()) == 200);
    CHECK(status_of(second.response()) == 200);
}

TEST_CASE("200 connections at once are served when they may be") {
    Running running({.connections = 250});
    std::vector<test::Client> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(running.tcp());
        clients.back().send(get_text("/healthz"));
    }
    for (auto& client : clients) {
        CHECK(status_of(client.response()) == 200);
    }
}

TEST_CASE("a breakage in answering is a 500 to one request, not the end of the daemon") {
    Running running;
    running.plane.reply = [](const auto&, const auto&, const auto&) {
        throw std::runtime_error("disk");
    };
    const auto response = answer(running, post_text("/api/v1/pair", "{}"));
    CHECK(status_of(response) == 500);
    CHECK(response.find("disk") == std::string::npos);
    CHECK(status_of(answer(running, get_text("/healthz"))) == 200);
}

TEST_CASE("an address that is taken is named when the server starts") {
    Running running;
    test::TempDir dir;
    CHECK_THROWS_WITH(web::Server({.admin_socket = dir / "a.sock", .port = running.server->port()},
                                  running.plane, running.events, running.clock),
                      Catch::Contains("cannot listen for the page"));
}

TEST_CASE("answers that come when the server has gone are dropped, from whatever thread") {
    std::vector<web::ControlPlane::Done> waiting;
    std::vector<web::ControlPlane::OnEvent> telling;
    std::mutex mutex;
    std::promise<void> all;
    test::FakePlane::Reply keep = [&](const auto&, const auto& on_event, const auto& done) {
        const std::lock_guard lock(mutex);
        waiting.push_back(done);
        telling.push_back(on_event);
        if (waiting.size() == 3) {
            all.set_value();
        }
    };
    {
        Running running;
        const auto cookie = running.cookie();
        running.plane.reply = keep;
        auto browser = running.tcp();
        browser.send(post_text("/api/v1/proposals/1/apply", "{}", cookie));
        auto pairing = running.tcp();
        pairing.send(post_text("/api/v1/pair", "{}"));
        auto terminal = running.local();
        terminal.send("{\"method\":\"apply\"}\n");
        all.get_future().wait();
        std::jthread late([&] {
            for (int i = 0; i < 2000; ++i) {
                for (const auto& tell : telling) {
                    if (tell) {
                        tell("{}");
                    }
                }
            }
        });
        running.stop(); // while events still come
        late.join();
        for (const auto& done : waiting) {
            done(test::FakePlane::good(R"({"key_id":"k","name":"n"})"));
        }
    }
    SUCCEED("nothing was touched that had gone");
}
