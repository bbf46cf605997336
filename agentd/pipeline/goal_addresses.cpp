#include "agentd/pipeline/goal_addresses.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::pipeline {

namespace {

constexpr std::size_t longest_branch = 64;

bool is_plain(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
}

/// A name as it stands: no letter of a longer one before or after it.
bool has(std::string_view text, std::string_view name) {
    for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
        const auto after = text.substr(at + name.size());
        const bool begins = at == 0 || !is_plain(text.substr(at - 1, 1));
        if (begins && (after.empty() || !is_plain(after.substr(0, 1)))) {
            return true;
        }
    }
    return false;
}

/// `owner/repo` of `github:owner/repo[/branch]`.
std::optional<std::string_view> repository_of(std::string_view url) {
    for (const std::string_view forge : {"github:", "gitlab:", "sourcehut:"}) {
        if (!url.starts_with(forge)) {
            continue;
        }
        const std::string_view rest = url.substr(forge.size());
        const auto parts = core::split(rest, '/');
        const bool fits = parts.size() >= 2 &&
                          rest.size() <= parts[0].size() + parts[1].size() + 2 + longest_branch;
        if (!fits) {
            return std::nullopt;
        }
        const bool plain = std::all_of(parts.begin() + 1, parts.end(), is_plain) &&
                           is_plain(parts[0].substr(parts[0].starts_with('~') ? 1 : 0));
        return plain ? std::optional(rest.substr(0, parts[0].size() + 1 + parts[1].size()))
                     : std::nullopt;
    }
    return std::nullopt;
}

} // namespace

std::optional<core::Problem> unsaid_address(const proposals::plan::Request& request,
                                            std::string_view goal, std::string_view flake) {
    for (const auto& wish : request.operations) {
        if (wish.url.empty() || goal.find(wish.url) != std::string_view::npos) {
            continue;
        }
        const auto repository = repository_of(wish.url);
        if (!repository || !(has(goal, *repository) || has(flake, *repository))) {
            return core::Problem{.code = "analysis_failed",
                                 .message = "the goal was read as asking for an address that "
                                            "neither it nor flake.nix names",
                                 .where = core::printable(core::shorten(wish.url, 200)),
                                 .hint = "say the address as it shall stand in flake.nix"};
        }
    }
    return std::nullopt;
}

} // namespace agentd::pipeline
