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
    // Always visited as an lvalue, so that a lambda may take the alternative of a temporary by reference.
    return std::visit(Overloaded{std::forward<Fs>(fs)...}, variant);
}

} // namespace agentd::core
