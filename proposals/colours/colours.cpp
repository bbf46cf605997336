#include "proposals/colours/colours.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/highlight.hpp"
#include "proposals/nix/tree.hpp"

#include <algorithm>

namespace agentd::proposals {

namespace {

using Lines = std::vector<std::vector<nix::Colour>>;

// Of one line without its text, and of one colour, as JSON.
constexpr std::size_t line_overhead = 80;
constexpr std::size_t colour_overhead = 24;

bool is_text(const std::optional<FileMode>& mode) {
    return mode == FileMode::file || mode == FileMode::executable;
}

/// Empty where it stays plain.
Lines lines_of(const std::optional<std::string>& text, const ColourLimits& limits) {
    if (!text || text->size() > limits.source || !core::is_utf8(*text) ||
        !std::holds_alternative<nix::Tree>(nix::parse(*text))) {
        return {};
    }
    return nix::highlight_lines(*text);
}

/// Most names and marks have the colour of the text.
bool is_drawn(nix::ColourKind kind) {
    return kind != nix::ColourKind::variable && kind != nix::ColourKind::mark;
}

/// From bytes to code points.
std::vector<LineColour> drawn(const std::string& text, const std::vector<nix::Colour>& colours) {
    std::vector<LineColour> out;
    std::uint32_t byte = 0, point = 0;
    const auto point_at = [&](std::uint32_t wanted) {
        for (; byte < wanted && byte < text.size(); ++byte) {
            point += (static_cast<unsigned char>(text[byte]) & 0xC0U) != 0x80U ? 1 : 0;
        }
        return point;
    };
    for (const nix::Colour& colour : colours) {
        if (is_drawn(colour.kind)) {
            const std::uint32_t start = point_at(colour.start);
            out.push_back({.span = {.start = start, .end = point_at(colour.end)},
                           .kind = nix::to_string(colour.kind)});
        }
    }
    return out;
}

void colour_line(DiffLine& line, const Lines& before, const Lines& after) {
    const auto& number = line.kind == '-' ? line.old_line : line.new_line;
    const Lines& lines = line.kind == '-' ? before : after;
    if (number && *number >= 1 && static_cast<std::size_t>(*number) <= lines.size()) {
        line.colours = drawn(line.text, lines[static_cast<std::size_t>(*number) - 1]);
    }
}

template <class Visit> void each_line(DiffFile& file, const Visit& visit) {
    for (DiffHunk& hunk : file.hunks) {
        std::for_each(hunk.lines.begin(), hunk.lines.end(), visit);
    }
}

std::size_t plain_size(DiffFile& file) {
    std::size_t size = 0;
    each_line(file, [&](DiffLine& line) {
        size += line_overhead + line.text.size() + 40 * (line.marks.size() + line.changed.size());
    });
    return size;
}

bool may_be_coloured(const DiffFile& file) {
    return file.path.ends_with(".nix") && (!file.old_mode || is_text(file.old_mode)) &&
           (!file.new_mode || is_text(file.new_mode));
}

/// Tells what the colours add to the message.
std::size_t colour_all(DiffFile& file, const Lines& before, const Lines& after) {
    std::size_t added = 0;
    each_line(file, [&](DiffLine& line) {
        colour_line(line, before, after);
        added += colour_overhead * line.colours.size();
    });
    return added;
}

/// Tells how much of the room is left.
std::size_t colour_within(std::size_t room, DiffFile& file,
                          const std::optional<std::string>& before,
                          const std::optional<std::string>& after, const ColourLimits& limits) {
    const auto added = colour_all(file, lines_of(before, limits), lines_of(after, limits));
    if (added > room) {
        each_line(file, [](DiffLine& line) { line.colours.clear(); });
        return room;
    }
    return room - added;
}

} // namespace

void colour(DiffFile& file, const std::optional<std::string>& before,
            const std::optional<std::string>& after, const ColourLimits& limits) {
    const auto plain = plain_size(file);
    if (may_be_coloured(file) && plain < limits.message) {
        colour_within(limits.message - plain, file, before, after, limits);
    }
}

void colour(std::vector<DiffFile>& files, const TreeReader& before, const TreeReader& after,
            const ColourLimits& limits) {
    std::size_t plain = 0, read = 0;
    for (DiffFile& file : files) {
        plain += plain_size(file);
    }
    std::size_t room = plain < limits.message ? limits.message - plain : 0;
    for (DiffFile& file : files) {
        if (room == 0 || read > limits.sources) {
            return;
        }
        if (may_be_coloured(file)) {
            const auto old_text = file.old_path ? before.read(*file.old_path) : std::nullopt;
            const auto new_text =
                file.change == ChangeKind::removed ? std::nullopt : after.read(file.path);
            read += (old_text ? old_text->size() : 0) + (new_text ? new_text->size() : 0);
            room = colour_within(room, file, old_text, new_text, limits);
        }
    }
}

} // namespace agentd::proposals
