// A value is found exactly where trying every value finds one.
#include "policy/analysis/values.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <random>

using namespace agentd;
using policy::Condition;
using policy::FactValue;
using policy::Glob;
using policy::Test;
using policy::Texts;
using policy::Wish;

namespace {

class Dice {
  public:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    template <class List> const auto& one_of(const List& list) { return list[below(list.size())]; }
    std::vector<std::string> names() {
        std::vector<std::string> out;
        for (const char* name : {"a", "b", "c"}) {
            if (below(2) == 0) {
                out.emplace_back(name);
            }
        }
        return out;
    }

  private:
    std::mt19937 random_{11};
};

// Over the names a, b and c: `none_in [z…]` of the universe keeps every other name out.
Condition on_set(Dice& dice, std::size_t fact) {
    const std::array tests{Test::subset_of, Test::superset_of, Test::any_in,     Test::none_in,
                           Test::all_match, Test::any_match,   Test::none_match, Test::empty,
                           Test::count_le,  Test::count_ge};
    const Test test = dice.one_of(tests);
    if (test == Test::empty) {
        return {.fact = fact, .test = test, .wanted = dice.below(2) == 0};
    }
    if (test == Test::count_le || test == Test::count_ge) {
        return {.fact = fact, .test = test, .wanted = static_cast<std::int64_t>(dice.below(5))};
    }
    if (test == Test::all_match || test == Test::any_match || test == Test::none_match) {
        const std::array patterns{"a", "{a,b}", "*", "c"};
        return {.fact = fact,
                .test = test,
                .wanted =
                    std::vector<Glob>{*Glob::compile(dice.one_of(patterns), policy::Form::text)}};
    }
    return {.fact = fact, .test = test, .wanted = dice.names()};
}

std::vector<FactValue> all_sets() {
    std::vector<FactValue> out;
    for (unsigned bits = 0; bits < 8; ++bits) {
        Texts set;
        for (unsigned i = 0; i < 3; ++i) {
            if ((bits >> i & 1U) != 0) {
                set.insert(std::string(1, static_cast<char>('a' + i)));
            }
        }
        out.emplace_back(std::move(set));
    }
    return out;
}

bool suits(const std::vector<Wish>& wishes, const FactValue& value) {
    return std::all_of(wishes.begin(), wishes.end(), [&](const Wish& wish) {
        return policy::evaluate(*wish.condition, value) ==
               (wish.holds ? policy::Truth::yes : policy::Truth::no);
    });
}

} // namespace

TEST_CASE("a set is found exactly where there is one") {
    Dice dice;
    const std::size_t fact = *policy::find_fact("change.packages_added");
    const Condition universe{
        .fact = fact, .test = Test::subset_of, .wanted = std::vector<std::string>{"a", "b", "c"}};
    int found = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::vector<Condition> conditions;
        for (std::size_t i = 0; i <= dice.below(5); ++i) {
            conditions.push_back(on_set(dice, fact));
        }
        std::vector<Wish> wishes{{.condition = &universe}};
        for (const Condition& condition : conditions) {
            wishes.push_back({.condition = &condition, .holds = dice.below(2) == 0});
        }
        const auto sets = all_sets();
        const bool there = std::any_of(
            sets.begin(), sets.end(), [&](const FactValue& value) { return suits(wishes, value); });
        const auto answer = policy::find_value(fact, wishes);
        for (const Wish& wish : wishes) {
            UNSCOPED_INFO((wish.holds ? "" : "not ") << describe(*wish.condition));
        }
        REQUIRE(answer.decided);
        REQUIRE(answer.value.has_value() == there);
        found += there ? 1 : 0;
    }
    CHECK(found > 2000);
    CHECK(found < 18'000);
}

TEST_CASE("a number is found between bounds, and at the ends of what there is") {
    Dice dice;
    const std::size_t fact = *policy::find_fact("change.lines");
    const std::array tests{Test::eq, Test::lt, Test::le, Test::gt, Test::ge};
    for (int round = 0; round < 20'000; ++round) {
        std::vector<Condition> conditions;
        for (std::size_t i = 0; i <= dice.below(4); ++i) {
            conditions.push_back({.fact = fact,
                                  .test = dice.one_of(tests),
                                  .wanted = static_cast<std::int64_t>(dice.below(7))});
        }
        std::vector<Wish> wishes;
        for (const Condition& condition : conditions) {
            wishes.push_back({.condition = &condition, .holds = dice.below(3) != 0});
        }
        bool there = false;
        for (std::int64_t value = -2; value < 9; ++value) {
            there = there || suits(wishes, value);
        }
        REQUIRE(policy::find_value(fact, wishes).value.has_value() == there);
    }
    const Condition beyond{
        .fact = fact, .test = Test::gt, .wanted = std::numeric_limits<std::int64_t>::max()};
    const std::vector<Wish> wishes{{.condition = &beyond}};
    CHECK_FALSE(policy::find_value(fact, wishes).value);
    CHECK(policy::find_value(fact, wishes).decided);
}

TEST_CASE("so many members that no set holds them are no members") {
    const std::size_t fact = *policy::find_fact("change.units_added");
    for (const std::int64_t count :
         {std::int64_t{65'537}, std::numeric_limits<std::int64_t>::max()}) {
        const Condition many{.fact = fact, .test = Test::count_ge, .wanted = count};
        const std::vector<Wish> wishes{{.condition = &many}};
        CHECK_FALSE(policy::find_value(fact, wishes).value);
    }
    const Condition hundred{.fact = fact, .test = Test::count_ge, .wanted = std::int64_t{100}};
    const std::vector<Wish> wishes{{.condition = &hundred}};
    CHECK(std::get<Texts>(*policy::find_value(fact, wishes).value).size() == 100);
}
