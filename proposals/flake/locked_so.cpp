// Whether Nix may have locked to the one what was asked for by the other.
#include "agentd/core/text.hpp"
#include "proposals/flake/reference_parts.hpp"
#include "proposals/flake/web_address.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::flake {

namespace {

/// What an address asks its server for behind its path; what Nix takes for itself left out.
Attributes query_of(std::string_view url) {
    constexpr std::array own{"dir", "lastModified", "narHash", "ref", "rev", "revCount"};
    const auto mark = std::min(url.find('?'), url.size());
    Attributes out;
    for (const auto part : core::split(url.substr(std::min(mark + 1, url.size())), '&')) {
        const auto equals = std::min(part.find('='), part.size());
        out[decoded(part.substr(0, equals))] += "=" + decoded(part.substr(equals));
    }
    for (const char* name : own) {
        out.erase(name);
    }
    out.erase("");
    return out;
}

/// Whether what is asked for at one address of the web may be found at the other.
bool leads_on(const Attributes& asked, const Attributes& found) {
    const std::string from = value_of(asked, "url");
    const std::string to = value_of(found, "url");
    // What a server is asked for by name it is asked for at the other address too.
    const auto wanted = query_of(from);
    const auto got = query_of(to);
    return may_lead_on(plain_url(from), plain_url(to)) &&
           std::includes(got.begin(), got.end(), wanted.begin(), wanted.end()) &&
           (plain_url(from) != plain_url(to) || wanted == got);
}

} // namespace

bool may_be_locked_so(const Attributes& original, const Attributes& locked) {
    const std::string asked = value_of(original, "type");
    const std::string type = value_of(locked, "type");
    if (asked == "indirect") {
        return type == "github" || type == "gitlab" || type == "sourcehut" || type == "git" ||
               type == "tarball";
    }
    Attributes a = original;
    Attributes b = locked;
    // What was asked for without a version is locked to one; what was asked for with one keeps it.
    if (value_of(a, "rev").empty()) {
        b.erase("rev");
    }
    if (value_of(a, "ref").empty() || value_of(b, "ref").empty() ||
        "refs/heads/" + value_of(a, "ref") == value_of(b, "ref")) {
        a.erase("ref");
        b.erase("ref");
    }
    if (asked == "tarball" || asked == "file") {
        // A channel's address leads on to a file of a name of its own, on a server of its owner.
        if (!leads_on(a, b)) {
            return false;
        }
        a.erase("url");
        b.erase("url");
    }
    return same_place(a, b);
}

} // namespace agentd::proposals::flake
