#include "proposals/presence_method.hpp"

#include "proposals/names.hpp"

namespace agentd::proposals {

namespace {
constexpr Names<PresenceMethod, 6> names{"none", "browser", "password",
                                         "ssh",  "passkey", "break_glass"};
}

std::string_view to_string(PresenceMethod method) noexcept {
    return name_of(names, method);
}

std::optional<PresenceMethod> parse_presence_method(std::string_view text) noexcept {
    return value_of(names, text);
}

bool satisfies(PresenceMethod given, PresenceMethod needed) noexcept {
    return given != PresenceMethod::break_glass && needed != PresenceMethod::break_glass &&
           given >= needed;
}

} // namespace agentd::proposals
