#include "audit/ids.hpp"

namespace agentd::audit {

namespace {

constexpr std::size_t ulid_length = 26;

/// Order of Crockford's alphabet; only used on text that is a ULID.
std::uint64_t value_of(char c) noexcept {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto at = alphabet.find(c);
    return at == std::string_view::npos ? 0 : at;
}

} // namespace

std::string_view id_in_line(std::string_view line) noexcept {
    // Behind the top level's `id` come only texts, and inside a text a quote is escaped: the last
    // place where these bytes stand is the key itself, whatever the body says.
    constexpr std::string_view key = ",\"id\":\"";
    const auto at = line.rfind(key);
    if (at == std::string_view::npos || line.size() < at + key.size() + ulid_length) {
        return {};
    }
    return line.substr(at + key.size(), ulid_length);
}

IdIndex::Key IdIndex::pack(std::string_view id) noexcept {
    Key key{};
    for (const char c : id.substr(0, ulid_length)) {
        key[0] = (key[0] << 5) | (key[1] >> 59);
        key[1] = (key[1] << 5) | value_of(c);
    }
    return key;
}

bool IdIndex::add(std::string_view id, std::uint64_t number) {
    return numbers_.emplace(pack(id), number).second;
}

std::optional<std::uint64_t> IdIndex::find(std::string_view id) const {
    const auto it = numbers_.find(pack(id));
    return it == numbers_.end() ? std::nullopt : std::optional(it->second);
}

void IdIndex::remove(std::string_view id) {
    numbers_.erase(pack(id));
}

} // namespace agentd::audit
