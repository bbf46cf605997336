#include "agentd/core/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::core {

namespace {

template <class Allowed> bool all_of(std::string_view text, Allowed allowed) noexcept {
    return std::all_of(text.begin(), text.end(), allowed);
}
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) noexcept { return is_digit(c) || is_alpha(c); }

} // namespace

std::optional<Commit> Commit::parse(std::string_view text) {
    const bool good = text.size() == 40 &&
                      all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
    return good ? std::optional(Commit(std::string(text))) : std::nullopt;
}

std::optional<StorePath> StorePath::parse(std::string_view text) {
    constexpr std::string_view prefix = "/nix/store/";
    constexpr std::string_view base32 = "0123456789abcdfghijklmnpqrsvwxyz";
    constexpr std::size_t hash = 32;
    if (!text.starts_with(prefix) || text.size() < prefix.size() + hash + 2 ||
        text.size() > prefix.size() + hash + 1 + 211) {
        return std::nullopt;
    }
    const auto base = text.substr(prefix.size());
    const auto name = base.substr(hash + 1);
    const bool good =
        all_of(base.substr(0, hash),
               [&](char c) { return base32.find(c) != std::string_view::npos; }) &&
        base[hash] == '-' && name[0] != '.' && all_of(name, [](char c) {
            return is_alnum(c) || c == '+' || c == '-' || c == '.' || c == '_' || c == '?' ||
                   c == '=';
        });
    return good ? std::optional(StorePath(std::string(text))) : std::nullopt;
}

std::string_view StorePath::name() const noexcept {
    return std::string_view(text_).substr(std::string_view("/nix/store/").size() + 33);
}

std::optional<UnitName> UnitName::parse(std::string_view text) {
    constexpr std::array<std::string_view, 11> suffixes{
        ".service", ".socket", ".target", ".timer", ".path", ".mount",
        ".automount", ".swap", ".slice", ".scope", ".device"};
    const bool suffix = std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view s) {
        return text.ends_with(s) && text.size() > s.size();
    });
    const bool good = suffix && text.size() <= 255 && text[0] != '-' && all_of(text, [](char c) {
        return is_alnum(c) || c == ':' || c == '_' || c == '.' || c == '\\' || c == '@' || c == '-';
    });
    return good ? std::optional(UnitName(std::string(text))) : std::nullopt;
}

std::optional<HostName> HostName::parse(std::string_view text) {
    const bool good = !text.empty() && text.size() <= 63 && (is_alnum(text[0]) || text[0] == '_') &&
                      all_of(text, [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
    return good ? std::optional(HostName(std::string(text))) : std::nullopt;
}

bool is_branch_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 200 && is_alnum(text[0]) && text.back() != '/' &&
           text.back() != '.' && !text.ends_with(".lock") &&
           text.find("..") == std::string_view::npos && text.find("//") == std::string_view::npos &&
           text.find("/.") == std::string_view::npos && all_of(text, [](char c) {
               return is_alnum(c) || c == '.' || c == '_' || c == '/' || c == '-';
           });
}

} // namespace agentd::core
