#include "proposals/flake/reference_parts.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace agentd::proposals::flake {

namespace {

int digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

} // namespace

bool is_forge(std::string_view type) {
    return type == "github" || type == "gitlab" || type == "sourcehut";
}

bool is_id(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
                             digit(text[i + 2]) >= 0;
        out += escaped ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
        i += escaped ? 2 : 0;
    }
    return out;
}

std::string plain_url(std::string_view url) {
    const auto written = url.substr(0, url.find_first_of("?#"));
    const auto scheme = written.find("://");
    const auto path =
        std::min(written.find('/', scheme == written.npos ? 0 : scheme + 3), written.size());
    std::string out = core::to_lower(written.substr(0, path)) + decoded(written.substr(path));
    while (out.ends_with('/')) {
        out.pop_back();
    }
    return out;
}

namespace {

constexpr std::size_t longest_url = 4096;

bool is_revision(std::string_view text) {
    return text.size() == 40 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// What the address itself says; a query may not say otherwise.
constexpr std::array<std::string_view, 6> of_address{"type", "url", "owner", "repo", "path", "id"};

/// `a=b&c=d` into attributes; what remains of an address keeps the rest. False where something is
/// said twice, or that the address says: Nix and whoever else reads it may take either.
bool take_query(std::string_view query, Attributes& into) {
    bool good = true;
    for (const auto part : core::split(query, '&')) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            continue;
        }
        const std::string name = decoded(part.substr(0, equals));
        const bool own = std::find(of_address.begin(), of_address.end(), name) != of_address.end();
        good = !own && into.emplace(name, decoded(part.substr(equals + 1))).second && good;
    }
    return good;
}

/// `ref`, or `rev` when it is one.
void take_version(std::string_view text, Attributes& into) {
    if (!text.empty()) {
        into.insert_or_assign(is_revision(text) ? "rev" : "ref", decoded(text));
    }
}

std::optional<Attributes> forge(std::string_view type, std::string_view path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const auto parts = core::split(path, '/');
    if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) {
        return std::nullopt;
    }
    Attributes out{
        {"type", std::string(type)}, {"owner", decoded(parts[0])}, {"repo", decoded(parts[1])}};
    const auto used = parts[0].size() + parts[1].size() + 2;
    take_version(path.size() > used ? path.substr(used) : std::string_view{}, out);
    return out;
}

std::optional<Attributes> indirect(std::string_view path) {
    const auto parts = core::split(path, '/');
    if (parts.size() > 3 || !is_id(parts[0])) {
        return std::nullopt;
    }
    Attributes out{{"type", "indirect"}, {"id", std::string(parts[0])}};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        take_version(parts[i], out);
    }
    return out;
}

std::string type_of_address(std::string_view application, std::string_view scheme) {
    if (!application.empty()) {
        return std::string(application);
    }
    return scheme == "git" || scheme == "ssh" ? "git" : "tarball";
}

std::optional<Attributes> of_scheme(std::string_view scheme, std::string_view rest) {
    if (is_forge(scheme)) {
        return forge(scheme, rest);
    }
    if (scheme == "flake") {
        return indirect(rest);
    }
    if (scheme == "path") {
        return Attributes{{"type", "path"}, {"path", decoded(rest)}};
    }
    constexpr std::array<std::string_view, 5> known{"git", "hg", "tarball", "file", "path"};
    const auto plus = scheme.find('+');
    const auto application = plus == scheme.npos ? std::string_view{} : scheme.substr(0, plus);
    const auto transport = plus == scheme.npos ? scheme : scheme.substr(plus + 1);
    if (!application.empty() && std::find(known.begin(), known.end(), application) == known.end()) {
        return std::nullopt;
    }
    return Attributes{{"type", type_of_address(application, transport)},
                      {"url", std::string(transport) + ":" + std::string(rest)}};
}

std::string plain_path(std::string path) {
    while (path.starts_with("./")) {
        path.erase(0, 2);
    }
    while (path.ends_with('/')) {
        path.pop_back();
    }
    return path == "." ? "" : path;
}

} // namespace

std::string said(const Attributes& of, std::string_view name) {
    const auto found = of.find(name);
    if (found != of.end()) {
        return found->second;
    }
    const std::string url = value_of(of, "url");
    Attributes query;
    if (const auto mark = url.find('?'); mark != url.npos) {
        take_query(std::string_view(url).substr(mark + 1), query);
    }
    return value_of(query, name);
}

std::string value_of(const Attributes& attributes, std::string_view name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string() : found->second;
}

std::optional<Attributes> read_reference(std::string_view url) {
    if (url.empty() || url.size() > longest_url || url.find('#') != url.npos) {
        return std::nullopt;
    }
    const auto mark = std::min(url.find('?'), url.size());
    const auto bare = url.substr(0, mark);
    const auto colon = bare.find(':');
    const auto slash = bare.find('/');
    std::optional<Attributes> out;
    if (colon != bare.npos && (slash == bare.npos || colon < slash)) {
        out = of_scheme(bare.substr(0, colon), bare.substr(colon + 1));
    } else if (bare.front() == '.' || bare.front() == '/' || bare.front() == '~') {
        out = Attributes{{"type", "path"}, {"path", std::string(bare)}};
    } else {
        out = indirect(bare);
        out = out ? out : Attributes{{"type", "path"}, {"path", std::string(bare)}};
    }
    // A query of the web is its server's; of any other address it is Nix's.
    if (out && mark < url.size() && !take_query(url.substr(mark + 1), *out) &&
        value_of(*out, "type") != "tarball") {
        return std::nullopt;
    }
    return out;
}

bool same_place(const Attributes& a, const Attributes& b) {
    // Whether an address is unpacked Nix tells by its end, and by what it is for.
    const auto kind = [](const Attributes& of) {
        const std::string type = value_of(of, "type");
        return type == "file" ? std::string("tarball") : type;
    };
    if (kind(a) != kind(b)) {
        return false;
    }
    for (const std::string_view key : {"owner", "repo", "host"}) {
        if (core::to_lower(decoded(value_of(a, key))) !=
            core::to_lower(decoded(value_of(b, key)))) {
            return false;
        }
    }
    for (const std::string_view key : {"id", "ref", "rev", "dir"}) {
        if (said(a, key) != said(b, key)) {
            return false;
        }
    }
    return plain_url(value_of(a, "url")) == plain_url(value_of(b, "url")) &&
           plain_path(value_of(a, "path")) == plain_path(value_of(b, "path"));
}

bool same_manner(const Attributes& a, const Attributes& b) {
    constexpr std::array<std::string_view, 7> keys{
        "allRefs", "exportIgnore", "shallow", "verifyCommit", "publicKey", "publicKeys", "keytype"};
    const auto plain = [](const Attributes& of, std::string_view key) {
        const std::string value = said(of, key);
        return value == "0" || value == "false" ? std::string() : value;
    };
    return std::all_of(keys.begin(), keys.end(),
                       [&](std::string_view key) { return plain(a, key) == plain(b, key); });
}

std::string where_from(Attributes attributes) {
    attributes.erase("rev");
    attributes.erase("ref");
    return as_text(attributes);
}

std::string as_text(const Attributes& attributes) {
    const std::string type = value_of(attributes, "type");
    const auto also = [&](const char* before, const char* key) {
        const std::string value = value_of(attributes, key);
        return value.empty() ? value : before + value;
    };
    std::string out;
    if (is_forge(type)) {
        out = type + ":" + value_of(attributes, "owner") + also("/", "repo") + also("/", "ref") +
              also("/", "rev") + also("@", "host");
    } else if (type == "indirect") {
        out = value_of(attributes, "id") + also("/", "ref") + also("/", "rev");
    } else if (type == "path") {
        out = "path:" + value_of(attributes, "path");
    } else {
        out = type + " " + value_of(attributes, "url") + also(" ", "ref") + also(" ", "rev");
    }
    return core::printable(core::shorten(core::to_utf8(out + also("?dir=", "dir")), 160));
}

} // namespace agentd::proposals::flake
