/// @file
/// Names from Nix, git and systemd as types: a value exists only if its form is right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace agentd::core {

/// A git object id in SHA-1 form: 40 lower-case hex digits.
class Commit {
public:
    static std::optional<Commit> parse(std::string_view text);
    const std::string& str() const noexcept { return text_; }
    std::string short_form() const { return text_.substr(0, 12); }
    friend bool operator==(const Commit&, const Commit&) = default;

private:
    explicit Commit(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// `/nix/store/<32 of Nix's base 32>-<name>`, a top-level path of the store and nothing below it.
class StorePath {
public:
    static std::optional<StorePath> parse(std::string_view text);
    const std::string& str() const noexcept { return text_; }
    /// The part after the hash, e.g. `nginx-1.26.2`.
    std::string_view name() const noexcept;
    bool is_derivation() const noexcept { return text_.ends_with(".drv"); }
    friend bool operator==(const StorePath&, const StorePath&) = default;
    friend auto operator<=>(const StorePath&, const StorePath&) = default;

private:
    explicit StorePath(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// A systemd unit name: `[A-Za-z0-9:_.\\@-]`, a known suffix, at most 255 bytes.
class UnitName {
public:
    static std::optional<UnitName> parse(std::string_view text);
    const std::string& str() const noexcept { return text_; }
    friend bool operator==(const UnitName&, const UnitName&) = default;
    friend auto operator<=>(const UnitName&, const UnitName&) = default;

private:
    explicit UnitName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// A host of the flake: `[A-Za-z0-9_-]`, at most 63 bytes, safe inside an attribute path and a file name.
class HostName {
public:
    static std::optional<HostName> parse(std::string_view text);
    const std::string& str() const noexcept { return text_; }
    friend bool operator==(const HostName&, const HostName&) = default;

private:
    explicit HostName(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// A branch name git accepts and that is safe in a URL: `[A-Za-z0-9._/-]`, no `..`, no leading `-`.
bool is_branch_name(std::string_view text) noexcept;

} // namespace agentd::core
