/// @file
/// Attributes of git that make what is evaluated another text than what is committed.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "proposals/git.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// The first attribute of a `.gitattributes` file that may let git hand out other bytes than those
/// of the commit (`export-ignore`, `export-subst`, `ident`, `working-tree-encoding`, `eol=crlf`),
/// given to a pattern or to a macro; nullopt when there is none. A `filter` does nothing without a
/// driver in a configuration, and of those none is read.
std::optional<std::string> attribute_that_changes(std::string_view text);

/// Whether what Nix is given of a commit is what the commit says. Problem `attributes`, with the
/// file.
core::Result<core::Done> check_attributes(const Repository& repository, const core::Commit& commit);

} // namespace agentd::proposals
