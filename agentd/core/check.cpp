#include "agentd/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace agentd::core {

void check_failed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "agentd: bug: %s:%d: assumed %s\n", file, line, expression);
    std::abort();
}

} // namespace agentd::core
