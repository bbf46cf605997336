/// @file
/// What the syntax of Nix promises of any text; for who makes texts up. The first that is broken
/// ends the program.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace agentd::tests {

class Choices {
  public:
    explicit Choices(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  private:
    std::mt19937_64 random_;
};

/// Tree, colours, rules, edits, or the error. True when it is Nix.
bool hold_text(const std::string& text, Choices choices);

} // namespace agentd::tests
