/// @file
/// `std::visit` with lambdas: `match(variant, [](A) {…}, [](B) {…})`.
#pragma once

#include <utility>
#include <variant>

namespace agentd::core {

template <class... Fs> struct Overloaded : Fs... {
    using Fs::operator()...;
};
template <class... Fs> Overloaded(Fs...) -> Overloaded<Fs...>;

template <class Variant, class... Fs> decltype(auto) match(Variant&& variant, Fs&&... fs) {
    return std::visit(Overloaded{std::forward<Fs>(fs)...}, std::forward<Variant>(variant));
}

} // namespace agentd::core
