// Grants and events as bytes.
#include "history.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;
using policy::trust::event_from_line;
using policy::trust::parse_grant;
using std::chrono::days;

TEST_CASE("a grant is read from exactly the bytes that are signed") {
    const auto grant = grant_of(key_of(), TrustLevel::veto, start);
    const auto bytes = canonical_bytes(grant);
    const auto read = parse_grant(bytes);
    REQUIRE(read);
    CHECK(*read == grant);
    CHECK(parse_grant(bytes + "\n").problem().code == "not_canonical");
    CHECK(parse_grant(" " + bytes).problem().code == "not_canonical");
    CHECK(parse_grant(std::string(9000, ' ')).problem().code == "too_large");
    auto json = nlohmann::json::parse(bytes);
    json["more"] = true;
    CHECK(parse_grant(json.dump()).problem().code == "unknown_field");
}

TEST_CASE("no grant is longer than a month, gives a grave class anything, or revokes") {
    const auto code = [](const Grant& grant) {
        const auto read = parse_grant(canonical_bytes(grant));
        return read ? std::string() : read.problem().code;
    };
    CHECK(code(grant_of(key_of(), TrustLevel::automatic, start)).empty());
    CHECK(code(grant_of(key_of(), TrustLevel::automatic, start, days(31))) == "bad_grant");
    CHECK(code(grant_of(key_of(), TrustLevel::automatic, start, days(0))) == "bad_grant");
    CHECK(code(grant_of(key_of(), TrustLevel::revoked, start)) == "bad_grant");
    CHECK(code(grant_of(key_of("x", EffectClass::reach), TrustLevel::veto, start)) == "bad_grant");
    CHECK(code(grant_of(key_of("x", EffectClass::self), TrustLevel::ask, start)).empty());
}

TEST_CASE("an event is a line and comes back the same") {
    const auto history = trusted();
    for (const auto& event : history.events) {
        const auto read = event_from_line(to_line(event));
        REQUIRE(read);
        REQUIRE(*read == event);
    }
    CHECK_FALSE(event_from_line("{}"));
    CHECK_FALSE(event_from_line(""));
    CHECK_FALSE(event_from_line(to_line(history.events.front()).substr(1)));
    auto other = nlohmann::json::parse(to_line(history.events.front()));
    other["class"] = "harmless";
    CHECK_FALSE(event_from_line(other.dump()));
}

TEST_CASE("a standing is told with its reasons, what is missing, and what may be claimed") {
    const auto history = trusted();
    const auto json = to_json(standing(history));
    CHECK(json.at("level") == "auto");
    CHECK(json.at("class") == "package");
    CHECK(json.at("grant").at("schema") == "agentd.trust-grant/1");
    CHECK(json.at("bound").get<std::string>().starts_with("0 faults in 21"));
    const auto lines = words_of(standing(history));
    CHECK(lines.front().starts_with("agent:claude#111111111111 · package · web: auto until 2026-"));
}
