#include "proposals/state.hpp"

#include "proposals/names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace agentd::proposals {

namespace {

constexpr Names<State, all_states.size()> names{
    "drafted",    "checking",    "verified", "decided", "approved", "applying",
    "confirmed",  "rolled_back", "failed",   "refused", "denied",   "withdrawn",
    "superseded", "lapsed",      "expired",  "stale"};

constexpr std::array main_line{
    Transition{State::drafted, State::checking, "its tests begin"},
    Transition{State::drafted, State::refused, "intake said no"},
    Transition{State::checking, State::verified, "it was built and its effects are known"},
    Transition{State::checking, State::refused, "a test said no"},
    Transition{State::verified, State::decided, "policy has spoken"},
    Transition{State::verified, State::refused, "it cannot be explained"},
    Transition{State::verified, State::denied, "policy forbids it"},
    Transition{State::decided, State::approved, "policy or a person agreed"},
    Transition{State::decided, State::denied, "policy or a person said no"},
    Transition{State::approved, State::applying, "the helper was asked"},
    Transition{State::approved, State::denied, "a person objected in time"},
    Transition{State::approved, State::expired, "the approval ran out"},
    Transition{State::applying, State::confirmed, "applied and healthy"},
    Transition{State::applying, State::rolled_back, "applied, unwell, taken back"},
    Transition{State::applying, State::failed, "applying went wrong"},
    Transition{State::applying, State::refused, "the helper refused before it touched anything"},
    Transition{State::applying, State::stale, "the machine is not what was approved"},
    Transition{State::stale, State::checking, "it is verified again"},
    Transition{State::expired, State::checking, "it is verified again"},
};

/// What may happen to any open proposal that is not being applied.
constexpr std::array aside{
    std::pair{State::withdrawn, std::string_view("its proposer took it back")},
    std::pair{State::superseded, std::string_view("another proposal took its place")},
    std::pair{State::lapsed, std::string_view("nobody looked at it")},
    std::pair{State::stale, std::string_view("base, policy or machine changed")},
};
constexpr std::array movable{State::drafted,  State::checking, State::verified, State::decided,
                             State::approved, State::stale,    State::expired};

std::vector<Transition> make_table() {
    std::vector<Transition> table(main_line.begin(), main_line.end());
    for (const State from : movable) {
        for (const auto& [to, when] : aside) {
            if (from != to) {
                table.push_back({.from = from, .to = to, .when = when});
            }
        }
    }
    return table;
}

} // namespace

std::string_view to_string(State state) noexcept {
    return name_of(names, state);
}

std::optional<State> parse_state(std::string_view text) noexcept {
    return value_of(names, text);
}

std::span<const Transition> transitions() noexcept {
    static const std::vector<Transition> table = make_table();
    return table;
}

bool may_go(State from, State to) noexcept {
    const auto table = transitions();
    return std::any_of(table.begin(), table.end(),
                       [&](const Transition& t) { return t.from == from && t.to == to; });
}

bool is_open(State state) noexcept {
    return state == State::applying ||
           std::find(movable.begin(), movable.end(), state) != movable.end();
}

std::string transitions_as_markdown() {
    std::string out = "| from | to | when |\n|---|---|---|\n";
    for (const Transition& t : transitions()) {
        out += "| `" + std::string(to_string(t.from)) + "` | `" + std::string(to_string(t.to)) +
               "` | " + std::string(t.when) + " |\n";
    }
    return out;
}

} // namespace agentd::proposals
