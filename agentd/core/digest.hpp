/// @file
/// A SHA-256 as a value that cannot be mistaken for other text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::core {

class Digest {
public:
    static constexpr std::size_t size = 32;
    using Bytes = std::array<std::uint8_t, size>;

    explicit Digest(const Bytes& bytes) noexcept : bytes_(bytes) {}
    /// Exactly 64 lower-case hex digits.
    static std::optional<Digest> parse(std::string_view hex) noexcept;

    const Bytes& bytes() const noexcept { return bytes_; }
    std::string hex() const;

    friend bool operator==(const Digest&, const Digest&) = default;
    friend auto operator<=>(const Digest&, const Digest&) = default;

private:
    Bytes bytes_;
};

} // namespace agentd::core
