/// @file
/// The built page, embedded in the program.
#pragma once

#include <optional>
#include <string_view>

namespace agentd::web {

struct Asset {
    std::string_view path; ///< `/index.html`, `/assets/…`
    std::string_view bytes;
    std::string_view brotli; ///< empty when there is no smaller form
    std::string_view sha256; ///< of `bytes`, hex: the strong ETag

    std::string_view media_type() const noexcept;
    /// Hashed names never change their content.
    bool immutable() const noexcept { return path.starts_with("/assets/"); }
};

/// nullopt for anything that is not one of the page's own files.
std::optional<Asset> find_asset(std::string_view path) noexcept;

} // namespace agentd::web
