#include "proposals/flake/web_place.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals::flake {

namespace {

using Segments = std::vector<std::string_view>;

struct Address {
    std::string_view host{};
    Segments path{};
};

Address read(std::string_view url) {
    const auto start = url.find("://");
    const auto rest = start == url.npos ? url : url.substr(start + 3);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    Address out{.host = authority.substr(0, authority.find(':')), .path = {}};
    while (out.host.ends_with('.')) {
        out.host.remove_suffix(1);
    }
    for (const auto segment : core::split(rest.substr(slash), '/')) {
        if (!segment.empty() && segment != ".") {
            out.path.push_back(segment);
        }
    }
    return out;
}

std::string joined(const Segments& path, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < std::min(count, path.size()); ++i) {
        out += "/" + core::to_lower(path[i]);
    }
    return out;
}

bool is_below(std::string_view host, std::string_view above) {
    return host == above || (host.ends_with(above) && host.size() > above.size() &&
                             host[host.size() - above.size() - 1] == '.');
}

/// What stands before the repository where programs ask.
struct Prefix {
    std::string_view host{}; ///< "" of servers that anybody runs
    std::array<std::string_view, 3> path{};
};
constexpr std::array prefixes{
    Prefix{"api.github.com", {"repos"}},     Prefix{"codeberg.org", {"api", "v1", "repos"}},
    Prefix{"flakehub.com", {"f", "pinned"}}, Prefix{"flakehub.com", {"f"}},
    Prefix{"", {"api", "v1", "repos"}},      Prefix{"", {"api", "v3", "repos"}},
    Prefix{"", {"api", "v4", "projects"}}};

/// Whether one was there.
bool take_prefix(Address& at, bool anybodys) {
    for (const auto& [host, words] : prefixes) {
        const auto end = std::find(words.begin(), words.end(), std::string_view());
        const auto count = end - words.begin();
        if ((host.empty() ? anybodys : is_below(at.host, host)) &&
            at.path.size() > static_cast<std::size_t>(count) &&
            std::equal(words.begin(), end, at.path.begin())) {
            at.path.erase(at.path.begin(), at.path.begin() + count);
            return true;
        }
    }
    return false;
}

/// Where each repository is an owner's name and its own, and nothing else is.
bool has_two_names(std::string_view host) {
    constexpr std::array<std::string_view, 6> forges{"github.com",   "githubusercontent.com",
                                                     "codeberg.org", "bitbucket.org",
                                                     "git.sr.ht",    "flakehub.com"};
    return std::any_of(forges.begin(), forges.end(),
                       [&](std::string_view forge) { return is_below(host, forge); });
}

/// `nixos-24.05`, from where it is asked for or from where it leads to; "" for anything else there.
std::string channel_of(const Address& at) {
    const auto& path = at.path;
    if (at.host == "nixos.org") {
        return path.size() > 1 && path[0] == "channels" ? std::string(path[1]) : "";
    }
    if (at.host == "channels.nixos.org") {
        return path.empty() ? "" : std::string(path[0]);
    }
    if (path.size() < 2 || (path[0] != "nixos" && path[0] != "nixpkgs")) {
        return "";
    }
    const std::string family = std::string(path[0]) + "-";
    return family + (path[1].starts_with(family) ? "unstable" : std::string(path[1]));
}

/// On a server that anybody runs: the form of an address tells whether it is a forge.
std::string by_form(Address at) {
    const bool forge = take_prefix(at, true) || is_below(at.host, "gitlab.com");
    constexpr std::array<std::string_view, 10> kinds{
        "-",   "archive", "releases", "tarball",    "zipball",
        "raw", "media",   "snapshot", "repository", "tar.gz"};
    const auto& path = at.path;
    const auto kind = std::find_first_of(path.begin() + (path.empty() ? 0 : 1), path.end(),
                                         kinds.begin(), kinds.end());
    if (forge || kind != path.end()) {
        return joined(path, static_cast<std::size_t>(kind - path.begin()));
    }
    return !path.empty() && path[0].starts_with('~') ? joined(path, 1) : "";
}

/// nullopt where it leads up, so that nobody can say.
std::optional<std::string> place_of(std::string_view url) {
    Address at = read(url);
    if (std::find(at.path.begin(), at.path.end(), "..") != at.path.end()) {
        return std::nullopt;
    }
    if (is_below(at.host, "nixos.org")) {
        return channel_of(at);
    }
    if (has_two_names(at.host)) {
        take_prefix(at, false);
        return joined(at.path, 2);
    }
    return by_form(std::move(at));
}

} // namespace

bool is_same_web_place(std::string_view asked, std::string_view found) {
    const auto one = place_of(asked);
    const auto other = place_of(found);
    return asked == found || (one && other && *one == *other);
}

} // namespace agentd::proposals::flake
