#include "agentd/core/clock.hpp"
#include "agentd/ctl/session.hpp"
#include "agentd/ctl/surroundings.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace {

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

} // namespace

int main(int argc, char** argv) {
    std::error_code ignored;
    const agentd::core::SystemClock clock;
    const agentd::ctl::Surroundings around{
        .in = std::cin,
        .out = std::cout,
        .err = std::cerr,
        .clock = clock,
        .variable = variable,
        .in_is_terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1,
        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
        .uid = ::geteuid(),
        .directory = std::filesystem::current_path(ignored).string(),
        .session_began = agentd::ctl::session_began(clock)};
    return agentd::ctl::run({argv + 1, argv + argc}, around);
}
