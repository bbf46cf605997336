/// @file
/// A committed tree that is only in memory.
#pragma once

#include "proposals/map/repo_map.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace agentd::tests {

class MemoryTree final : public proposals::TreeReader {
  public:
    MemoryTree(std::map<std::string, std::string> files, std::vector<std::string> links = {})
        : files_(std::move(files)), links_(std::move(links)) {}

    std::optional<proposals::TreeEntry> find(std::string_view path) const override {
        const std::string name(path);
        if (files_.count(name) == 0) {
            return std::nullopt;
        }
        const bool link = std::find(links_.begin(), links_.end(), name) != links_.end();
        return proposals::TreeEntry{.mode = link ? proposals::FileMode::symlink
                                                 : proposals::FileMode::file};
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto found = files_.find(std::string(path));
        return found == files_.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<std::string> paths() const {
        std::vector<std::string> out;
        for (const auto& [path, text] : files_) {
            out.push_back(path);
        }
        return out;
    }

  private:
    std::map<std::string, std::string> files_;
    std::vector<std::string> links_;
};

inline proposals::map::RepoMap map_of(const MemoryTree& tree) {
    proposals::map::Files files(tree, tree.paths());
    auto map = proposals::map::make_map(files);
    REQUIRE(map.has_value());
    return std::move(map).value();
}

inline std::vector<std::string> files_of(const proposals::map::Modules& modules) {
    std::vector<std::string> out;
    for (const auto& use : modules) {
        out.push_back(use.file);
    }
    std::sort(out.begin(), out.end());
    return out;
}

inline std::vector<std::string> files_of(const proposals::map::RepoMap& map,
                                         std::string_view host) {
    const auto* found = map.host(host);
    REQUIRE(found != nullptr);
    return files_of(found->modules);
}

/// A module of the host's system stands in the file, inside of something else.
inline bool holds(const proposals::map::RepoMap& map, std::string_view host,
                  const std::string& file) {
    const auto* found = map.host(host);
    REQUIRE(found != nullptr);
    const auto inside = found->inside.find("");
    const auto loose = found->inlined.find("");
    return (loose != found->inlined.end() && loose->second.count(file) > 0) ||
           (inside != found->inside.end() &&
            std::any_of(inside->second.begin(), inside->second.end(),
                        [&](const auto& module) { return module.file == file; }));
}

} // namespace agentd::tests
