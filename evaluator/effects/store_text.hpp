/// @file
/// Store paths inside text: finding them, and seeing past their hashes and versions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// A derivation name taken apart as Nix's parseDrvName does: the version starts after the first
/// dash that no letter follows.
struct PackageName {
    std::string name{};
    std::string version{}; ///< empty when there is none; output names (`-bin`, `-dev`) are cut off
    friend bool operator==(const PackageName&, const PackageName&) = default;
    friend auto operator<=>(const PackageName&, const PackageName&) = default;
};
PackageName parse_package_name(std::string_view text);

/// One store path found in a text.
struct StoreReference {
    std::size_t begin{};    ///< offset of the path in the text
    std::size_t top_end{};  ///< end of `<prefix>/<hash>-<name>`
    std::size_t full_end{}; ///< end of the path below it, if one follows
    std::string top{};      ///< `<prefix>/<hash>-<name>`
    std::string name{};     ///< `<name>`
};

/// @param prefix the store, without a slash at its end.
std::vector<StoreReference> store_references(std::string_view text, std::string_view prefix);

/// The `<hash>-<name>` part of a path in or below the store, or "" when it is none.
std::string store_top(std::string_view path, std::string_view prefix);
/// The name of the store path that `path` is in, or "".
std::string store_name(std::string_view path, std::string_view prefix);

/// The text with every `<prefix>/<hash>-<name>` written as `<name>`: what a person should read.
std::string without_hashes(std::string_view text, std::string_view prefix);
/// As above and without versions: equal for two texts that differ only in which builds they name.
std::string shape_of(std::string_view text, std::string_view prefix);

} // namespace agentd::evaluator::effects
