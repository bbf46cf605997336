/// @file
/// What the queries share: columns of rows as values. A column that cannot be read is Failure
/// corrupt.
#pragma once

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "store/rows.hpp"
#include "store/sqlite.hpp"

#include <optional>
#include <string>
#include <utility>

namespace agentd::store {

inline core::Instant instant(std::int64_t microseconds) {
    return core::Instant(std::chrono::microseconds(microseconds));
}

/// The value, or Failure corrupt naming the column: rows are checked when they are folded.
template <class T> T stored(std::optional<T> value, const char* column) {
    if (!value) {
        throw core::Failure(core::FailureKind::corrupt,
                            std::string("a row has an unreadable `") + column +
                                "`; fold the rows again with `agentctl state rebuild`");
    }
    return std::move(*value);
}
template <class T> T stored(core::Result<T> value, const char* column) {
    return stored(value ? std::optional<T>(std::move(value).value()) : std::nullopt, column);
}

} // namespace agentd::store
