/// @file
/// Looking into answers: what is missing reads as empty, and every text is safe for a terminal.
#pragma once

#include "agentd/core/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::ctl {

/// The member, or null when there is none.
const core::Json& part(const core::Json& value, const char* key);
/// The elements of a list; none when it is not one.
std::vector<core::Json> list(const core::Json& value, const char* key);
/// The text as it came; empty when there is none. Never print it.
std::string raw(const core::Json& value, const char* key);
/// One line that is safe to print.
std::string shown(const core::Json& value, const char* key, std::size_t limit = 300);
std::int64_t number(const core::Json& value, const char* key);
bool truth(const core::Json& value, const char* key);

/// Text from outside as one line of at most `limit` bytes: hidden code points drawn, TAB a space.
std::string one_line(std::string_view text, std::size_t limit = 300);
/// Filled with spaces to `width` code points.
std::string pad(std::string text, std::size_t width);
/// `1 change`, `2 changes`
std::string count(std::size_t n, std::string_view one, std::string_view many = {});
/// `2026-01-02 03:04`, for people; the text itself when it is no moment.
std::string moment(std::string_view instant);

} // namespace agentd::ctl
