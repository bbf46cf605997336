#include "proposals/patch_text.hpp"

#include "proposals/intake_path.hpp"
#include "proposals/patch_header.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <utility>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr std::string_view no_newline = "\\ No newline at end of file";

class PatchParser {
  public:
    PatchParser(std::string_view patch, const IntakeLimits& limits)
        : lines_(core::lines(patch)), limits_(limits) {}

    Result<std::vector<PatchFile>> parse() {
        std::vector<PatchFile> files;
        while (!at_end()) {
            if (files.size() == limits_.files) {
                return problem("too_many_files",
                               "more than " + std::to_string(limits_.files) + " files");
            }
            auto file = parse_file();
            if (!file) {
                return file.problem();
            }
            files.push_back(std::move(file).value());
        }
        return files;
    }

  private:
    bool at_end() const noexcept { return next_ == lines_.size(); }
    std::string_view line() const { return at_end() ? std::string_view{} : lines_[next_]; }
    std::size_t number() const noexcept { return next_ + 1; }
    Problem problem(std::string code, std::string message, std::string hint = {}) const {
        return {.code = std::move(code),
                .message = std::move(message),
                .where = "patch:" + std::to_string(number()),
                .hint = std::move(hint)};
    }

    Result<PatchFile> parse_file() {
        PatchFile file{.at = number()};
        if (line().starts_with("diff --cc ") || line().starts_with("diff --combined ")) {
            return problem("bad_header", "a combined diff, which is one against several parents");
        }
        if (after_hunk_ &&
            (line().starts_with('+') || line().starts_with(' ') || line().starts_with('\\') ||
             (line().starts_with('-') && line() != "-- "))) {
            return problem("bad_hunk", "the hunk holds more lines than its header announces");
        }
        if (!line().starts_with("diff --git ")) {
            return problem("prose", "text that belongs to no file of the patch",
                           "send only the output of `git diff`; words go into the rationale");
        }
        auto path = header_path(line().substr(11));
        if (!path) {
            return rename_or_bad_header();
        }
        if (auto checked = check_path(*path, limits_); !checked) {
            Problem bad = checked.problem();
            bad.where = "patch:" + std::to_string(number());
            return bad;
        }
        file.path = std::move(*path);
        ++next_;
        HeaderReader header(file);
        while (!at_end() && header.wants(line())) {
            if (auto done = header.take(line()); !done) {
                return problem(done.problem().code, done.problem().message, done.problem().hint);
            }
            ++next_;
        }
        if (auto done = header.finish(); !done) {
            return problem(done.problem().code, done.problem().message);
        }
        if (auto done = parse_body(file); !done) {
            return done.problem();
        }
        return file;
    }

    Problem rename_or_bad_header() const {
        for (std::size_t i = next_ + 1; i < std::min(next_ + 6, lines_.size()); ++i) {
            if (is_rename_line(lines_[i])) {
                return problem("rename_unsupported", "renames and copies are not taken",
                               "make the patch with `git diff --no-renames`");
            }
        }
        return problem("bad_header", "the two names in `diff --git` are not the same file",
                       "make the patch with `git diff --no-renames`, with a/ and b/ in front");
    }

    Result<Done> parse_body(PatchFile& file) {
        if (line().starts_with("--- ")) {
            const std::string old_name =
                file.kind == PatchKind::added ? "/dev/null" : "a/" + file.path;
            const std::string new_name =
                file.kind == PatchKind::removed ? "/dev/null" : "b/" + file.path;
            if (!is_file_line(line(), "--- ", old_name)) {
                return problem("bad_header", "`---` names another file than `diff --git`");
            }
            ++next_;
            if (!is_file_line(line(), "+++ ", new_name)) {
                return problem("bad_header", "`+++` names another file than `diff --git`");
            }
            ++next_;
            if (!line().starts_with("@@ ")) {
                return problem("bad_hunk", "a hunk was expected");
            }
        } else if (file.kind == PatchKind::modified && file.old_mode == file.new_mode) {
            return problem("bad_header", "this file's part of the patch changes nothing");
        }
        while (line().starts_with("@@ ")) {
            auto hunk = parse_hunk();
            if (!hunk) {
                return hunk.problem();
            }
            file.hunks.push_back(std::move(hunk).value());
        }
        after_hunk_ = !file.hunks.empty();
        return Done{};
    }

    Result<Hunk> parse_hunk() {
        auto hunk = parse_hunk_header(line());
        if (!hunk) {
            return problem("bad_hunk", "the hunk's header is malformed");
        }
        hunk->at = number();
        ++next_;
        std::size_t old_left = hunk->old_lines;
        std::size_t new_left = hunk->new_lines;
        bool changes = false;
        while (old_left != 0 || new_left != 0) {
            const char kind = line().empty() ? '\0' : line().front();
            const std::size_t takes_old = kind == ' ' || kind == '-' ? 1 : 0;
            const std::size_t takes_new = kind == ' ' || kind == '+' ? 1 : 0;
            if (takes_old + takes_new == 0 || takes_old > old_left || takes_new > new_left) {
                return problem("bad_hunk", "the hunk does not hold the lines its header announces");
            }
            hunk->lines.push_back({.kind = kind, .text = line().substr(1), .at = number()});
            old_left -= takes_old;
            new_left -= takes_new;
            changes = changes || kind != ' ';
            ++next_;
            if (line() == no_newline) {
                hunk->lines.back().newline = false;
                ++next_;
            }
        }
        if (!changes) {
            return problem("bad_hunk", "a hunk changes nothing");
        }
        return std::move(*hunk);
    }

    std::vector<std::string_view> lines_;
    const IntakeLimits& limits_;
    std::size_t next_ = 0;
    bool after_hunk_ = false; ///< the file before ended with one
};

} // namespace

Result<std::vector<PatchFile>> parse_patch(std::string_view patch, const IntakeLimits& limits) {
    if (patch.size() > limits.patch_bytes) {
        return Problem{.code = "too_large",
                       .message = "the patch has " + std::to_string(patch.size()) +
                                  " bytes; at most " + std::to_string(limits.patch_bytes) +
                                  " are taken",
                       .hint = "split it into several proposals"};
    }
    if (patch.empty()) {
        return Problem{.code = "empty", .message = "the patch is empty", .where = "patch:1"};
    }
    if (core::lines(patch).front().ends_with('\r')) {
        return Problem{.code = "bad_header",
                       .message = "the patch has the line ends of Windows (CR LF)",
                       .where = "patch:1",
                       .hint =
                           "make them LF alone (dos2unix FILE), or pipe it: git diff | agentctl "
                           "propose --patch -"};
    }
    if (patch.back() != '\n') {
        return Problem{.code = "bad_hunk",
                       .message = "the patch is cut off: its last line does not end",
                       .where = "patch:" + std::to_string(core::lines(patch).size()),
                       .hint = "end the patch with a newline"};
    }
    return PatchParser(patch, limits).parse();
}

} // namespace agentd::proposals
