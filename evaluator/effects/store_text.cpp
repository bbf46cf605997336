#include "evaluator/effects/store_text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t hash_length = 32;
/// By character.
constexpr auto is_base32 = [] {
    std::array<bool, 256> out{};
    for (const char c : std::string_view("0123456789abcdfghijklmnpqrsvwxyz"))
        out[static_cast<unsigned char>(c)] = true;
    return out;
}();

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') ||
           std::string_view("+-._?=").find(c) != std::string_view::npos;
}

bool is_path_character(char c) {
    return is_name_character(c) || c == '/' || c == '@' || c == '%' || c == ',' || c == '~';
}

/// True when `<hash>-<name character>` starts at `text`.
bool starts_with_hash(std::string_view text) {
    if (text.size() < hash_length + 2 || text[hash_length] != '-' ||
        !is_name_character(text[hash_length + 1]))
        return false;
    return std::all_of(text.begin(), text.begin() + hash_length,
                       [](char c) { return is_base32[static_cast<unsigned char>(c)]; });
}

std::string rewrite(std::string_view text, std::string_view prefix, bool versions) {
    std::string out;
    std::size_t at = 0;
    for (const auto& reference : store_references(text, prefix)) {
        out.append(text.substr(at, reference.begin - at));
        out += versions ? reference.name : "<" + parse_package_name(reference.name).name + ">";
        at = reference.top_end;
    }
    out.append(text.substr(at));
    return out;
}

} // namespace

PackageName parse_package_name(std::string_view text) {
    static constexpr std::array outputs{"bin",  "dev",      "lib",      "out",    "man",  "doc",
                                        "info", "debug",    "devdoc",   "static", "data", "getent",
                                        "py",   "terminfo", "dnsutils", "host"};
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] != '-' || is_letter(text[i + 1]))
            continue;
        auto version = text.substr(i + 1);
        for (const std::string_view output : outputs)
            if (version.ends_with(output) && version.size() > output.size() &&
                version[version.size() - output.size() - 1] == '-') {
                version.remove_suffix(output.size() + 1);
                break;
            }
        return {.name = std::string(text.substr(0, i)), .version = std::string(version)};
    }
    return {.name = std::string(text), .version = {}};
}

std::vector<StoreReference> store_references(std::string_view text, std::string_view prefix) {
    std::vector<StoreReference> found;
    const auto needle = std::string(prefix) + "/";
    for (auto at = text.find(needle); at != std::string_view::npos; at = text.find(needle, at)) {
        const auto start = at + needle.size();
        if (!starts_with_hash(text.substr(start))) {
            at = start;
            continue;
        }
        const auto name_at = start + hash_length + 1;
        auto end = name_at;
        while (end < text.size() && is_name_character(text[end]))
            ++end;
        auto full = end;
        if (full < text.size() && text[full] == '/')
            while (full < text.size() && is_path_character(text[full]))
                ++full;
        found.push_back({.begin = at,
                         .top_end = end,
                         .full_end = full,
                         .top = std::string(text.substr(at, end - at)),
                         .name = std::string(text.substr(name_at, end - name_at))});
        at = end;
    }
    return found;
}

std::string store_top(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix) || path.size() <= prefix.size() || path[prefix.size()] != '/' ||
        !starts_with_hash(path.substr(prefix.size() + 1)))
        return {};
    auto end = prefix.size() + 1 + hash_length + 1;
    while (end < path.size() && is_name_character(path[end]))
        ++end;
    return std::string(path.substr(0, end));
}

std::string store_name(std::string_view path, std::string_view prefix) {
    const auto top = store_top(path, prefix);
    return top.empty() ? top : top.substr(prefix.size() + 1 + hash_length + 1);
}

std::string without_hashes(std::string_view text, std::string_view prefix) {
    return rewrite(text, prefix, true);
}

std::string shape_of(std::string_view text, std::string_view prefix) {
    return rewrite(text, prefix, false);
}

} // namespace agentd::evaluator::effects
