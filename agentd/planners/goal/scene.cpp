#include "agentd/planners/goal/scene.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

namespace map = proposals::map;

constexpr auto reserved = std::to_array<std::string_view>(
    {"a",          "about",     "above",    "activate",   "add",       "after",     "again",
     "all",        "already",   "also",     "an",         "and",       "any",       "anybody",
     "anyone",     "anything",  "are",      "as",         "at",        "be",        "because",
     "before",     "below",     "both",     "bump",       "but",       "by",        "can",
     "can't",      "cannot",    "change",   "close",      "could",     "create",    "current",
     "deactivate", "delete",    "disable",  "do",         "does",      "doesn't",   "don't",
     "dont",       "drop",      "each",     "either",     "else",      "enable",    "ensure",
     "every",      "everybody", "everyone", "everything", "except",    "firewall",  "following",
     "for",        "from",      "get",      "give",       "has",       "have",      "her",
     "here",       "him",       "host",     "hosts",      "how",       "i",         "if",
     "import",     "imports",   "in",       "input",      "inputs",    "inside",    "install",
     "instead",    "into",      "is",       "it",         "its",       "keep",      "kindly",
     "latest",     "leave",     "let",      "let's",      "machine",   "machines",  "make",
     "many",       "may",       "me",       "module",     "modules",   "more",      "must",
     "my",         "neither",   "never",    "new",        "newest",    "next",      "no",
     "none",       "nor",       "not",      "nothing",    "now",       "of",        "off",
     "on",         "only",      "open",     "or",         "other",     "otherwise", "our",
     "out",        "package",   "packages", "password",   "passwords", "please",    "port",
     "ports",      "program",   "programs", "put",        "remove",    "restart",   "run",
     "runs",       "same",      "service",  "services",   "set",       "shall",     "should",
     "so",         "some",      "start",    "stop",       "such",      "switch",    "system",
     "than",       "that",      "the",      "their",      "them",      "then",      "there",
     "these",      "they",      "this",     "those",      "to",        "too",       "turn",
     "undo",       "uninstall", "unless",   "unset",      "until",     "update",    "upgrade",
     "use",        "user",      "users",    "want",       "we",        "what",      "when",
     "where",      "whether",   "which",    "while",      "who",       "whole",     "why",
     "will",       "with",      "without",  "won't",      "would",     "yet",       "you",
     "your"});

} // namespace

bool is_reserved(std::string_view lower) {
    return std::binary_search(reserved.begin(), reserved.end(), lower);
}

std::optional<Scope> both(const Scope& one, const Scope& other) {
    Scope out = one;
    const auto same = [](const std::string& a, const std::string& b) {
        return a.empty() || b.empty() || a == b;
    };
    const bool hosts_agree =
        !one.says_hosts() || !other.says_hosts() ||
        (one.hosts == other.hosts && one.every == other.every && one.shared == other.shared);
    if (!hosts_agree || !same(one.user, other.user) || !same(one.in, other.in) ||
        !same(one.flake, other.flake) || !same(one.whom, other.whom)) {
        return std::nullopt;
    }
    if (other.says_hosts()) {
        out.hosts = other.hosts;
        out.every = other.every;
        out.shared = other.shared;
    }
    out.user = one.user.empty() ? other.user : one.user;
    out.in = one.in.empty() ? other.in : one.in;
    out.flake = one.flake.empty() ? other.flake : one.flake;
    out.whom = one.whom.empty() ? other.whom : one.whom;
    out.weak = one.weak || other.weak;
    out.there = one.there || other.there;
    out.his = one.his || other.his;
    return out;
}

bool Scene::is_user(std::string_view name) const {
    return std::find(users.begin(), users.end(), name) != users.end();
}

std::optional<std::string> Scene::module(const std::string& name) const {
    if (name.empty() || name.find("..") != std::string::npos || name.front() == '/') {
        return std::nullopt;
    }
    const std::string bare = name.starts_with("./") ? name.substr(2) : name;
    const std::string stem = bare.ends_with(".nix") ? bare.substr(0, bare.size() - 4) : bare;
    const auto ends = [](const std::string& whole, const std::string& part) {
        return whole == part || whole.ends_with("/" + part);
    };
    for (const std::string& file : around.files) {
        const bool nix = file.ends_with(".nix");
        if (nix && (ends(file, stem + ".nix") || ends(file, stem + "/default.nix"))) {
            return bare;
        }
    }
    for (const map::Aspect& aspect : around.map.aspects) {
        if (aspect.name == name) {
            return name;
        }
    }
    return std::nullopt;
}

bool Scene::is_module(const std::string& name) const {
    return module(name).has_value();
}

Scene make_scene(const Surroundings& around, Tokens tokens) {
    Scene out{.around = around, .tokens = std::move(tokens)};
    std::set<std::string> users;
    for (const map::Host& host : around.map.hosts) {
        for (const auto& [user, modules] : host.homes) {
            users.insert(user);
        }
        for (const auto& [user, modules] : host.inside) {
            users.insert(user);
        }
    }
    users.erase("*");
    users.erase(""); // of the system
    out.users.assign(users.begin(), users.end());
    for (const std::string& file : around.files) {
        for (std::string at = map::folder_of(file); !at.empty(); at = map::folder_of(at)) {
            out.folders.insert(at);
        }
    }
    return out;
}

} // namespace agentd::planners::goal
