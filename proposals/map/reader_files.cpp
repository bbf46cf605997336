// What a path names among the files of the repository.
#include "proposals/map/reader.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

Value* Reader::import_file(const std::string& path) {
    if (const auto known = imported_.find(path); known != imported_.end()) {
        return known->second;
    }
    const SourceFile* file = files_.parse(path);
    Value* out = file == nullptr ? unknown() : later(*file, file->tree.root(), nullptr);
    imported_[path] = out;
    return out;
}

namespace {

/// Whether a text with holes could be `name`.
bool could_be(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    bool open = false;
    while (!pattern.empty()) {
        const auto end = std::min(pattern.find(hole), pattern.size());
        const auto piece = pattern.substr(0, end);
        const auto found = open ? name.find(piece, at) : at;
        if (found == std::string_view::npos || name.substr(found, piece.size()) != piece) {
            return false;
        }
        at = found + piece.size();
        open = end < pattern.size();
        pattern.remove_prefix(open ? end + 1 : end);
    }
    return open || at == name.size();
}

} // namespace

std::vector<std::string> Reader::files_for(const std::string& path) const {
    if (path.find(hole) == std::string::npos) {
        const auto one = files_.imported(path);
        return one ? std::vector<std::string>{*one} : std::vector<std::string>{};
    }
    std::vector<std::string> out;
    const auto slashes = std::count(path.begin(), path.end(), '/');
    for (const std::string& file : files_.nix_files()) {
        const std::string shorter = folder_of(file);
        const auto fits = [&](const std::string& candidate) {
            return std::count(candidate.begin(), candidate.end(), '/') == slashes &&
                   could_be(path, candidate);
        };
        if (fits(file) || (file.ends_with("/default.nix") && fits(shorter))) {
            out.push_back(file);
        }
    }
    return out;
}

Value* Reader::import_path(Value* path) {
    path = force(path);
    if (path->kind == Kind::flake) {
        return unknown();
    }
    if (path->kind != Kind::path) {
        return path->kind == Kind::outside ? outside("import " + path->text) : unknown();
    }
    const auto files = files_for(path->text);
    return files.size() == 1 ? import_file(files.front()) : unknown();
}

} // namespace agentd::proposals::map
