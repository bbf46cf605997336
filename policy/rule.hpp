/// @file
/// A policy as a value: rules that grant, cap or require, each with its conditions.
#pragma once

#include "agentd/core/digest.hpp"
#include "policy/facts.hpp"
#include "policy/glob.hpp"
#include "policy/window.hpp"
#include "proposals/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::policy {

enum class RuleEffect { grant, cap, require };

enum class Test {
    is,
    eq,
    lt,
    le,
    gt,
    ge,
    in,
    not_in,
    glob,
    subset_of,
    superset_of,
    any_in,
    none_in,
    all_match,
    any_match,
    none_match,
    empty,
    count_le,
    count_ge,
};

std::string_view to_string(RuleEffect effect) noexcept;
std::string_view to_string(Test test) noexcept;
std::optional<Test> parse_test(std::string_view text) noexcept;
/// The tests a fact of this type can have.
const std::vector<Test>& tests_of(FactType type);

/// Names are sorted. Numbers are ranks where the fact is ordered.
using Wanted =
    std::variant<bool, std::int64_t, std::string, std::vector<std::string>, std::vector<Glob>>;

/// One test of one fact.
struct Condition {
    std::size_t fact = 0; ///< index into known_facts()
    Test test = Test::is;
    Wanted wanted{};
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// `change.ports_opened count_ge 1`
std::string describe(const Condition& condition);

enum class Truth { no, unknown, yes };
/// Unknown exactly when the fact is.
Truth evaluate(const Condition& condition, const Facts& facts);
/// Of the value of its fact alone.
Truth evaluate(const Condition& condition, const FactValue& value);

struct Rule {
    std::string id{};
    RuleEffect effect = RuleEffect::cap;
    std::optional<proposals::Level> level{};             ///< always for grant and cap
    std::optional<proposals::PresenceMethod> presence{}; ///< of a require, perhaps of a grant
    proposals::Obligations obligations{};                ///< likewise; of a cap there are none
    std::string why{};
    std::string owner{};
    std::optional<std::chrono::sys_days> expires{}; ///< the last day on which it counts
    std::vector<Condition> when{};                  ///< all of them; none means always
    std::string where{};                            ///< file:line:column, when it was loaded
};

/// Does a rule count whose conditions came out so? Unknown does not grant, and it does cap and
/// require.
bool counts(RuleEffect effect, Truth truth) noexcept;
/// The highest level there is while the rule counts. A presence can only be shown, and a host only
/// be typed, by somebody who is asked; what waits is not automatic; a grant holds nothing lower.
proposals::Level ceiling(const Rule& rule) noexcept;

/// Who approves what they wrote: nobody, a person who typed it at a terminal, every person.
enum class SelfApproval { never, terminal, person };

struct Policy {
    static constexpr std::size_t max_rules = 1024;
    static constexpr std::size_t max_conditions = 32; ///< of one rule
    static constexpr std::size_t max_names = 256;     ///< of one condition

    std::int64_t revision = 0;
    proposals::Level level = proposals::Level::approve; ///< when no rule grants more
    proposals::PresenceMethod presence = proposals::PresenceMethod::ssh;
    SelfApproval self_approval = SelfApproval::never;
    std::map<std::string, proposals::Role, std::less<>> roles{}; ///< of approvers, by name
    std::vector<Window> windows{};                               ///< each name once
    std::vector<Rule> rules{};
    core::Digest digest{core::Digest::Bytes{}}; ///< SHA-256 of the file's bytes
};

/// Of a name, however capitalised: in no role it looks only, where somebody is named who approves.
proposals::Role role_of(const Policy& policy, std::string_view approver);
const Window* find_window(const Policy& policy, std::string_view name);

/// The last day on which every rule counts: after it the file has to be loaded again (and is
/// refused).
std::optional<std::chrono::sys_days> last_good_day(const Policy& policy);

} // namespace agentd::policy
