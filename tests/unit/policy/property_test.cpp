// Truths about every policy, held against random ones and against an oracle written another way.
#include "policy/decide.hpp"

#include "policy/invariants.hpp"
#include "policy_support.hpp"

#include <algorithm>
#include <random>

using namespace agentd;
using namespace agentd::test;
using policy::Condition;
using policy::FactValue;
using policy::Policy;
using policy::Rule;
using policy::RuleEffect;
using policy::Texts;
using policy::Unknown;
using proposals::Level;
using proposals::PresenceMethod;

namespace {

constexpr int rounds = 4000;

std::size_t fact(std::string_view name) {
    return *policy::find_fact(name);
}

// Three facts with few values: small enough to try every combination, and none meets an invariant.
const std::vector<std::string> fact_names{"change.lines", "change.reboot_required",
                                          "change.packages_added"};

std::vector<FactValue> values_of(std::string_view name) {
    if (name == "change.lines") {
        return {Unknown{}, std::int64_t{0}, std::int64_t{1}, std::int64_t{2}};
    }
    if (name == "change.reboot_required") {
        return {Unknown{}, false, true};
    }
    return {Unknown{}, Texts{}, Texts{"a"}, Texts{"b"}, Texts{"a", "b"}};
}

class Generator {
  public:
    explicit Generator(std::uint32_t seed) : random_(seed) {}

    std::int64_t below(std::int64_t limit) {
        return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_);
    }

    policy::Facts facts() {
        auto out = harmless();
        for (const auto& name : fact_names) {
            auto values = values_of(name);
            out.set(
                name,
                values[static_cast<std::size_t>(below(static_cast<std::int64_t>(values.size())))]);
        }
        if (below(4) == 0) {
            out.set("change.kinds", Texts{"agentd_changed"});
        }
        return out;
    }

    Condition condition() {
        using policy::Test;
        switch (below(3)) {
        case 0: {
            const std::array tests{Test::eq, Test::lt, Test::le, Test::gt, Test::ge};
            return {.fact = fact("change.lines"),
                    .test = tests[static_cast<std::size_t>(below(5))],
                    .wanted = below(3)};
        }
        case 1:
            return {
                .fact = fact("change.reboot_required"), .test = Test::is, .wanted = below(2) == 1};
        default: {
            const std::array tests{Test::subset_of, Test::superset_of, Test::any_in, Test::none_in};
            std::vector<std::string> names{"a"};
            if (below(2) == 1) {
                names = below(2) == 1 ? std::vector<std::string>{"b"}
                                      : std::vector<std::string>{"a", "b"};
            }
            return {.fact = fact("change.packages_added"),
                    .test = tests[static_cast<std::size_t>(below(4))],
                    .wanted = std::move(names)};
        }
        }
    }

    Rule rule(RuleEffect effect) {
        Rule out{.id = "r" + std::to_string(next_++), .effect = effect, .why = "w", .owner = "o"};
        if (effect != RuleEffect::require) {
            out.level = static_cast<Level>(below(6));
        }
        const std::array presences{PresenceMethod::browser, PresenceMethod::password,
                                   PresenceMethod::ssh, PresenceMethod::passkey};
        if (effect == RuleEffect::require || (effect == RuleEffect::grant && below(2) == 0)) {
            out.presence = presences[static_cast<std::size_t>(below(4))];
        }
        for (auto count = below(3); count > 0; --count) {
            out.when.push_back(condition());
        }
        return out;
    }

    Rule rule() { return rule(static_cast<RuleEffect>(below(3))); }

    Policy policy() {
        Policy out{.level = static_cast<Level>(below(6)),
                   .presence = below(2) == 0 ? PresenceMethod::browser : PresenceMethod::ssh};
        for (auto count = below(6); count > 0; --count) {
            out.rules.push_back(rule());
        }
        return out;
    }

    std::mt19937& random() { return random_; }

  private:
    std::mt19937 random_;
    int next_ = 0;
};

// Stricter asks more of the person. Where nobody is asked the level says so already.
bool at_least_as_strict(const proposals::Verdict& a, const proposals::Verdict& b) {
    return a.level < b.level || (a.level == b.level && satisfies(a.presence, b.presence));
}

// The oracle: from the sentences of the documentation, set by set, with no code of the policy room.
enum class Answer { no, unknown, yes };

Answer holds(const Condition& condition, const policy::Facts& facts) {
    const FactValue& value = facts.at(condition.fact);
    if (value.index() == 0) {
        return Answer::unknown;
    }
    const std::string test(to_string(condition.test));
    bool result = false;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        const auto order = *number <=> std::get<std::int64_t>(condition.wanted);
        result = (test == "eq" && order == 0) || (test == "lt" && order < 0) ||
                 (test == "le" && order <= 0) || (test == "gt" && order > 0) ||
                 (test == "ge" && order >= 0);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
        result = *flag == std::get<bool>(condition.wanted);
    } else {
        const auto& have = std::get<Texts>(value);
        const auto& list = std::get<std::vector<std::string>>(condition.wanted);
        std::size_t common = 0;
        for (const auto& name : list) {
            common += have.count(name);
        }
        result = (test == "subset_of" && common == have.size()) ||
                 (test == "superset_of" && common == list.size()) ||
                 (test == "any_in" && common > 0) || (test == "none_in" && common == 0);
    }
    return result ? Answer::yes : Answer::no;
}

proposals::Verdict oracle(const Policy& policy, const policy::Facts& facts) {
    int highest = static_cast<int>(policy.level);
    int lowest = static_cast<int>(Level::automatic);
    PresenceMethod offered = policy.presence;
    PresenceMethod required = PresenceMethod::none;
    for (const Rule& rule : policy.rules) {
        bool any_no = false;
        bool any_unknown = false;
        for (const Condition& condition : rule.when) {
            any_no = any_no || holds(condition, facts) == Answer::no;
            any_unknown = any_unknown || holds(condition, facts) == Answer::unknown;
        }
        if (any_no || (rule.effect == RuleEffect::grant && any_unknown)) {
            continue;
        }
        if (rule.effect == RuleEffect::grant) {
            highest = std::max(highest, static_cast<int>(*rule.level));
            offered = std::min(offered, rule.presence.value_or(PresenceMethod::passkey));
        } else if (rule.effect == RuleEffect::cap) {
            lowest = std::min(lowest, static_cast<int>(*rule.level));
        } else {
            lowest = std::min(lowest, static_cast<int>(Level::approve));
            required = std::max(required, *rule.presence);
        }
    }
    if (std::get<Texts>(facts.get("change.kinds")).count("agentd_changed") != 0) {
        lowest = std::min(lowest, static_cast<int>(Level::approve));
    }
    proposals::Verdict out{.level = static_cast<Level>(std::min(highest, lowest))};
    out.presence = out.level > Level::approve ? PresenceMethod::none : std::max(offered, required);
    return out;
}

} // namespace

TEST_CASE("a verdict is the oracle's for every combination of a small world") {
    Generator generate(1);
    for (int round = 0; round < 300; ++round) {
        const Policy policy = generate.policy();
        for (const auto& lines : values_of("change.lines")) {
            for (const auto& reboot : values_of("change.reboot_required")) {
                for (const auto& packages : values_of("change.packages_added")) {
                    for (const char* kind : {"package_added", "agentd_changed"}) {
                        auto facts = harmless();
                        facts.set("change.lines", lines)
                            .set("change.reboot_required", reboot)
                            .set("change.packages_added", packages)
                            .set("change.kinds", Texts{kind});
                        const auto found = decide(policy, facts);
                        const auto wanted = oracle(policy, facts);
                        if (found.level != wanted.level || found.presence != wanted.presence) {
                            FAIL("round " << round << ": " << to_string(found.level) << " "
                                          << to_string(found.presence) << ", the oracle says "
                                          << to_string(wanted.level) << " "
                                          << to_string(wanted.presence));
                        }
                    }
                }
            }
        }
    }
    SUCCEED();
}

TEST_CASE("one more cap or require never loosens a verdict") {
    Generator generate(2);
    for (int round = 0; round < rounds; ++round) {
        Policy policy = generate.policy();
        const auto facts = generate.facts();
        const auto before = decide(policy, facts);
        policy.rules.push_back(
            generate.rule(generate.below(2) == 0 ? RuleEffect::cap : RuleEffect::require));
        REQUIRE(at_least_as_strict(decide(policy, facts), before));
    }
}

TEST_CASE("one more grant never tightens a verdict") {
    Generator generate(3);
    for (int round = 0; round < rounds; ++round) {
        Policy policy = generate.policy();
        const auto facts = generate.facts();
        const auto before = decide(policy, facts);
        policy.rules.push_back(generate.rule(RuleEffect::grant));
        REQUIRE(at_least_as_strict(before, decide(policy, facts)));
    }
}

TEST_CASE("the order of rules means nothing, down to the reasons") {
    Generator generate(4);
    for (int round = 0; round < rounds; ++round) {
        Policy policy = generate.policy();
        const auto facts = generate.facts();
        const auto before = decide(policy, facts);
        std::shuffle(policy.rules.begin(), policy.rules.end(), generate.random());
        REQUIRE(decide(policy, facts) == before);
    }
}

TEST_CASE("knowing less never loosens a verdict") {
    Generator generate(5);
    for (int round = 0; round < rounds; ++round) {
        const Policy policy = generate.policy();
        auto facts = generate.facts();
        const auto before = decide(policy, facts);
        const auto& known = policy::known_facts();
        const auto index = generate.below(static_cast<std::int64_t>(known.size()));
        facts.set(known[static_cast<std::size_t>(index)].name, Unknown{});
        REQUIRE(at_least_as_strict(decide(policy, facts), before));
    }
}

TEST_CASE("no random policy lifts what protects agentd itself") {
    Generator generate(6);
    for (int round = 0; round < rounds; ++round) {
        auto facts = generate.facts();
        facts.set("change.kinds", Texts{"agentd_changed"});
        REQUIRE(decide(generate.policy(), facts).level <= Level::approve);
    }
}

TEST_CASE("the same input gives the same verdict") {
    Generator generate(7);
    for (int round = 0; round < 200; ++round) {
        const Policy policy = generate.policy();
        const auto facts = generate.facts();
        REQUIRE(decide(policy, facts) == decide(policy, facts));
    }
}
