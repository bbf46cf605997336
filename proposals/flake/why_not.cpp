// Why an input cannot be taken from where it is said to be.
#include "proposals/flake/reference_parts.hpp"
#include "proposals/flake/web_address.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::flake {

namespace {

/// Whether it leads out of the folder that it starts in.
bool leads_out(std::string_view path) {
    const auto up = [](std::string_view of) {
        const auto parts = core::split(of, '/');
        return std::find(parts.begin(), parts.end(), "..") != parts.end();
    };
    const std::string plain = decoded(path); // whoever reads it next may decode it once more
    return path.starts_with('/') || path.starts_with('~') || plain.starts_with('/') || up(path) ||
           up(plain);
}

/// Of a branch or revision: nothing that a program could take for one of its options.
bool is_version(std::string_view text) {
    return !text.starts_with('-') && text.find("..") == text.npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// One part of a path of a forge, which nothing reads as more than a name.
bool is_name(std::string_view text) {
    return !text.empty() && text != "." && text != ".." &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

/// The owner is one name; at sourcehut with a `~`, at gitlab a group may lie in another.
bool is_owned(const Attributes& attributes) {
    const std::string type = value_of(attributes, "type");
    std::string owner = decoded(value_of(attributes, "owner"));
    if (type == "sourcehut" && owner.starts_with('~')) {
        owner.erase(0, 1);
    }
    const auto groups = core::split(owner, '/');
    return (groups.size() == 1 || type == "gitlab") &&
           std::all_of(groups.begin(), groups.end(), is_name) &&
           is_name(decoded(value_of(attributes, "repo")));
}

/// Letters that each reader of an address takes for the same.
bool is_written_plainly(std::string_view url) {
    constexpr std::string_view odd = "\\#\"<>^`{}";
    return std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; }) &&
           url.find_first_of(odd) == url.npos;
}

} // namespace

std::string why_not(const Attributes& attributes) {
    const std::string type = value_of(attributes, "type");
    for (const char* more : {"submodules", "lfs"}) {
        const std::string value = said(attributes, more);
        if (!value.empty() && value != "0" && value != "false") {
            return std::string("it wants its ") + more + ", which come from where no lock says";
        }
    }
    if (leads_out(said(attributes, "dir"))) {
        return "its folder (dir) leads out of it";
    }
    if (!is_version(said(attributes, "ref")) || !is_version(said(attributes, "rev"))) {
        return "its branch or revision is no name of one";
    }
    if (type == "path") {
        const std::string path = value_of(attributes, "path");
        return path.empty() || leads_out(path) ? "it is a folder outside of the flake" : "";
    }
    if (const std::string host = value_of(attributes, "host"); !host.empty()) {
        if (const std::string why = why_no_host(host); !why.empty()) {
            return why;
        }
    }
    if (is_forge(type)) {
        return is_owned(attributes) ? "" : "its owner or its repository is no name of one";
    }
    if (type == "indirect") {
        return is_id(value_of(attributes, "id")) ? "" : "its name is none of a registry";
    }
    if (type != "git" && type != "tarball") {
        return "inputs of the kind `" + core::printable(core::shorten(core::to_utf8(type), 40)) +
               "` are not taken";
    }
    const std::string url = value_of(attributes, "url");
    return is_written_plainly(url) ? why_no_web(plain_url(url))
                                   : "its address holds what none does";
}

} // namespace agentd::proposals::flake
