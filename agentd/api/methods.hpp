/// @file
/// The methods of the contract: who may call them, with which parameters, and who answers.
#pragma once

#include "agentd/api/api.hpp"
#include "agentd/api/desks.hpp"

#include <span>
#include <string_view>

namespace agentd::api {

/// Whose sessions in a browser may call it; a local socket may call each.
enum class Who {
    approvers,
    viewers,  ///< too: it changes nothing and proposes nothing
    terminal, ///< none
};

/// A browser's session is a pairing; anything that changes what may happen on the machine still
/// needs its own signature.
struct Method {
    std::string_view name;
    Api::Handler handler = nullptr;
    Lane lane = Lane::looks;
    /// `name:type` with a space between; `*`: the handler reads them one by one. Types: `text`,
    /// `number` (whole, from 0 on), `flag`, `id` (text or number). Each may be null or left out.
    std::string_view fields{};
    Who who = Who::approvers;
};

std::span<const Method> methods() noexcept;
/// Null when there is none of that name.
const Method* find_method(std::string_view name) noexcept;
/// A parameter that the method does not have, or one of another type: what it would mean was never
/// read.
core::Result<core::Done> check_fields(const Method& method, const core::Json& params);

} // namespace agentd::api
