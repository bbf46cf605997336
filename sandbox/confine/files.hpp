/// @file
/// Which files the program may open at all, by Landlock: what it was not given it cannot read,
/// whoever it is.
#pragma once

#include "sandbox/confine/options.hpp"

namespace agentd::confine {

/// To be called last: afterwards only the given paths, and what lies below them, can be opened.
/// Gives up when the kernel cannot do it and it is required. A path that does not exist is left
/// out. @param program what is started next: a descriptor, or -1
void restrict_files(const Options& options, int program);

} // namespace agentd::confine
