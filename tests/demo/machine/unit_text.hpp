/// @file
/// The words of a unit file: quoting, expansion, time spans, booleans.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::demo {

using Environment = std::map<std::string, std::string>;

std::string_view trim(std::string_view text);

/// Splits at blanks as systemd.syntax(7) does: quotes group, a backslash escapes.
std::vector<std::string> split_words(std::string_view text);

/// systemd.time(7) spans: "90", "1s", "100ms", "1min 30s", "infinity" (none).
std::optional<std::chrono::milliseconds> parse_span(std::string_view text);

bool parse_bool(std::string_view text);

/// %n, %N, %p, %i, %t, %S, %% of a unit name.
std::string expand_specifiers(std::string_view text, const std::string& unit);

/// ${NAME} inside a word, $NAME as a whole word (split at blanks), $$ for a dollar.
std::vector<std::string> expand_variables(const std::vector<std::string>& words,
                                          const Environment& environment);

} // namespace agentd::demo
