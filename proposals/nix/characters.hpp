/// @file
/// The classes of characters that Nix's lexer knows.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace agentd::proposals::nix {

namespace character {

enum Class : std::uint8_t {
    blank = 1,
    letter = 2, ///< begins a name
    inner = 4,  ///< goes on in a name
    digit = 8,
    path = 16,
    scheme = 32,
    uri = 64,
    text_stop = 128, ///< may end the text of a string
};

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> out{};
    const auto put = [&out](std::string_view characters, unsigned classes) {
        for (const char c : characters) {
            auto& slot = out[static_cast<unsigned char>(c)];
            slot = static_cast<std::uint8_t>(slot | classes);
        }
    };
    put(" \t\r\n", blank);
    put("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        letter | inner | path | scheme | uri);
    put("_", letter | inner | path | uri);
    put("0123456789", digit | inner | path | scheme | uri);
    put("'", inner | uri | text_stop);
    put("-", inner | path | scheme | uri);
    put("+.", path | scheme | uri);
    put("%/?:@&=,!~*", uri);
    put("$", uri | text_stop);
    put("\"\\", text_stop);
    return out;
}

inline constexpr std::array<std::uint8_t, 256> classes = make_classes();

constexpr bool is(char c, unsigned wanted) noexcept {
    return (classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

} // namespace character

} // namespace agentd::proposals::nix
