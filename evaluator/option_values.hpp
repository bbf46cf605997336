/// @file
/// What the options of a host are set to, as far as given words speak of them.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/nix.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::evaluator {

/// Names of attributes. Only what is made of them is looked at, so that it costs what a change
/// touches.
using OptionWords = std::set<std::string>;
/// More than these, as Nix text, cannot be asked for at once (bytes; a program's argument has an
/// end).
inline constexpr std::size_t most_word_bytes = 64U << 10;

struct OptionValue {
    std::vector<std::string> path{};
    /// Canonical JSON: numbers, texts, booleans, null and lists as they are, a set as
    /// `{"set":{…}}`, what is no data as `{"is":"function"}`,
    /// `{"is":"package","text":"curl-8.14.1"}`, …
    std::string value{};
    std::optional<std::int64_t> priority{};
    std::vector<std::string> files{}; ///< of the repository, where it is defined
};
/// Sorted by path; at most 512.
using OptionValues = std::vector<OptionValue>;

/// Reads them in a process of its own; the toplevel is not evaluated. Problems: those of
/// `evaluate`, and `too_many_words`.
/// @throws core::Failure as `evaluate` does.
core::Result<OptionValues> option_values(const Nix& nix, const FlakeSource& source,
                                         const core::HostName& host, const OptionWords& words,
                                         std::stop_token stop = {});

} // namespace agentd::evaluator
