#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array companions{".mode", ".uid", ".gid"};

bool is_companion(const std::string& path, const Side& side) {
    for (const std::string_view suffix : companions)
        if (path.ends_with(suffix) &&
            side.tree.find(path.substr(0, path.size() - suffix.size())) != nullptr)
            return true;
    return false;
}

/// A mode nobody but the owner may write with, and no setuid or setgid bit; or the owner root.
bool is_tame(std::string_view suffix, const std::string* text) {
    if (text == nullptr)
        return true;
    const auto value = core::trim(*text);
    if (suffix != ".mode")
        return value == "0" || value == "+0" || value == "root";
    if (value == "symlink" || value == "direct-symlink")
        return true;
    unsigned mode = 0;
    for (const char digit : value) {
        if (digit < '0' || digit > '7' || mode > 07777)
            return false;
        mode = mode * 8 + static_cast<unsigned>(digit - '0');
    }
    return !value.empty() && (mode & 06022U) == 0;
}

} // namespace

std::string squeezed(std::string_view line) {
    std::string out;
    for (const char c : core::trim(line)) {
        const bool blank = c == ' ' || c == '\t';
        if (blank && !out.empty() && out.back() == ' ')
            continue;
        out += blank ? ' ' : c;
    }
    return out;
}

std::set<std::string> differing(const Side& before, const Side& after, std::string_view start) {
    const auto is_told_beside = [](const std::string& path, const Side& side) {
        return side.tree.find(path) == nullptr || is_companion(path, side);
    };
    std::set<std::string> out;
    const auto& all = before.differences;
    for (auto at = std::lower_bound(all.begin(), all.end(), start);
         at != all.end() && at->starts_with(start); ++at)
        if (!is_told_beside(*at, before) || !is_told_beside(*at, after))
            out.insert(*at);
    return out;
}

void claim_file(const Side& before, const Side& after, const std::string& path, Claims& claims) {
    claims.claim(path);
    for (const std::string_view suffix : companions) {
        const auto name = path + std::string(suffix);
        const bool with_it =
            (before.tree.find(name) == nullptr || before.tree.find(path) == nullptr ||
             after.tree.find(path) == nullptr || after.tree.find(name) != nullptr) &&
            (after.tree.find(name) == nullptr || before.tree.find(path) == nullptr ||
             before.tree.find(name) != nullptr);
        if (with_it && is_tame(suffix, before.tree.file(name)) &&
            is_tame(suffix, after.tree.file(name)))
            claims.claim(name);
    }
}

bool is_text_or_absent(const Side& before, const Side& after, const std::string& path) {
    for (const auto* side : {&before, &after})
        if (side->tree.find(path) != nullptr &&
            (side->tree.file(path) == nullptr ||
             side->tree.file(path)->find('\0') != std::string::npos))
            return false;
    return true;
}

std::string how_it_differs(const Side& before, const Side& after, const std::string& path) {
    if (before.tree.find(path) == nullptr)
        return "added";
    return after.tree.find(path) == nullptr ? "removed" : "changed";
}

std::set<std::string> meaningful_lines(const std::string* text) {
    std::set<std::string> out;
    if (text == nullptr)
        return out;
    for (const auto line : core::lines(*text))
        if (auto clean = squeezed(line); !clean.empty() && clean.front() != '#')
            out.insert(std::move(clean));
    return out;
}

void tell_builds(const std::string& path, Sink& sink) {
    sink.add({.area = "etc",
              .kind = "etc_changed",
              .subject = path,
              .before = std::nullopt,
              .after = std::nullopt,
              .risk = Risk::none,
              .sentence = path + " names other builds of the same packages"});
}

} // namespace agentd::evaluator::effects
