#include "tests/support/catch.hpp"
#include "web/events.hpp"

#include <atomic>
#include <thread>

using namespace agentd;

namespace {

struct Heard {
    std::vector<web::Event> events{};
    web::EventHub::Listener listener() {
        return [this](const web::Event& event) { events.push_back(event); };
    }
    std::vector<std::string> data() const {
        std::vector<std::string> all;
        for (const auto& event : events) {
            all.push_back(event.data);
        }
        return all;
    }
};

void publish(web::EventHub& hub, int from, int to) {
    for (int i = from; i <= to; ++i) {
        hub.publish("entry", std::to_string(i));
    }
}

const std::string lost = R"({"replay":"lost"})";

} // namespace

TEST_CASE("a new listener hears what is new, in order") {
    web::EventHub hub;
    publish(hub, 1, 3);
    Heard heard;
    hub.subscribe(0, heard.listener());
    publish(hub, 4, 5);
    CHECK(heard.data() == std::vector<std::string>{"4", "5"});
    CHECK(hub.last_id() == 5);
}

TEST_CASE("a listener that comes back hears what it missed, once") {
    web::EventHub hub;
    publish(hub, 1, 5);
    Heard heard;
    hub.subscribe(3, heard.listener());
    publish(hub, 6, 6);
    CHECK(heard.data() == std::vector<std::string>{"4", "5", "6"});
    Heard nothing;
    hub.subscribe(6, nothing.listener());
    CHECK(nothing.events.empty());
}

TEST_CASE("a listener that missed more than the ring keeps is told so") {
    web::EventHub hub(3);
    publish(hub, 1, 10);
    Heard late;
    hub.subscribe(6, late.listener());
    CHECK(late.data() == std::vector<std::string>{lost});
    CHECK(late.events.front().id == 10);
    Heard just;
    hub.subscribe(7, just.listener());
    CHECK(just.data() == std::vector<std::string>{"8", "9", "10"});
}

TEST_CASE("an id that this run never gave is an earlier run's: something was missed") {
    web::EventHub hub;
    publish(hub, 1, 3);
    Heard heard;
    hub.subscribe(4711, heard.listener());
    CHECK(heard.data() == std::vector<std::string>{lost});
}

TEST_CASE("a later run's ids are above an earlier run's, so a listener of before is told that it "
          "missed") {
    using namespace std::chrono_literals;
    const auto first = web::first_event_id(1'767'323'045s);
    CHECK(first > web::first_event_id(1'767'323'044s) + 1'000'000);
    CHECK(web::first_event_id(std::chrono::hours(24 * 365 * 100)) < (std::uint64_t{1} << 53U));
    web::EventHub hub(10, first);
    publish(hub, 1, 2);
    Heard heard;
    hub.subscribe(first - 1'000'000, heard.listener());
    CHECK(heard.data() == std::vector<std::string>{lost});
}

TEST_CASE("the ring is bounded in bytes, so that a replay fits what a reader may be behind") {
    web::EventHub hub;
    for (int i = 0; i < 40; ++i) {
        hub.publish("log", std::string(100'000, 'x'));
    }
    std::size_t bytes = 0;
    hub.subscribe(25, [&](const web::Event& event) { bytes += event.data.size(); });
    CHECK(bytes > 0);
    CHECK(bytes <= web::EventHub::max_bytes);
    Heard heard;
    hub.subscribe(1, heard.listener());
    CHECK(heard.data() == std::vector<std::string>{lost});
}

TEST_CASE("who left hears nothing any more, and the others go on hearing") {
    web::EventHub hub;
    Heard a;
    Heard b;
    const auto first = hub.subscribe(0, a.listener());
    hub.subscribe(0, b.listener());
    publish(hub, 1, 1);
    hub.unsubscribe(first);
    hub.unsubscribe(first);
    hub.unsubscribe(4711);
    publish(hub, 2, 2);
    CHECK(a.data() == std::vector<std::string>{"1"});
    CHECK(b.data() == std::vector<std::string>{"1", "2"});
}

TEST_CASE("publishers and listeners on many threads lose nothing and repeat nothing") {
    web::EventHub hub(100'000);
    std::atomic<bool> done = false;
    std::jthread churn([&] {
        while (!done) {
            hub.unsubscribe(hub.subscribe(0, [](const web::Event&) {}));
        }
    });
    std::vector<std::uint64_t> ids;
    hub.subscribe(0, [&](const web::Event& event) { ids.push_back(event.id); });
    {
        std::vector<std::jthread> publishers;
        for (int i = 0; i < 4; ++i) {
            publishers.emplace_back([&] { publish(hub, 1, 500); });
        }
    }
    done = true;
    churn.join();
    REQUIRE(ids.size() == 2000);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        CHECK(ids[i] == i + 1);
    }
}

TEST_CASE("an event on the wire has its id, its type and one line of data") {
    CHECK(web::to_sse({.id = 7, .type = "entry", .data = "{}"}) ==
          "id: 7\nevent: entry\ndata: {}\n\n");
}
