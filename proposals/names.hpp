/// @file
/// Names of enumerators: one list per enum, in the order of its values.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace agentd::proposals {

/// The names of an enum whose values run from 0 without gaps.
template <class Enum, std::size_t N> struct Names {
    template <class... Text>
    explicit(false) constexpr Names(Text... text) : texts{std::string_view(text)...} {
        static_assert(sizeof...(Text) == N);
    }
    std::array<std::string_view, N> texts;
};

template <class Enum, std::size_t N>
constexpr std::string_view name_of(const Names<Enum, N>& names, Enum value) noexcept {
    return names.texts[static_cast<std::size_t>(value)];
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const Names<Enum, N>& names,
                                       std::string_view text) noexcept {
    const auto it = std::find(names.texts.begin(), names.texts.end(), text);
    return it == names.texts.end() ? std::nullopt
                                   : std::optional(static_cast<Enum>(it - names.texts.begin()));
}

} // namespace agentd::proposals
