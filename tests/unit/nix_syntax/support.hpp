/// @file
/// Reading Nix in tests.
#pragma once

#include "proposals/nix/tree.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace agentd::tests {

inline proposals::nix::Tree read_nix(std::string_view text) {
    auto read = proposals::nix::parse(std::string(text));
    if (const auto* error = std::get_if<proposals::nix::SyntaxError>(&read)) {
        FAIL("not Nix: " << error->message() << "\n" << text);
    }
    return std::move(std::get<proposals::nix::Tree>(read));
}

inline proposals::nix::SyntaxError refused_nix(std::string_view text) {
    auto read = proposals::nix::parse(std::string(text));
    if (std::holds_alternative<proposals::nix::Tree>(read)) {
        FAIL("was taken: " << text);
    }
    return std::get<proposals::nix::SyntaxError>(read);
}

} // namespace agentd::tests
