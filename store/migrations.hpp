/// @file
/// Numbered steps of the schema, from `schema/NNNN_name.sql`, built into the program.
#pragma once

#include <span>
#include <string_view>

namespace agentd::store {

class Database;

struct Migration {
    int number = 0; ///< 1, 2, …: the user_version afterwards
    std::string_view name{};
    std::string_view sql{};
};

/// Those of this program, in order.
std::span<const Migration> migrations() noexcept;

/// Brings `database` to the last of `steps` in one transaction. A database that has rows is copied
/// to
/// `<path>.before-<new version>` first. Failure misconfigured when it is newer than `steps`, or is
/// a database of another program.
void migrate(Database& database, std::span<const Migration> steps = migrations());

} // namespace agentd::store
