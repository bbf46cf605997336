#include "proposals/state.hpp"

#include "tests/support/catch.hpp"

using namespace agentd::proposals;

TEST_CASE("every state has its own name and is read back from it") {
    for (const State state : all_states) {
        CHECK(parse_state(to_string(state)) == state);
    }
    CHECK_FALSE(parse_state("Approved").has_value());
    CHECK_FALSE(parse_state("").has_value());
}

TEST_CASE("only an approved proposal can be applied, and only a decided one approved") {
    for (const State from : all_states) {
        CHECK(may_go(from, State::applying) == (from == State::approved));
        CHECK(may_go(from, State::approved) == (from == State::decided));
        CHECK(may_go(from, State::confirmed) == (from == State::applying));
        CHECK(may_go(from, State::verified) == (from == State::checking));
    }
}

TEST_CASE("from a closed state nothing leads on, from an open one something does") {
    for (const State from : all_states) {
        bool leads_on = false;
        for (const State to : all_states) {
            leads_on = leads_on || may_go(from, to);
        }
        CHECK(leads_on == is_open(from));
    }
}

TEST_CASE("a proposal being applied cannot be withdrawn, superseded or lapse") {
    CHECK_FALSE(may_go(State::applying, State::withdrawn));
    CHECK_FALSE(may_go(State::applying, State::superseded));
    CHECK_FALSE(may_go(State::applying, State::lapsed));
    CHECK(may_go(State::decided, State::withdrawn));
    CHECK(may_go(State::stale, State::checking));
}

TEST_CASE("no transition stands twice in the table and the documentation shows each") {
    const std::string text = transitions_as_markdown();
    for (const Transition& a : transitions()) {
        int count = 0;
        for (const Transition& b : transitions()) {
            count += a.from == b.from && a.to == b.to ? 1 : 0;
        }
        CHECK(count == 1);
        CHECK(a.from != a.to);
        CHECK(text.find("| `" + std::string(to_string(a.from)) + "` | `" +
                        std::string(to_string(a.to)) + "` |") != std::string::npos);
    }
}
