/// @file
/// What a build lacked and who built it, in the words of its evidence.
#pragma once

#include "evaluator/builder.hpp"
#include "evaluator/fetch.hpp"

#include <chrono>
#include <string>

namespace agentd::stages {

/// Texts that stand before and after what was built.
struct Lacking {
    Lacking(evaluator::Fetched fetched, const evaluator::Builder& builder);

    std::string before{}; ///< what came from which cache
    std::string after{};  ///< who did not answer, and what is open in who built
    std::string log{};
    std::chrono::milliseconds nix{};
};

/// `1 path`, `3 paths`.
std::string many(std::size_t count, std::string_view what);
/// `12 KiB`, `3.0 MiB`.
std::string amount(std::uint64_t bytes);

} // namespace agentd::stages
