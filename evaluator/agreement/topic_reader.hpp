/// @file
/// Reads one topic of what an evaluated flake says of itself: whatever is of another form makes the
/// whole topic worth nothing.
#pragma once

#include "agentd/core/json.hpp"

#include <cstdint>
#include <string>

namespace agentd::evaluator::agreement {

/// What is not as it should be reads as nothing, and is noted.
class TopicReader {
  public:
    bool odd() const noexcept { return odd_; }

    const core::Json& at(const core::Json& object, const std::string& key);
    /// An array of at most `Statements::most_subjects`; else an empty one.
    const core::Json& list(const core::Json& value);
    const core::Json& list(const core::Json& object, const std::string& key) {
        return list(at(object, key));
    }
    const std::string& text(const core::Json& value);
    const std::string& text(const core::Json& object, const std::string& key) {
        return text(at(object, key));
    }
    /// "" of null.
    std::string text_or_empty(const core::Json& object, const std::string& key);
    bool flag(const core::Json& object, const std::string& key);
    std::int64_t number(const core::Json& value);
    std::uint16_t port(const core::Json& value);

  private:
    bool odd_ = false;
};

} // namespace agentd::evaluator::agreement
