/// @file
/// Where an input of a flake comes from, as attributes: what an address means, and what a lock
/// says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals::flake {

/// `type`, `owner`, `url`, `path`, `id`, `ref`, …; yes and no are `1` and `0`.
using Attributes = std::map<std::string, std::string, std::less<>>;

/// What Nix makes of the `url` of an input: `github:a/b/c?dir=d`, `git+https://…`, `./x`,
/// `nixpkgs`, …; nullopt for what is none of the kinds that are known.
std::optional<Attributes> read_reference(std::string_view url);

/// The value, or "".
std::string value_of(const Attributes& attributes, std::string_view name);

/// Whether both ask for the same: kind, place, branch, revision and folder. However they are
/// written.
bool same_place(const Attributes& a, const Attributes& b);

/// Whether both want it fetched in the same way: how much of its history, and whose signatures.
bool same_manner(const Attributes& a, const Attributes& b);

/// Whether Nix may have locked to the one what was asked for by the other. A name from a registry
/// may lead anywhere; that it leads nowhere new is asked where the owner's list of origins is
/// known.
bool may_be_locked_so(const Attributes& original, const Attributes& locked);

/// In short, for people: `github:a/b/c`, `https://…`.
std::string as_text(const Attributes& attributes);
/// The same without branch and revision.
std::string where_from(Attributes attributes);

/// Why an input cannot be taken from there, so that it can be fetched again by anybody: a path
/// outside of the flake, a file of this machine, an address that is not http(s), an owner that is
/// none,
/// submodules or LFS, a folder that leads out. "" when it can.
std::string why_not(const Attributes& attributes);

} // namespace agentd::proposals::flake
