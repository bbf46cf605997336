#include "evaluator/lock_node.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;
using core::Problem;

/// What may stand in an attribute that goes on into an expression of ours.
bool plain(std::string_view text) {
    constexpr std::string_view also = "-._~:/?#@&()*+,;=%";
    return !text.empty() && text.size() <= 1024 &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      also.find(c) != also.npos;
           });
}

std::string text_of(const Json& object, const char* key) {
    const auto it = object.is_object() ? object.find(key) : object.end();
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

bool flag_of(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_boolean() && it->get<bool>();
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool is_forge(std::string_view type) {
    return type == "github" || type == "gitlab" || type == "sourcehut";
}

struct Address {
    std::string scheme{};
    std::string host{};
    std::string path{}; ///< with its slash
};

std::optional<Address> address_of(std::string_view url) {
    const auto mark = url.find("://");
    if (mark == url.npos) {
        return std::nullopt;
    }
    const auto rest = url.substr(mark + 3);
    const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
    Address out{.scheme = std::string(url.substr(0, mark)),
                .host = lower(std::string(rest.substr(0, slash)))};
    const auto path = rest.substr(slash);
    out.path = std::string(path.substr(0, path.find_first_of("?#")));
    // Neither a file of this machine, nor somebody's keys, nor a name in the address.
    const bool good = (out.scheme == "http" || out.scheme == "https") && !out.host.empty() &&
                      out.host.find('@') == std::string::npos;
    return good ? std::optional(out) : std::nullopt;
}

/// `/owner/repo` of a path that begins so.
std::string first_two(std::string_view path) {
    const auto one = path.find('/', 1);
    const auto two = one == path.npos ? path.npos : path.find('/', one + 1);
    auto out = lower(std::string(path.substr(1, two == path.npos ? two : two - 1)));
    return out.ends_with(".git") ? out.substr(0, out.size() - 4) : out;
}

/// Many share a forge: there the origin is who, elsewhere it is the host.
std::string origin_of(const Address& at, bool whole_path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> forges{
        {{"github.com", "github:"},
         {"gitlab.com", "gitlab:"},
         {"git.sr.ht", "sourcehut:"},
         {"codeberg.org", "https://codeberg.org/"}}};
    for (const auto& [host, prefix] : forges) {
        if (at.host == host && at.path.size() > 1) {
            return std::string(prefix) + first_two(at.path);
        }
    }
    constexpr std::string_view pinned = "/f/pinned/";
    if (at.host == "api.flakehub.com" && at.path.starts_with(pinned)) {
        return "https://api.flakehub.com/" + first_two(at.path.substr(pinned.size() - 1));
    }
    return at.scheme + "://" + at.host + (whole_path ? at.path : "");
}

/// The folder an address lies in: Nix allows what is below a prefix, and writes what follows in
/// ways of its own.
std::string above(const Address& at) {
    return at.scheme + "://" + at.host + at.path.substr(0, at.path.rfind('/') + 1);
}

class Reader {
  public:
    Reader(std::string name, const Json& node)
        : name_(std::move(name)), locked_(node.value("locked", Json::object())),
          original_(node.value("original", Json::object())) {}

    LockNode read() {
        LockNode out{.name = name_,
                     .type = core::shorten(text_of(locked_, "type"), 40),
                     .hash = text_of(locked_, "narHash").substr(0, 17),
                     .text = core::canonical(Json::array({locked_, original_}))};
        const std::string path = text_of(locked_, "path");
        const bool inside = text_of(locked_, "type") == "path" && !path.empty() &&
                            path.front() != '/' && path.find("..") == path.npos;
        if (inside || !locked_.is_object() || locked_.empty()) {
            return out; // a folder of the flake itself
        }
        out.source = source();
        if (!out.source) {
            out.problem = std::move(problem_);
        }
        return out;
    }

  private:
    std::optional<LockedSource> refuse(const char* code, const std::string& why,
                                       const std::string& hint) {
        problem_ = Problem{.code = code,
                           .message = "the input `" + core::printable(name_) + "` " + why,
                           .where = "flake.lock",
                           .hint = hint};
        return std::nullopt;
    }

    std::optional<LockedSource> source() {
        const std::string type = text_of(locked_, "type");
        const auto path = source_path(text_of(locked_, "narHash"));
        if (!path) {
            return refuse("unlocked_input", "has no hash that its files are known by",
                          "lock it: nix flake lock");
        }
        LockedSource out{.path = *path, .locked = core::canonical(locked_)};
        const bool known = is_forge(type)  ? forge(out, type)
                           : type == "git" ? git(out)
                           : type == "tarball"
                               ? tarball(out)
                               : (refuse("input_type",
                                         "is of the kind `" + core::printable(type) +
                                             "`, which cannot be fetched again by "
                                             "what the lock says",
                                         "use github, gitlab, sourcehut, git over "
                                         "https or a tarball"),
                                  false);
        return known && as_original(type) ? std::optional(std::move(out)) : std::nullopt;
    }

    bool put(LockedSource& out, const char* key) {
        const std::string value = text_of(locked_, key);
        if (value.empty()) {
            return true;
        }
        if (!plain(value)) {
            refuse("input_type", std::string("has a `") + key + "` that is no plain address",
                   "write it without quotes, blanks and `$`");
            return false;
        }
        out.attributes += std::string(" ") + key + " = " + proposals::nix_string(value) + ";";
        return true;
    }

    bool with_revision(LockedSource& out) {
        const std::string rev = text_of(locked_, "rev");
        if ((rev.size() != 40 && rev.size() != 64) ||
            rev.find_first_not_of("0123456789abcdef") != rev.npos) {
            refuse("unlocked_input", "has no revision", "lock it: nix flake lock");
            return false;
        }
        out.revision = rev.substr(0, 10);
        return put(out, "rev");
    }

    bool forge(LockedSource& out, const std::string& type) {
        const std::string who = text_of(locked_, "owner") + "/" + text_of(locked_, "repo");
        const std::string host = text_of(locked_, "host");
        out.origin = type + ":" + lower(who) + (host.empty() ? "" : "@" + lower(host));
        out.uris = {type + ":" + who};
        out.attributes = " type = " + proposals::nix_string(type) + ";";
        return put(out, "owner") && put(out, "repo") && put(out, "host") && with_revision(out);
    }

    bool git(LockedSource& out) {
        const std::string url = text_of(locked_, "url");
        const auto at = address_of(url);
        if (!at) {
            refuse("input_type",
                   "is fetched from " + core::printable(core::shorten(url, 100)) +
                       ", which is no https address",
                   "give it as https://…: neither files of this machine nor keys of its users are "
                   "used for a proposal");
            return false;
        }
        for (const char* more : {"submodules", "lfs"}) {
            if (flag_of(locked_, more)) {
                refuse("input_type",
                       std::string("wants its ") + more +
                           ", which come from addresses that no lock names",
                       "take them in as inputs of their own");
                return false;
            }
        }
        out.origin = origin_of(*at, true);
        out.uris = {"git+" + above(*at), above(*at)};
        out.attributes = " type = \"git\";";
        for (const char* each : {"allRefs", "shallow", "exportIgnore"}) {
            if (locked_.contains(each)) {
                out.attributes +=
                    std::string(" ") + each + " = " + (flag_of(locked_, each) ? "true;" : "false;");
            }
        }
        return put(out, "url") && put(out, "ref") && with_revision(out);
    }

    bool tarball(LockedSource& out) {
        const std::string url = text_of(locked_, "url");
        const auto at = address_of(url);
        if (!at) {
            refuse("input_type",
                   "is fetched from " + core::printable(core::shorten(url, 100)) +
                       ", which is no https address",
                   "give it as https://…");
            return false;
        }
        out.origin = origin_of(*at, false);
        out.uris = {above(*at), "tarball+" + above(*at)};
        out.attributes = " type = \"tarball\";";
        out.revision = core::shorten(text_of(locked_, "rev"), 10);
        return put(out, "url");
    }

    /// A registry's name and a channel's address lead elsewhere by design; that where they lead is
    /// nothing new is asked of the origin.
    bool as_original(const std::string& type) {
        const std::string was = text_of(original_, "type");
        bool same = was == type || was == "indirect" || was.empty();
        for (const char* key : {"owner", "repo", "host"}) {
            same = same && (was == "indirect" || !is_forge(type) ||
                            lower(text_of(original_, key)) == lower(text_of(locked_, key)));
        }
        same = same && (was == "indirect" || text_of(original_, "dir") == text_of(locked_, "dir"));
        same = same && (was != "git" || text_of(original_, "url") == text_of(locked_, "url"));
        if (!same) {
            refuse("lock_mismatch", "is locked to another place than flake.nix names",
                   "lock it again: nix flake update " + core::printable(name_));
        }
        return same;
    }

    std::string name_;
    Json locked_;
    Json original_;
    std::optional<Problem> problem_{};
};

} // namespace

LockNode read_lock_node(const std::string& name, const Json& node) {
    return node.is_object() ? Reader(core::shorten(name, 100), node).read()
                            : LockNode{.name = core::shorten(name, 100)};
}

std::optional<core::StorePath> source_path(std::string_view nar_hash, std::string_view name) {
    constexpr std::string_view sri = "sha256-";
    constexpr std::string_view digits = "0123456789abcdfghijklmnpqrsvwxyz";
    constexpr std::size_t kept = 20;
    const auto bytes =
        nar_hash.starts_with(sri) ? core::base64_decode(nar_hash.substr(sri.size())) : std::nullopt;
    if (!bytes || bytes->size() != core::Digest::size) {
        return std::nullopt;
    }
    const auto digest = "source:sha256:" + core::hex_encode(*bytes) + ":/nix/store:";
    const auto whole = core::sha256(digest + std::string(name)).bytes();
    std::array<std::uint8_t, kept> folded{};
    for (std::size_t i = 0; i < whole.size(); ++i) {
        folded[i % kept] ^= whole[i];
    }
    std::string path = "/nix/store/";
    for (std::size_t n = 32; n-- > 0;) { // five bits each, from the end
        const std::size_t bit = n * 5;
        const unsigned low = folded[bit / 8] >> (bit % 8);
        const unsigned high = bit / 8 + 1 < kept ? folded[bit / 8 + 1] << (8 - bit % 8) : 0U;
        path += digits[(low | high) & 31U];
    }
    return core::StorePath::parse(path.append("-").append(name));
}

} // namespace agentd::evaluator
