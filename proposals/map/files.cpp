#include "proposals/map/files.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::map {

namespace {

constexpr std::string_view suffix = ".nix";

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> out;
    for (const auto part : core::split(path, '/')) {
        if (!part.empty() && part != ".") {
            out.emplace_back(part);
        }
    }
    return out;
}

std::string joined_with_slashes(const std::vector<std::string>& parts, std::size_t from = 0) {
    std::string out;
    for (std::size_t i = from; i < parts.size(); ++i) {
        out += (out.empty() ? "" : "/") + parts[i];
    }
    return out;
}

} // namespace

Files::Files(const TreeReader& tree, std::vector<std::string> paths, const Bounds& bounds)
    : tree_(tree), bounds_(bounds), paths_(std::move(paths)) {
    if (paths_.size() > bounds_.files) {
        paths_.resize(bounds_.files);
        cut_ = true;
    }
    std::sort(paths_.begin(), paths_.end());
    for (const std::string& path : paths_) {
        if (path.ends_with(suffix) && kind(path) == Kind::file) {
            nix_files_.push_back(path);
        }
    }
}

Files::Kind Files::kind(const std::string& path) const {
    const auto at = std::lower_bound(paths_.begin(), paths_.end(), path);
    if (at != paths_.end() && *at == path) {
        const auto entry = tree_.find(path);
        const bool plain =
            entry && (entry->mode == FileMode::file || entry->mode == FileMode::executable);
        return plain ? Kind::file : Kind::other;
    }
    const std::string inside = path.empty() ? "" : path + "/";
    const auto below = std::lower_bound(paths_.begin(), paths_.end(), inside);
    return below != paths_.end() && below->starts_with(inside) ? Kind::folder : Kind::none;
}

std::vector<Files::Entry> Files::folder(const std::string& path) const {
    const std::string inside = path.empty() ? "" : path + "/";
    std::vector<Entry> out;
    for (auto at = std::lower_bound(paths_.begin(), paths_.end(), inside);
         at != paths_.end() && at->starts_with(inside); ++at) {
        const auto rest = std::string_view(*at).substr(inside.size());
        const auto slash = rest.find('/');
        std::string name(rest.substr(0, slash));
        if (!out.empty() && out.back().name == name) {
            continue;
        }
        const Kind found = slash == std::string_view::npos ? kind(*at) : Kind::folder;
        out.push_back({.name = std::move(name), .kind = found});
    }
    return out;
}

std::vector<std::string> Files::below(const std::string& folder) const {
    const std::string inside = folder.empty() ? "" : folder + "/";
    std::vector<std::string> out;
    for (auto at = std::lower_bound(paths_.begin(), paths_.end(), inside);
         at != paths_.end() && at->starts_with(inside); ++at) {
        out.push_back(*at);
    }
    return out;
}

std::optional<std::string> Files::imported(const std::string& path) const {
    const Kind found = kind(path);
    if (found == Kind::file) {
        return path;
    }
    const std::string inside = path.empty() ? "default.nix" : path + "/default.nix";
    return found == Kind::folder && kind(inside) == Kind::file ? std::optional(inside)
                                                               : std::nullopt;
}

const SourceFile* Files::parse(const std::string& path) {
    if (const auto known = parsed_.find(path); known != parsed_.end()) {
        return known->second.get();
    }
    auto& slot = parsed_[path];
    if (parsed_.size() > bounds_.nix_files || bytes_ > bounds_.total_bytes) {
        cut_ = true;
        return nullptr;
    }
    const bool file = kind(path) == Kind::file;
    auto text = file ? tree_.read_within(path, bounds_.file_bytes) : std::nullopt;
    if (!text) {
        cut_ = cut_ || file;
        return nullptr;
    }
    bytes_ += text->size();
    auto read = nix::parse(std::move(*text));
    if (auto* tree = std::get_if<nix::Tree>(&read)) {
        slot = std::make_unique<SourceFile>(SourceFile{.path = path, .tree = std::move(*tree)});
    } else {
        broken_.push_back(path);
    }
    return slot.get();
}

std::optional<std::string> joined_path(std::string_view base, std::string_view relative) {
    if (relative.starts_with('/') || relative.starts_with('~')) {
        return std::nullopt;
    }
    std::vector<std::string> parts = split_path(base);
    for (std::string& part : split_path(relative)) {
        if (part != "..") {
            parts.push_back(std::move(part));
        } else if (parts.empty()) {
            return std::nullopt;
        } else {
            parts.pop_back();
        }
    }
    return joined_with_slashes(parts);
}

std::string folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

std::string name_of(std::string_view path) {
    return std::string(path.substr(path.rfind('/') + 1));
}

std::string stem_of(std::string_view path) {
    std::string name = name_of(path);
    if (name == "default.nix") {
        return name_of(folder_of(path));
    }
    if (name.ends_with(suffix)) {
        name.resize(name.size() - suffix.size());
    }
    return name;
}

std::string relative_path(std::string_view from_file, std::string_view to) {
    const auto from = split_path(folder_of(from_file));
    const auto target = split_path(to);
    std::size_t same = 0;
    while (same < from.size() && same < target.size() && from[same] == target[same]) {
        ++same;
    }
    std::string out = same == from.size() ? "./" : "";
    for (std::size_t i = same; i < from.size(); ++i) {
        out += "../";
    }
    const std::string rest = joined_with_slashes(target, same);
    if (rest.empty() && out.size() > 1) {
        out.pop_back();
    }
    return out + rest;
}

} // namespace agentd::proposals::map
