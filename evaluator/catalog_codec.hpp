/// @file
/// A catalog as JSON: what catalog.nix answers, and what the shelf keeps on disk.
#pragma once

#include "agentd/core/json.hpp"
#include "evaluator/catalog.hpp"

namespace agentd::evaluator {

/// Reads `{packages:[[attribute, pname, version]…], options:[[path, type, type_description,
/// description]…]}`. Rows of another form are left out; names are valid UTF-8 without control
/// characters; sorted.
Catalog catalog_from(const core::Json& answer, const std::string& commit, const std::string& host);

/// One canonical document of version `agentd.catalog/1`.
std::string write_catalog(const Catalog& catalog);
core::Result<Catalog> read_catalog_document(std::string_view text);

} // namespace agentd::evaluator
