#include "agentd/applyd/record.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <thread>

namespace agentd::applyd {

namespace {

void append(audit::Client& log, const audit::Draft& draft) {
    const auto appended = log.append(std::array{draft});
    if (!appended) {
        throw core::Failure(core::FailureKind::unavailable,
                            "the log does not take the entry: " + appended.problem().message);
    }
}

} // namespace

audit::Draft entry(const core::Clock& clock, const std::string& type, const std::string& subject,
                   const core::Json& body) {
    return audit::draft(clock.now(), type, subject, body,
                        {.kind = audit::ActorKind::system, .id = "agentd-applyd"});
}

void record(audit::Client& log, const core::Clock& clock, const std::string& type,
            const std::string& subject, const core::Json& body) {
    append(log, entry(clock, type, subject, body));
}

bool record_patiently(audit::Client& log, const core::Clock& clock, const std::string& type,
                      const std::string& subject, const core::Json& body,
                      std::chrono::seconds patience) noexcept {
    try {
        return record_patiently(log, entry(clock, type, subject, body), patience);
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
        return false;
    }
}

bool record_patiently(audit::Client& log, const audit::Draft& draft,
                      std::chrono::seconds patience) noexcept {
    // One draft for every try: the log takes an id only once.
    const auto until = std::chrono::steady_clock::now() + patience;
    try {
        for (;;) {
            try {
                append(log, draft);
                return true;
            } catch (const std::exception& error) {
                core::log(core::Level::warning, error.what());
            }
            if (std::chrono::steady_clock::now() >= until) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
        return false;
    }
}

} // namespace agentd::applyd
