/// @file
/// Remedies for observations that are known well enough to be offered without a model.
#pragma once

#include "proposals/act.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::planners {

/// The part of an observation that may decide about a remedy. Its title and detail may not: they
/// can hold text from outside.
struct Symptom {
    std::string kind{};    ///< as in the observation, e.g. `unit_failed`
    std::string subject{}; ///< the unit, path or input concerned; may be empty
};

/// Build and apply what the flake's head already says: no change is needed.
struct ApplyHead {
    std::string why{};
    friend bool operator==(const ApplyHead&, const ApplyHead&) = default;
};

/// Something done to the machine, without another system.
struct Do {
    proposals::Act act;
    std::string why{};
    friend bool operator==(const Do&, const Do&) = default;
};

/// Nothing is known that would help. `why` says so honestly; `look` is what a person could look at,
/// or empty.
struct NoRemedy {
    std::string why{};
    std::string look{};
    friend bool operator==(const NoRemedy&, const NoRemedy&) = default;
};

using Remedy = std::variant<NoRemedy, ApplyHead, Do>;

/// Never guesses: an unknown kind has no remedy.
Remedy remedy_for(const Symptom& symptom);
/// One line for a person: what helps, or that nothing is known to and where to look.
std::string advice(const Symptom& symptom);
/// The word for the observation's `remedy` field: `apply_head`, `act`, or "" for none.
std::string_view name_of(const Remedy& remedy) noexcept;

} // namespace agentd::planners
