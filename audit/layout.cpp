#include "audit/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace agentd::audit {

namespace {

constexpr std::size_t max_strangers = 16;

/// C2SP's name of a tile: groups of three digits, all but the last with an `x` in front.
std::string tile_name(std::uint64_t number) {
    std::string name = fmt::format("{:03}", number % 1000);
    for (number /= 1000; number > 0; number /= 1000) {
        name = fmt::format("x{:03}/", number % 1000) + name;
    }
    return name;
}

} // namespace

std::string Layout::segment_name(std::uint64_t segment) {
    return fmt::format("{:08}.jsonl", segment);
}

std::string Layout::segment_path(std::uint64_t segment) const {
    return log_directory() + "/" + segment_name(segment);
}

std::string Layout::tile_path(std::uint64_t tile) const {
    return directory + "/tile/0/" + tile_name(tile);
}

std::string Layout::partial_tile_path(std::uint64_t tile, std::uint64_t width) const {
    return tile_path(tile) + ".p/" + std::to_string(width);
}

Layout::Segments Layout::segments() const {
    Segments out;
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator it(log_directory(), error), end; !error && it != end;
         it.increment(error)) {
        names.push_back(it->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        if (name == segment_name(out.count)) {
            ++out.count;
        } else if (out.strangers.size() < max_strangers) {
            out.strangers.push_back(name);
        }
    }
    return out;
}

} // namespace agentd::audit
