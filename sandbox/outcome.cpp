#include "sandbox/outcome.hpp"

#include "agentd/core/match.hpp"

namespace agentd::sandbox {

bool Outcome::succeeded() const noexcept {
    const auto* exited = std::get_if<Exited>(&ending);
    return exited != nullptr && exited->code == 0;
}

std::string describe(const Ending& ending) {
    return core::match(
        ending, [](const Exited& e) { return "exited with status " + std::to_string(e.code); },
        [](const Signalled& s) { return "was killed by signal " + std::to_string(s.signal); },
        [](const TimedOut&) { return std::string("did not finish in time"); },
        [](const Cancelled&) { return std::string("was stopped on request"); },
        [](const Unwanted&) { return std::string("was ended by who started it"); },
        [](const OutputLimit& l) {
            return std::string("wrote more than allowed on ") +
                   (l.stream == Stream::out ? "stdout" : "stderr");
        });
}

} // namespace agentd::sandbox
