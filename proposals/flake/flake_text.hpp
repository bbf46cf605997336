/// @file
/// What a flake.nix says of its inputs, read from its syntax alone.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/flake/reference.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::flake {

struct DeclaredInput {
    Attributes place{};                   ///< empty: it says none
    std::optional<std::string> follows{}; ///< as written: `a/b`, or "" for none at all
    std::optional<bool> flake{};
    std::map<std::string, DeclaredInput> inputs{}; ///< what it says of that input's own inputs
    bool of_arguments = false; ///< only `outputs` names it: the registry says where it is
    friend bool operator==(const DeclaredInput&, const DeclaredInput&) = default;
};

struct FlakeText {
    // More than any flake says by hand; what is beyond costs whoever reads it.
    static constexpr std::size_t most_bytes = 256U << 10;
    static constexpr std::size_t most_bindings = 2'000; ///< below `inputs` and `nixConfig`
    static constexpr std::size_t deepest = 16;          ///< names of one path
    static constexpr std::size_t longest_name = 255;
    static constexpr std::size_t most_settings = 64U << 10; ///< bytes of nixConfig
    static constexpr std::size_t most_problems = 500;

    std::map<std::string, DeclaredInput> inputs{}; ///< but `self`
    /// Each setting of `nixConfig` as it is written, one a line, without blanks and comments.
    std::string settings{};
    std::size_t settings_line = 0;  ///< where the first of them stands; 0: nowhere
    bool settings_are_plain = true; ///< nothing in them has to be evaluated
    /// `flake_unreadable`, `computed_flake`, `input_type`, `input_self`, `submodule`; `where` is
    /// `PATH:LINE`. A flake.nix that says more than is read of it is `flake_unreadable` alone.
    std::vector<core::Problem> problems{};
};

/// @param path what the file is called in problems
FlakeText read_flake(std::string_view text, std::string_view path);

} // namespace agentd::proposals::flake
