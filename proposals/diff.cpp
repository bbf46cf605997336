#include "proposals/diff.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;

namespace {

Json maybe(const std::optional<std::int64_t>& number) {
    return number ? Json(*number) : Json(nullptr);
}

Json to_json(const LineSpan& span) {
    return Json::array({span.start, span.end});
}

/// A remark of ours: a line without numbers that says what no text can.
Json remark(char kind, std::string_view text) {
    return {{"kind", std::string(1, kind)},
            {"old", nullptr},
            {"new", nullptr},
            {"text", text},
            {"marks", Json::array()}};
}

/// What is only for the eye stands there where there is something to say: most lines have none of
/// it, and a long diff has to fit a message.
Json to_json(const DiffLine& line) {
    Json marks = Json::array();
    for (const auto& mark : line.marks) {
        marks.push_back(
            {{"column", mark.column}, {"code_point", static_cast<std::uint32_t>(mark.code_point)}});
    }
    Json out{{"kind", std::string(1, line.kind)},
             {"old", maybe(line.old_line)},
             {"new", maybe(line.new_line)},
             {"text", line.text},
             {"marks", std::move(marks)}};
    if (line.pair) {
        out["pair"] = *line.pair;
    }
    for (const LineSpan& span : line.changed) {
        out["changed"].push_back(to_json(span));
    }
    for (const auto& [span, kind] : line.colours) {
        out["colours"].push_back(Json::array({span.start, span.end, kind}));
    }
    return out;
}

Json to_json(const DiffHunk& hunk) {
    Json lines = Json::array();
    for (const DiffLine& line : hunk.lines) {
        lines.push_back(to_json(line));
        if (line.no_newline) {
            lines.push_back(remark(' ', "\\ No newline at end of file"));
        }
    }
    return {{"old_start", hunk.old_start},
            {"old_lines", hunk.old_lines},
            {"new_start", hunk.new_start},
            {"new_lines", hunk.new_lines},
            {"lines", std::move(lines)}};
}

bool mode_changed(const DiffFile& file) {
    return file.old_mode && file.new_mode && file.old_mode != file.new_mode;
}

/// A mode change has no text of its own: it is drawn as lines without numbers, so that no page
/// hides it.
Json mode_hunk(const DiffFile& file) {
    return {{"old_start", 0},
            {"old_lines", 0},
            {"new_start", 0},
            {"new_lines", 0},
            {"lines",
             {remark('-', "mode " + std::string(to_string(*file.old_mode))),
              remark('+', "mode " + std::string(to_string(*file.new_mode)))}}};
}

std::string range(std::int64_t start, std::int64_t count) {
    return std::to_string(start) + (count == 1 ? "" : "," + std::to_string(count));
}

} // namespace

Json to_json(const DiffFile& file) {
    Json hunks = Json::array();
    if (mode_changed(file)) {
        hunks.push_back(mode_hunk(file));
    }
    for (const DiffHunk& hunk : file.hunks) {
        hunks.push_back(to_json(hunk));
    }
    return {{"path", file.path},
            {"old_path", file.old_path ? Json(*file.old_path) : Json(nullptr)},
            {"change", to_string(file.change)},
            {"hunks", std::move(hunks)}};
}

std::string header_text(const DiffFile& file) {
    const std::string old_path = file.old_path.value_or(file.path);
    std::string out = "diff --git a/" + old_path + " b/" + file.path + "\n";
    if (file.change == ChangeKind::added) {
        out += "new file mode " + std::string(to_string(file.new_mode.value_or(FileMode::file))) +
               "\n";
    } else if (file.change == ChangeKind::removed) {
        out += "deleted file mode " +
               std::string(to_string(file.old_mode.value_or(FileMode::file))) + "\n";
    } else if (mode_changed(file)) {
        out += "old mode " + std::string(to_string(*file.old_mode)) + "\nnew mode " +
               std::string(to_string(*file.new_mode)) + "\n";
    }
    if (!file.hunks.empty()) {
        out += "--- " + (file.change == ChangeKind::added ? "/dev/null" : "a/" + old_path) + "\n";
        out +=
            "+++ " + (file.change == ChangeKind::removed ? "/dev/null" : "b/" + file.path) + "\n";
    }
    return out;
}

std::string as_text(const std::vector<DiffFile>& files) {
    std::string out;
    for (const DiffFile& file : files) {
        out += header_text(file);
        for (const DiffHunk& hunk : file.hunks) {
            out += "@@ -" + range(hunk.old_start, hunk.old_lines) + " +" +
                   range(hunk.new_start, hunk.new_lines) + " @@\n";
            for (const DiffLine& line : hunk.lines) {
                out += line.kind + line.text + "\n";
                out += line.no_newline ? "\\ No newline at end of file\n" : "";
            }
        }
    }
    return out;
}

} // namespace agentd::proposals
