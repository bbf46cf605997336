/// @file
/// The type of an option as far as it tells itself, and what fits it.
#pragma once

#include "agentd/core/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// `listOf (intBetween 0 65535)`, say, as a tree. Names are those of the module system.
struct OptionType {
    std::string name{};                ///< `bool`, `listOf`, `submodule`; "" is not known
    std::string description{};         ///< "16 bit unsigned integer; …"; untrusted
    std::vector<std::string> values{}; ///< of an enum: each as canonical JSON
    bool free = false;                 ///< takes names that it does not declare
    std::string role{};                ///< within another: `elemType`, `left`, …
    std::vector<OptionType> within{};

    const OptionType* inner(std::string_view wanted) const;

    friend bool operator==(const OptionType&, const OptionType&) = default;
};

/// What stands below a name in a value of a type.
struct Below {
    bool anything = false; ///< nobody can tell: `attrs`, `anything`, what is `free` or strange
    const OptionType* type = nullptr; ///< the elements of `attrsOf`; with neither there is nothing
};
Below below(const OptionType& type);

/// Of `evaluator/nix/index.nix`; what is not of its shape, or deeper than 8, is not known.
OptionType option_type_from_json(const core::Json& json);
core::Json to_json(const OptionType& type);

enum class Fit {
    fits,
    does_not, ///< Nix will refuse it
    unknown,  ///< cannot be told from outside: packages, functions, free-form
};

struct Fitting {
    Fit fit = Fit::unknown;
    std::string why{}; ///< of `does_not`: "80000 is not between 0 and 65535"
};

/// Whether a literal value fits. A value inside a list or set is judged as deep as the type goes.
Fitting fits(const OptionType& type, const core::Json& value);

} // namespace agentd::evaluator
