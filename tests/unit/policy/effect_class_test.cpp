// The class of a change: never lower by one effect more, never lower by being split.
#include "policy/effect_class.hpp"

#include "policy/join.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <set>

using namespace agentd;
using policy::class_of;
using policy::EffectClass;
using policy::Origin;
using proposals::Effect;
using proposals::Effects;
using proposals::Risk;

namespace {

Effect effect(std::string kind, Risk risk = Risk::none) {
    for (const auto& known : proposals::known_kinds()) {
        if (known.kind == kind) {
            return {.area = std::string(known.area),
                    .kind = std::move(kind),
                    .risk = std::max(risk, known.usual_risk)};
        }
    }
    return {.area = "new", .kind = std::move(kind), .risk = risk};
}

Effects effects_of(std::vector<Effect> list) {
    Effects out;
    out.effects = std::move(list);
    return out;
}

Effects random_effects(std::mt19937& random) {
    const auto kinds = proposals::known_kinds();
    Effects out;
    for (auto count = random() % 8; count > 0; --count) {
        const auto& known = kinds[random() % kinds.size()];
        out.effects.push_back({.area = std::string(known.area),
                               .kind = std::string(known.kind),
                               .risk = static_cast<Risk>(random() % 5)});
    }
    out.truncated = random() % 16 == 0;
    return out;
}

Effects together(const Effects& a, const Effects& b) {
    Effects out = a;
    out.effects.insert(out.effects.end(), b.effects.begin(), b.effects.end());
    out.truncated = a.truncated || b.truncated;
    return out;
}

} // namespace

TEST_CASE("every kind of effect has its class, and one that nobody knows is of the system") {
    for (const auto& known : proposals::known_kinds()) {
        INFO(known.kind);
        // What is grave by its kind is never a matter of packages or settings.
        const auto found = class_of(effect(std::string(known.kind)), Origin{});
        CHECK((known.usual_risk < Risk::high || found >= EffectClass::reach));
        CHECK((known.usual_risk < Risk::critical || found >= EffectClass::system));
        CHECK((known.area != "unclassified" || found == EffectClass::system));
        CHECK((known.area != "boot" || found == EffectClass::system));
        // One without a row would be unclassified.
        CHECK((found != EffectClass::system || known.area == "unclassified" ||
               policy::warning_of(known.kind) != nullptr));
        const auto* warning = policy::warning_of(known.kind);
        const bool unnamed = known.kind.starts_with("unclassified") ||
                             known.kind == "act_forbidden" || known.kind == "unit_unreadable" ||
                             known.kind == "sshd_unreadable";
        CHECK((warning != nullptr && warning->name == "UNCLASSIFIED") == unnamed);
    }
    CHECK(class_of(effect("made_tomorrow"), Origin{}) == EffectClass::system);
    CHECK(class_of(effect("made_tomorrow"), Origin{.upstream_bump = true}) == EffectClass::system);
    CHECK(class_of(Effects{}, Origin{}) == EffectClass::nothing);
    CHECK(class_of(effect("etc_changed"), Origin{}) == EffectClass::nothing);
    CHECK(class_of(effect("etc_changed", Risk::low), Origin{}) == EffectClass::setting);
    // sshd or glibc from elsewhere is no matter of packages, nor of settings.
    CHECK(class_of(effect("package_updated", Risk::notice), Origin{}) == EffectClass::reach);
    CHECK(class_of(effect("package_updated"), Origin{}) == EffectClass::package);
}

TEST_CASE("one more effect never lowers the class, and a graver one never does") {
    std::mt19937 random(11);
    for (int round = 0; round < 20'000; ++round) {
        const Origin origin{.upstream_bump = random() % 2 == 0};
        const auto effects = random_effects(random);
        auto more = together(effects, random_effects(random));
        REQUIRE(class_of(more, origin) >= class_of(effects, origin));
        for (auto& one : more.effects) {
            const auto before = class_of(one, origin);
            one.risk = static_cast<Risk>(std::min(4, static_cast<int>(one.risk) + 1));
            REQUIRE(class_of(one, origin) >= before);
        }
    }
}

TEST_CASE("splitting a change never lowers the highest class of its parts") {
    std::mt19937 random(12);
    for (int round = 0; round < 20'000; ++round) {
        const Origin origin{.upstream_bump = random() % 2 == 0};
        const auto a = random_effects(random);
        const auto b = random_effects(random);
        REQUIRE(class_of(together(a, b), origin) ==
                std::max(class_of(a, origin), class_of(b, origin)));
    }
}

TEST_CASE("an upstream bump moves versions, and configuration never") {
    const Origin bump{.upstream_bump = true};
    for (const char* kind : {"package_updated", "unit_changed", "kernel_changed", "initrd_changed",
                             "systemd_changed"}) {
        INFO(kind);
        CHECK(class_of(effect(kind), bump) == EffectClass::upstream_bump);
    }
    for (const char* kind : {"kernel_params", "boot_loader", "sshd_setting", "pam_changed",
                             "activation_changed", "port_opened", "unit_added", "user_changed",
                             "nix_trust", "unit_root_exec", "unclassified_changed"}) {
        INFO(kind);
        CHECK(class_of(effect(kind), bump) == class_of(effect(kind), Origin{}));
        CHECK(class_of(effect(kind), bump) >= EffectClass::reach);
    }
    CHECK(class_of(effect("agentd_changed"), bump) == EffectClass::self);
    // A version that opens something critical is no mere version.
    CHECK(class_of(effect("package_updated", Risk::critical), bump) >= EffectClass::system);
}

TEST_CASE("the fact of the class is what root works out, and unknown where effects are not told") {
    auto facts = policy::facts_from(effects_of({effect("package_added")}), {});
    CHECK(facts.get("change.class") == policy::FactValue(std::string("package")));
    facts = policy::facts_from(
        effects_of({effect("package_added"), effect("user_added"), effect("ssh_key_added")}), {});
    CHECK(facts.get("change.class") == policy::FactValue(std::string("system")));
    facts = policy::facts_from(effects_of({effect("kernel_changed")}), {.upstream_bump = true});
    CHECK(facts.get("change.class") == policy::FactValue(std::string("upstream_bump")));
    facts = policy::facts_from(effects_of({effect("kernel_changed")}), {.upstream_bump = false});
    CHECK(facts.get("change.class") == policy::FactValue(std::string("system")));
    auto many = effects_of({effect("package_added")});
    many.truncated = true;
    CHECK(policy::facts_from(many, {}).get("change.class") ==
          policy::FactValue(std::string("system")));
    CHECK(policy::known_facts()[*policy::find_fact("change.class")].recomputed);
}

TEST_CASE("classes and warnings are words that people and rules share") {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(EffectClass::self); ++i) {
        const auto one = static_cast<EffectClass>(i);
        CHECK(policy::parse_effect_class(to_string(one)) == one);
        CHECK_FALSE(policy::meaning_of(one).empty());
        names.insert(to_string(one));
    }
    CHECK(names.size() == 7);
    CHECK_FALSE(policy::parse_effect_class("harmless"));
    std::set<std::string_view> used;
    for (const auto& known : proposals::known_kinds()) {
        if (const auto* warning = policy::warning_of(known.kind)) {
            used.insert(warning->name);
        }
    }
    for (const auto& warning : policy::named_warnings()) {
        INFO(warning.name);
        CHECK((used.contains(warning.name) || warning.name == "TRUNCATED"));
        CHECK_FALSE(warning.text.empty());
    }
    auto effects = effects_of({effect("port_opened"), effect("nix_trust"), effect("port_opened"),
                               effect("made_tomorrow"), effect("package_added")});
    effects.truncated = true;
    std::vector<std::string_view> raised;
    for (const auto& warning : policy::warnings_of(effects)) {
        raised.push_back(warning.name);
    }
    CHECK(raised ==
          std::vector<std::string_view>{"NIX_TRUST", "UNCLASSIFIED", "TRUNCATED", "PORT_OPENED"});
}

TEST_CASE("161: a user, a key, a group, sudo and a port, one after the other, are judged as one") {
    // Each step's class, and that of all before it since a person agreed, as root remembers it.
    auto highest = EffectClass::nothing;
    std::int64_t steps = 0;
    std::vector<std::string> seen;
    for (const char* kind : {"package_added", "unit_changed", "user_added", "ssh_key_added",
                             "group_changed", "sudo_changed", "port_opened", "package_added"}) {
        const auto effects = effects_of({effect(kind)});
        const auto facts = policy::facts_from(
            effects, {.class_since_person = highest, .steps_since_person = steps});
        seen.push_back(std::get<std::string>(facts.get("change.class_since_person")));
        CHECK(facts.get("change.steps_since_person") == policy::FactValue(steps));
        highest = std::max(highest, class_of(effects, Origin{}));
        ++steps;
    }
    CHECK(seen == std::vector<std::string>{"package", "setting", "reach", "system", "system",
                                           "system", "system", "system"});
    // Where nobody knows what a person agreed to last, it is unknown, and helps nobody.
    CHECK(policy::facts_from({}, {}).get("change.class_since_person") ==
          policy::FactValue(policy::Unknown{}));
}
