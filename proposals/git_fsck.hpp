/// @file
/// Whether a commit of somebody else's is made as git makes them. For the git*.cpp files only.
#pragma once

#include "proposals/git_handles.hpp"

#include "agentd/core/result.hpp"

namespace agentd::proposals {

/// The commit and all trees below it, from their raw bytes: what a reader of its own would see
/// otherwise than another (a name twice, out of order, with `/`, `.git` by any spelling, an entry
/// that is no such object, a null id, a mode git does not write) is refused, as what is too deep
/// (64 folders) or too much (a million entries). Blobs are looked up, not read. Problem
/// `bad_object`, with the path of the entry.
core::Result<core::Done> check_objects(git_repository* repository, const git_oid& commit);

} // namespace agentd::proposals
