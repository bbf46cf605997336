/// @file
/// Expected endings as values: either what was asked for, or a Problem a person can act on.
#pragma once

#include "agentd/core/check.hpp"

#include <string>
#include <utility>
#include <variant>

namespace agentd::core {

/// Why something was refused. Every field is text for people except `code`.
struct Problem {
    std::string code;    ///< stable, lower_snake_case, e.g. `stale_base`
    std::string message; ///< what was wrong, one sentence
    std::string where{}; ///< file:line:column, option path, entry number; may be empty
    std::string hint{};  ///< what to do next; may be empty

    friend bool operator==(const Problem&, const Problem&) = default;
};

/// A T or a Problem. Looking at the wrong side is a bug and aborts.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT
    Result(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {} // NOLINT

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    const T& value() const& { return check_value(), std::get<0>(state_); }
    T& value() & { return check_value(), std::get<0>(state_); }
    T&& value() && { return check_value(), std::get<0>(std::move(state_)); }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    const Problem& problem() const {
        AGENTD_CHECK(state_.index() == 1);
        return std::get<1>(state_);
    }

private:
    void check_value() const { AGENTD_CHECK(state_.index() == 0); }
    std::variant<T, Problem> state_;
};

struct Done {
    friend bool operator==(const Done&, const Done&) = default;
};

} // namespace agentd::core
