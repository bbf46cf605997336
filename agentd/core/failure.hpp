/// @file
/// The exception for broken surroundings: disk, SQLite, git, a process that cannot start.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::core {

/// What a caller can do about it.
enum class FailureKind {
    unavailable,   ///< the other side is not there: try later
    busy,          ///< somebody else holds it: try later
    corrupt,       ///< stored bytes are not what was written: stop and look
    misconfigured, ///< a person has to change a setting
    internal,      ///< a bug of ours
};

std::string_view to_string(FailureKind kind) noexcept;

/// Something that should have worked did not. Refusals of input are never a Failure: they are values.
class Failure : public std::exception {
public:
    /// @param where file, path, socket or setting concerned; may be empty.
    Failure(FailureKind kind, std::string message, std::string where = {});

    FailureKind kind() const noexcept { return kind_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& where() const noexcept { return where_; }

    /// Adds what was being attempted; outermost context comes first in what().
    void add_context(std::string context);

    /// `context: context: message (where)`, one line.
    const char* what() const noexcept override { return text_.c_str(); }

private:
    void render();

    FailureKind kind_;
    std::string message_;
    std::string where_;
    std::vector<std::string> trail_;
    std::string text_;
};

/// A Failure from `errno`, its text included. Disk-full and missing-file map to a fitting kind.
Failure system_failure(std::string_view doing, std::string where, int error_number);

/// Runs `body`; a Failure that leaves it says `context` in front.
template <class Body> auto in_context(std::string_view context, Body&& body) -> decltype(body()) {
    try {
        return body();
    } catch (Failure& failure) {
        failure.add_context(std::string(context));
        throw;
    }
}

} // namespace agentd::core
