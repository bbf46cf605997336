/// @file
/// Root's own entries in the log.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/json.hpp"
#include "audit/client.hpp"

#include <string>

namespace agentd::applyd {

/// Durable and signed when it returns. @throws core::Failure unavailable when the log does not take
/// it.
void record(audit::Client& log, const core::Clock& clock, const std::string& type,
            const std::string& subject, const core::Json& body);
/// The same where the machine has already moved: tried for `patience`, then false. It throws
/// nothing.
bool record_patiently(audit::Client& log, const core::Clock& clock, const std::string& type,
                      const std::string& subject, const core::Json& body,
                      std::chrono::seconds patience) noexcept;

/// An entry of the helper's, to be written later or again: under its id it is in the log once.
audit::Draft entry(const core::Clock& clock, const std::string& type, const std::string& subject,
                   const core::Json& body);
bool record_patiently(audit::Client& log, const audit::Draft& draft,
                      std::chrono::seconds patience) noexcept;

} // namespace agentd::applyd
