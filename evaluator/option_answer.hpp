/// @file
/// How options are asked for within a script, and how its answer is read.
#pragma once

#include "evaluator/nix_query.hpp"
#include "evaluator/option_values.hpp"

#include <map>
#include <optional>
#include <string>

namespace agentd::evaluator {

/// `{ "net.ipv4" = null; … }`; `null` for no words.
std::string nix_words(const OptionWords& words);

/// The text of the list that options.nix makes. Whatever in it is not of that form is left out;
/// nullopt when it is no JSON.
std::optional<OptionValues> read_option_values(const core::Json& text);
/// The same from the list itself; nullopt when it is none.
std::optional<OptionValues> option_values_of(const core::Json& list);

/// As if they had been asked for with these words alone.
OptionValues restrict_options(const OptionValues& values, const OptionWords& words);
/// Not all there was may be told.
bool is_full(const OptionValues& values) noexcept;

} // namespace agentd::evaluator
