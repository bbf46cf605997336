#include "proposals/intake_path.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t longest_name = 255;

Problem refuse(std::string code, std::string_view path, std::string why, std::string hint = {}) {
    return {.code = std::move(code),
            .message = "path `" + core::printable(core::shorten(core::to_utf8(path), 120)) + "` " +
                       std::move(why),
            .hint = std::move(hint)};
}

/// `GIT~1`, `gitmod~1`, `gi7eba~1`: short names under which Windows shares reach `.git…`.
bool is_short_name(std::string_view lower) {
    const auto tilde = lower.find('~');
    return lower.starts_with("gi") && tilde != std::string_view::npos && tilde + 1 < lower.size() &&
           lower[tilde + 1] >= '0' && lower[tilde + 1] <= '9';
}

bool is_git_name(std::string_view component) {
    const std::string lower = core::to_lower(component);
    return lower.starts_with(".git") || lower == ".lfsconfig" || is_short_name(lower);
}

/// Where another program of versions keeps its own in the owner's clone: a file of settings that
/// was not there, and names programs to run, comes with the next pull.
bool is_of_other_versions(std::string_view component) {
    constexpr std::array<std::string_view, 7> names{".jj",    ".hg",    ".svn", ".bzr",
                                                    "_darcs", ".pijul", ".sl"};
    return std::find(names.begin(), names.end(), core::to_lower(component)) != names.end();
}

Result<Done> check_component(std::string_view path, std::string_view component) {
    if (component == "." || component == "..") {
        return refuse("path_escape", path, "leaves its place with `.` or `..`");
    }
    if (component.empty()) {
        return refuse("bad_path", path, "has an empty part");
    }
    if (component.size() > longest_name) {
        return refuse("bad_path", path, "has a part of more than 255 bytes, which no disk takes");
    }
    if (is_git_name(component)) {
        return refuse("git_metadata", path, "belongs to git itself",
                      "git's own files can be changed only by the owner, by hand");
    }
    if (is_of_other_versions(component)) {
        return refuse("git_metadata", path, "belongs to another program of versions",
                      "its files can be changed only by the owner, by hand");
    }
    if (component.back() == '.' || component.back() == ' ' || component.front() == ' ') {
        return refuse("bad_path", path,
                      "has a part that begins or ends with a blank or ends with a dot");
    }
    return Done{};
}

Result<Done> check_characters(std::string_view path) {
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            return refuse("control_char", path, "holds a control character");
        }
        if (byte >= 0x80) {
            return refuse("bad_path", path, "holds a character that is not ASCII");
        }
        if (c == '\\') {
            return refuse("path_escape", path, "holds a backslash");
        }
        if (c == '"' || c == ':' || c == '*' || c == '?' || c == '<' || c == '>' || c == '|') {
            return refuse("bad_path", path, "holds one of \" : * ? < > |");
        }
    }
    return Done{};
}

bool looks_secret(std::string_view path, std::string_view name) {
    constexpr std::array<std::string_view, 7> endings{".age", ".gpg",       ".pem",      ".key",
                                                      ".p12", ".sops.yaml", ".sops.json"};
    return path.find("secret") != std::string_view::npos ||
           std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_agentds_own(std::string_view path, std::string_view name) {
    const auto parts = core::split(path, '/');
    return name == "agentd.nix" || name == "agentd.toml" || name == "policy.toml" ||
           name == "approvers" || std::find(parts.begin(), parts.end(), "agentd") != parts.end();
}

} // namespace

Result<Done> check_path(std::string_view path, const IntakeLimits& limits) {
    if (path.empty() || path.size() > limits.path_bytes) {
        return refuse("bad_path", path,
                      "is empty or longer than " + std::to_string(limits.path_bytes) + " bytes");
    }
    if (path.front() == '/') {
        return refuse("path_escape", path, "is absolute");
    }
    if (path.front() == '-') {
        return refuse("bad_path", path, "begins with `-`");
    }
    if (auto done = check_characters(path); !done) {
        return done;
    }
    const auto components = core::split(path, '/');
    if (components.size() > limits.path_depth) {
        return refuse("bad_path", path,
                      "is more than " + std::to_string(limits.path_depth) + " folders deep");
    }
    for (const auto component : components) {
        if (auto done = check_component(path, component); !done) {
            return done;
        }
    }
    return Done{};
}

Problem too_many_files(const IntakeLimits& limits) {
    return {.code = "too_many_files",
            .message = "more than " + std::to_string(limits.files) + " files"};
}

Problem too_large(std::string_view path, const IntakeLimits& limits) {
    return {.code = "too_large",
            .message =
                "the file would have more than " + std::to_string(limits.blob_bytes) + " bytes",
            .where = std::string(path)};
}

std::vector<Flag> path_flags(std::string_view path) {
    const std::string lower = core::to_lower(path);
    const auto name = std::string_view(lower).substr(lower.rfind('/') + 1);
    std::vector<Flag> flags;
    if (name == "flake.nix") {
        flags.push_back(Flag::flake_file);
    }
    if (name == "flake.lock") {
        flags.push_back(Flag::lock_file);
    }
    if (looks_secret(lower, name)) {
        flags.push_back(Flag::secrets);
    }
    if (is_agentds_own(lower, name)) {
        flags.push_back(Flag::agentd_file);
    }
    return flags;
}

bool is_evaluated_text(std::string_view path) {
    const std::string lower = core::to_lower(path);
    return lower.ends_with(".nix") || lower.ends_with(".toml") || lower.ends_with(".json") ||
           lower.ends_with(".lock");
}

} // namespace agentd::proposals
