#include "agentd/core/failure.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace agentd::core {

std::string_view to_string(FailureKind kind) noexcept {
    switch (kind) {
    case FailureKind::unavailable: return "unavailable";
    case FailureKind::busy: return "busy";
    case FailureKind::corrupt: return "corrupt";
    case FailureKind::misconfigured: return "misconfigured";
    case FailureKind::internal: return "internal";
    }
    return "internal";
}

Failure::Failure(FailureKind kind, std::string message, std::string where)
    : kind_(kind), message_(std::move(message)), where_(std::move(where)) {
    render();
}

void Failure::add_context(std::string context) {
    trail_.push_back(std::move(context));
    render();
}

void Failure::render() {
    text_.clear();
    for (auto it = trail_.rbegin(); it != trail_.rend(); ++it) {
        text_ += *it + ": ";
    }
    text_ += message_;
    if (!where_.empty()) {
        text_ += " (" + where_ + ")";
    }
}

Failure system_failure(std::string_view doing, std::string where, int error_number) {
    const auto kind = error_number == ENOENT || error_number == ECONNREFUSED
                          ? FailureKind::unavailable
                      : error_number == EACCES || error_number == EPERM ? FailureKind::misconfigured
                      : error_number == EAGAIN || error_number == EBUSY ? FailureKind::busy
                      : error_number == EIO                             ? FailureKind::corrupt
                                                                        : FailureKind::unavailable;
    return Failure(kind,
                   std::string(doing) + ": " + std::generic_category().message(error_number),
                   std::move(where));
}

} // namespace agentd::core
