#include "web/assets.hpp"

#include <array>
#include <span>

namespace agentd::web {

namespace embedded {
extern const std::span<const Asset> assets; // made by the build from web/ui/dist
}

std::string_view Asset::media_type() const noexcept {
    struct Row {
        std::string_view suffix;
        std::string_view type;
    };
    constexpr std::array table{Row{".html", "text/html; charset=utf-8"},
                               Row{".js", "text/javascript; charset=utf-8"},
                               Row{".css", "text/css; charset=utf-8"},
                               Row{".svg", "image/svg+xml"},
                               Row{".png", "image/png"},
                               Row{".webmanifest", "application/manifest+json"},
                               Row{".json", "application/json"},
                               Row{".woff2", "font/woff2"}};
    for (const Row& row : table) {
        if (path.ends_with(row.suffix)) {
            return row.type;
        }
    }
    return "application/octet-stream";
}

std::optional<Asset> find_asset(std::string_view path) noexcept {
    for (const Asset& asset : embedded::assets) {
        if (asset.path == path) {
            return asset;
        }
    }
    return std::nullopt;
}

} // namespace agentd::web
