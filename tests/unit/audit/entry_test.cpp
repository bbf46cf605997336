#include "audit/entry.hpp"
#include "audit/ids.hpp"
#include "audit/types.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/audit/log_fixture.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::audit;

namespace {
Entry some_entry() {
    const test::FixedClock clock;
    return {.draft = test::some_draft(clock, 3),
            .stamp = {.time = clock.now(), .boot_id = "b", .mono_us = 5}};
}
} // namespace

TEST_CASE("an entry and its line are the same thing") {
    const Entry entry = some_entry();
    const std::string line = to_line(entry);
    const auto parsed = parse_line(line);
    REQUIRE(parsed);
    CHECK(*parsed == entry);
    CHECK(core::canonical(*core::parse_json(line)) == line);
    CHECK(id_in_line(line) == entry.draft.id.str());
}

TEST_CASE("another spelling of the same entry is refused") {
    const std::string line = to_line(some_entry());
    CHECK_FALSE(parse_line(" " + line));
    CHECK_FALSE(parse_line(line + "\n"));
    std::string spaced = line;
    spaced.insert(line.find(':') + 1, " ");
    CHECK_FALSE(parse_line(spaced));
    std::string extra = line;
    extra.insert(extra.size() - 1, ",\"zebra\":1");
    CHECK_FALSE(parse_line(extra));
}

TEST_CASE("a body cannot pass for the id of its entry") {
    Entry entry = some_entry();
    entry.draft.body =
        R"({"a":1,"id":"01AAAAAAAAAAAAAAAAAAAAAAAA","text":",\"id\":\"01BBBBBBBBBBBBBBBBBBBBBBBB"})";
    REQUIRE(check(entry.draft));
    entry.draft.subject = ",\"id\":\"01CCCCCCCCCCCCCCCCCCCCCCCC";
    CHECK(id_in_line(to_line(entry)) == entry.draft.id.str());
}

TEST_CASE("what the log never takes is refused at the door") {
    const auto refused = [](auto change) {
        Draft draft = some_entry().draft;
        change(draft);
        return !check(draft).has_value();
    };
    CHECK_FALSE(refused([](Draft&) {}));
    CHECK(refused([](Draft& d) { d.type = "Observation"; }));
    CHECK(refused([](Draft& d) { d.type = "no_dot"; }));
    CHECK(refused([](Draft& d) { d.subject = std::string(513, 'a'); }));
    CHECK(refused([](Draft& d) { d.subject = "\xff"; }));
    CHECK(refused([](Draft& d) { d.actor.id = std::string(257, 'a'); }));
    CHECK(refused([](Draft& d) { d.body = "[]"; }));
    CHECK(refused([](Draft& d) { d.body = "{\"b\":1,\"a\":1}"; }));
    CHECK(refused([](Draft& d) { d.body = "{\"a\":1.5}"; }));
    CHECK(refused([](Draft& d) { d.body = "{\"a\":9007199254740992}"; }));
    CHECK(refused([](Draft& d) { d.body = "{\"a\":{\"Upper\":1}}"; }));
    CHECK(refused(
        [](Draft& d) { d.body = "{\"a\":\"" + std::string(max_entry_bytes, 'x') + "\"}"; }));
}

TEST_CASE("a draft survives the socket's form") {
    const Draft draft = some_entry().draft;
    const auto back = draft_from_json(to_json(draft));
    REQUIRE(back);
    CHECK(*back == draft);
}

TEST_CASE("ids differ in the index when any one character differs") {
    const std::string id = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    IdIndex index;
    REQUIRE(index.add(id, 1));
    for (std::size_t i = 0; i < id.size(); ++i) {
        for (const char c : std::string("0F")) {
            std::string other = id;
            other[i] = i == 0 && c == 'F' ? '6' : c;
            INFO(other);
            REQUIRE_FALSE(index.find(other));
        }
    }
    CHECK(index.find(id) == 1);
}

TEST_CASE("the types are sorted and each is found") {
    const auto types = entry_types();
    CHECK(std::is_sorted(types.begin(), types.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    CHECK(find_entry_type("apply.intent")->origin == Origin::apply);
    CHECK(find_entry_type("log.opened")->origin == Origin::writer);
    CHECK(find_entry_type("nothing.here") == nullptr);
}
