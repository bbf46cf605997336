/// @file
/// The tables of an index, in one place for who writes and who reads them.
#pragma once

#include "evaluator/index/option_index.hpp"
#include "store/sqlite.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// In the name of a file that is being written.
inline constexpr std::string_view half_made = ".half.";
/// Another number or another script, another file: what an older program wrote is made anew.
std::string index_schema();

/// Columns of `option`, in the order of read_option.
inline constexpr std::string_view option_columns =
    " o.path, o.type, o.description, o.default_text, o.example, o.declared, o.new_name, o.hidden,"
    " o.own, o.read_only ";
IndexedOption read_option(const store::Statement& row);

/// The tables, empty. `cut`: there are more options than are going to be written.
void make_tables(store::Database& database, bool cut);
void write_option(store::Database& database, const IndexedOption& option);
void write_package(store::Database& database, const IndexedPackage& package);
/// Which files of the flake take part, as evaluator/nix/index.nix tells it; nothing where it does
/// not. Bounded.
void write_places(store::Database& database, const core::Json& answer);
/// Its name is left empty. nullopt where that was not told.
std::optional<proposals::map::EvaluatedHost> read_places(store::Database& database);

/// The words of a name: its parts and theirs (`hostName` is `hostName host Name`), for the index.
std::string words_of_name(std::string_view name);
/// Lower-case words of what somebody asked for, letters and digits only; at most eight.
std::vector<std::string> words_of_query(std::string_view query);

} // namespace agentd::evaluator
