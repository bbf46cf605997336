#include "agentd/core/log.hpp"

#include "agentd/core/text.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace agentd::core {

namespace {
/// Set before any thread starts, read afterwards.
std::string& program_name() {
    static std::string name = "agentd";
    return name;
}
} // namespace

void log_as(std::string_view program) { program_name() = program; }

void log(Level level, std::string_view message) noexcept {
    try {
        static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
        static constexpr std::string_view priority[] = {"<7>", "<6>", "<4>", "<3>"};
        static constexpr std::string_view word[] = {"debug: ", "", "warning: ", "error: "};
        const auto index = static_cast<std::size_t>(level);
        std::string line = journal ? std::string(priority[index]) : program_name() + ": ";
        line += word[index];
        std::string text = printable(message);
        for (char& c : text) {
            c = c == '\n' ? ' ' : c;
        }
        line += text + "\n";
        // One write, so that lines of several threads do not mix.
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (...) { // out of memory while complaining: nothing better to do
    }
}

} // namespace agentd::core
