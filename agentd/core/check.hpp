/// @file
/// Checks of our own reasoning. They are always on and never judge input.
#pragma once

#ifdef NDEBUG
#error "agentd is never built without its checks: remove NDEBUG"
#endif

namespace agentd::core {
/// Prints the broken assumption and aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;
} // namespace agentd::core

/// Aborts when `x` is false. For bugs only.
#define AGENTD_CHECK(x)                                                                            \
    ((x) ? static_cast<void>(0) : ::agentd::core::check_failed(#x, __FILE__, __LINE__))
