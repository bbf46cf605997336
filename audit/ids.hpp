/// @file
/// Which ids the log holds, 16 bytes each, so that nothing is written twice.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace agentd::audit {

/// The id in a line that `to_line` wrote, without parsing the rest; empty when there is none.
std::string_view id_in_line(std::string_view line) noexcept;

class IdIndex {
  public:
    /// @param id a ULID.
    /// @return false when it was there already (its number stays).
    bool add(std::string_view id, std::uint64_t number);
    std::optional<std::uint64_t> find(std::string_view id) const;
    void remove(std::string_view id);

  private:
    using Key = std::array<std::uint64_t, 2>;
    struct Hash {
        std::size_t operator()(const Key& key) const noexcept {
            return static_cast<std::size_t>(key[1] ^ (key[0] * 0x9E37'79B9'7F4A'7C15U));
        }
    };
    static Key pack(std::string_view id) noexcept;

    std::unordered_map<Key, std::uint64_t, Hash> numbers_;
};

} // namespace agentd::audit
