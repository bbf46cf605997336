#include "proposals/packed_tree.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

using core::Problem;

namespace {

constexpr std::string_view head = "agentd-tree/1\n";
constexpr std::string_view nothing = "-";

constexpr std::array modes{FileMode::file, FileMode::executable, FileMode::symlink,
                           FileMode::submodule};

std::optional<FileMode> mode_of(std::string_view text) {
    for (const FileMode mode : modes) {
        if (to_string(mode) == text) {
            return mode;
        }
    }
    return std::nullopt;
}

bool is_text(FileMode mode) {
    return mode == FileMode::file || mode == FileMode::executable;
}

struct Line {
    FileMode mode = FileMode::file;
    std::size_t path{};
    std::optional<std::size_t> bytes{};
};

/// As it is packed: no zero in front.
std::optional<std::int64_t> count_of(std::string_view text) {
    const auto number = core::parse_integer(text);
    return number && std::to_string(*number) == text ? number : std::nullopt;
}

/// Takes a line and its LF off the text.
std::optional<Line> take_line(std::string_view& rest) {
    const auto end = rest.substr(0, 64).find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto parts = core::split(rest.substr(0, end), ' ');
    if (parts.size() != 3) {
        return std::nullopt;
    }
    const auto mode = mode_of(parts[0]);
    const auto path = count_of(parts[1]);
    const auto bytes = parts[2] == nothing ? std::optional<std::int64_t>(0) : count_of(parts[2]);
    rest.remove_prefix(end + 1);
    if (!mode || !path || !bytes || *path <= 0 || *bytes < 0) {
        return std::nullopt;
    }
    Line line{.mode = *mode, .path = static_cast<std::size_t>(*path)};
    if (parts[2] != nothing) {
        line.bytes = static_cast<std::size_t>(*bytes);
    }
    return line;
}

} // namespace

core::Result<std::string> pack(const TreeReader& tree, const std::vector<std::string>& paths,
                               const PackLimits& limits, const std::stop_token& stop) {
    std::string out(head);
    std::size_t total = 0;
    for (const std::string& path : paths) {
        if (stop.stop_requested()) {
            return Problem{.code = "cancelled", .message = "stopped on request"};
        }
        const auto entry = tree.find(path);
        if (!entry || path.empty()) {
            continue;
        }
        const auto most = std::min(path.ends_with(".nix") ? limits.nix_bytes : limits.other_bytes,
                                   limits.total_bytes - total);
        const auto bytes = is_text(entry->mode) ? tree.read_within(path, most) : std::nullopt;
        total += bytes ? bytes->size() : 0;
        out += std::string(to_string(entry->mode)) + ' ' + std::to_string(path.size()) + ' ' +
               (bytes ? std::to_string(bytes->size()) : std::string(nothing)) + '\n' + path;
        out += bytes ? *bytes : "";
    }
    return out;
}

core::Result<PackedTree> PackedTree::open(std::string_view text) {
    const auto broken = [&](std::string_view rest) {
        return Problem{.code = "bad_value",
                       .message = "the packed files are not as they are packed",
                       .where = "byte " + std::to_string(text.size() - rest.size())};
    };
    std::string_view rest = text;
    if (!rest.starts_with(head)) {
        return broken(rest);
    }
    rest.remove_prefix(head.size());
    PackedTree out;
    while (!rest.empty()) {
        const auto line = take_line(rest);
        if (!line || line->path > rest.size() ||
            line->bytes.value_or(0) > rest.size() - line->path) {
            return broken(rest);
        }
        Entry entry{.mode = line->mode};
        if (line->bytes && !is_text(line->mode)) {
            return broken(rest);
        }
        if (line->bytes) {
            entry.bytes = rest.substr(line->path, *line->bytes);
        }
        const bool fresh = out.entries_.emplace(rest.substr(0, line->path), entry).second;
        if (!fresh) {
            return broken(rest);
        }
        rest.remove_prefix(line->path + line->bytes.value_or(0));
    }
    return out;
}

std::vector<std::string> PackedTree::paths() const {
    std::vector<std::string> out;
    out.reserve(entries_.size());
    for (const auto& [path, entry] : entries_) {
        out.push_back(path);
    }
    return out;
}

std::optional<TreeEntry> PackedTree::find(std::string_view path) const {
    const auto at = entries_.find(path);
    return at == entries_.end() ? std::nullopt : std::optional(TreeEntry{.mode = at->second.mode});
}

std::optional<std::string> PackedTree::read(std::string_view path) const {
    const auto at = entries_.find(path);
    return at == entries_.end() || !at->second.bytes
               ? std::nullopt
               : std::optional(std::string(*at->second.bytes));
}

} // namespace agentd::proposals
