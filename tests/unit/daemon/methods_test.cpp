#include "agentd/api/methods.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <future>
#include <set>

using namespace agentd;
using api::Lane;
using core::Json;

namespace {

core::Problem refusal(const char* method, const Json& params) {
    const auto checked = api::check_fields(*api::find_method(method), params);
    return checked ? core::Problem{.code = "none"} : checked.problem();
}

} // namespace

TEST_CASE("what stops something waits behind nothing but its own kind") {
    std::set<std::string_view> brakes;
    for (const api::Method& method : api::methods()) {
        if (method.lane == Lane::brakes) {
            brakes.insert(method.name);
        }
    }
    CHECK(brakes ==
          std::set<std::string_view>{"freeze", "cancel", "confirm", "reject", "trust.revoke", "withdraw"});
}

TEST_CASE("whether a session still counts waits for no other request, and no login for a pairing") {
    for (const auto& [name, lane] :
         {std::pair{"session.check", Lane::checks}, std::pair{"session.login", Lane::visits},
          std::pair{"pair.enrol", Lane::pairings}}) {
        CHECK(api::find_method(name)->lane == lane);
        for (const api::Method& method : api::methods()) {
            CHECK((method.name == name || method.lane != lane));
        }
    }
}

TEST_CASE("while logins and slow requests hang, a brake is answered and rows are read") {
    api::Desks desks;
    std::promise<void> go_on;
    const auto gate = go_on.get_future().share();
    for (Inbox* slow : {&desks.visits, &desks.errands, &desks.decisions}) {
        for (int i = 0; i < 128; ++i) {
            REQUIRE(slow->post([gate](const std::stop_token&) { gate.wait(); }));
        }
    }
    CHECK(desks.brakes.ask([] { return 1; }) == 1);
    CHECK(desks.looks.ask([] { return 2; }) == 2);
    go_on.set_value();
    desks.stop();
}

TEST_CASE("every method is found by its name, once, and another is not") {
    std::set<std::string_view> names;
    for (const api::Method& method : api::methods()) {
        CHECK(names.insert(method.name).second);
        CHECK(api::find_method(method.name) == &method);
    }
    CHECK(api::find_method("dance") == nullptr);
}

TEST_CASE("a parameter of another type is refused by its name, not read past") {
    CHECK(refusal("audit.tail", {{"from", 0}, {"limit", nullptr}}).code == "none");
    CHECK(refusal("show", {{"proposal", "01ABC"}}).code == "none");
    CHECK(refusal("show", {{"proposal", 3}}).code == "none");
    const auto from = refusal("audit.tail", {{"from", "abc"}});
    CHECK(from.code == "bad_value");
    CHECK(from.message == "`from` has to be a whole number, from 0 on, not `\"abc\"`");
    CHECK(from.where == "audit.tail: from");
    CHECK(refusal("audit.tail", {{"limit", -1}}).code == "bad_value");
    CHECK(refusal("audit.tail", {{"limit", 1.5}}).code == "bad_value");
    CHECK(refusal("list", {{"all", "yes"}}).message.find("`all` has to be true or false") == 0);
    CHECK(refusal("reject", {{"proposal", 1}, {"reason", 5}}).where == "reject: reason");
    CHECK(refusal("show", {{"proposal", Json::array()}}).code == "bad_value");
    const auto unknown = refusal("list", {{"al", true}});
    CHECK(unknown.code == "unknown_field");
    CHECK(unknown.hint == "it takes: all");
    CHECK(refusal("status", {{"x", 1}}).hint == "it takes none");
}
