/// @file
/// What an index answers, as the JSON that the socket and `agentctl --json` give.
#pragma once

#include "evaluator/index/option_index.hpp"

#include <string_view>

namespace agentd::evaluator {

std::string_view to_string(Standing standing) noexcept;

/// `{path, type, default, example, description, declared, own, hidden, read_only, new_name}`
core::Json to_json(const IndexedOption& option);
/// `{standing, type, option, below, nearest}`; `type` is null where no one type stands there.
core::Json to_json(const LookUp& found);
/// `{attribute, pname, version}`
core::Json to_json(const IndexedPackage& package);

inline constexpr std::size_t default_hits = 20;
inline constexpr std::size_t most_hits = 100;
/// `{options:[…], of}` and `{packages:[…], of}`
core::Json options_found(const OptionIndex& index, std::string_view words, std::size_t limit);
core::Json packages_found(const OptionIndex& index, std::string_view words, std::size_t limit);

} // namespace agentd::evaluator
