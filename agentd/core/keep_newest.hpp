/// @file
/// A folder of entries that never becomes large.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agentd::core {

/// Of the files whose names end so those that were written or renewed last; the others go. What is
/// gone meanwhile is no trouble.
void keep_newest(const std::string& directory, std::string_view ending, std::size_t most);

/// The file was of use: as if it were written now.
void renew(const std::string& file);

} // namespace agentd::core
