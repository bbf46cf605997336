/// @file
/// The steps of confining a process, in the order main takes them. Each gives up when it cannot be
/// done.
#pragma once

#include "sandbox/confine/options.hpp"

namespace agentd::confine {

constexpr int status_fd = 3;

/// Says "!<errno> <what><detail>" on status_fd and ends with 125.
[[noreturn]] void give_up(const char* what, const char* detail = "");

/// The CLONE_NEW… flags that were had. A process namespace begins with the next fork.
int enter_namespaces(const Options& options);
/// Only in a mount namespace of our own.
void hide(const Options& options);
void set_limits(const Options& options);
void die_with_parent(const Options& options);
/// Umask, groups, uid, no new privileges.
void become(const Options& options);

} // namespace agentd::confine
