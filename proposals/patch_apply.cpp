#include "proposals/patch_apply.hpp"

#include "agentd/core/text.hpp"

#include <vector>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

class HunkApplier {
  public:
    explicit HunkApplier(std::string_view before)
        : old_(core::lines(before)), ends_(before.empty() || before.back() == '\n') {}

    Result<Done> apply(const Hunk& hunk) {
        // With no old lines the number is that of the line before.
        const std::size_t start = hunk.old_start - (hunk.old_lines == 0 ? 0 : 1);
        if (start < next_ || start > old_.size()) {
            return does_not_apply(hunk.at,
                                  "the hunk is out of order or beyond the end of the file");
        }
        while (next_ < start) {
            if (auto done = put(old_[next_], old_newline(next_), hunk.at); !done) {
                return done;
            }
            ++next_;
        }
        const std::size_t announced = hunk.new_start - (hunk.new_lines == 0 ? 0 : 1);
        if (written_ != announced) {
            return does_not_apply(hunk.at,
                                  "the hunk's new line number does not follow from the old");
        }
        for (const HunkLine& line : hunk.lines) {
            if (auto done = apply(line); !done) {
                return done;
            }
        }
        return Done{};
    }

    Result<std::string> finish() {
        while (next_ < old_.size()) {
            if (auto done = put(old_[next_], old_newline(next_), 0); !done) {
                return done.problem();
            }
            ++next_;
        }
        return std::move(out_);
    }

  private:
    static Problem does_not_apply(std::size_t at, std::string why) {
        return {.code = "does_not_apply",
                .message = std::move(why),
                .where = "patch:" + std::to_string(at),
                .hint = "make the patch again on the current head of the branch"};
    }

    bool old_newline(std::size_t i) const noexcept { return ends_ || i + 1 < old_.size(); }

    Result<Done> apply(const HunkLine& line) {
        if (line.kind != '+') {
            if (next_ >= old_.size() || old_[next_] != line.text ||
                old_newline(next_) != line.newline) {
                return does_not_apply(line.at,
                                      "the line is not what stands at this place in the file");
            }
            ++next_;
        }
        return line.kind == '-' ? Result<Done>(Done{}) : put(line.text, line.newline, line.at);
    }

    Result<Done> put(std::string_view text, bool newline, std::size_t at) {
        if (ended_) {
            return Problem{.code = "bad_hunk",
                           .message = "a line without newline is not the last of the file",
                           .where = "patch:" + std::to_string(at)};
        }
        out_ += text;
        out_ += newline ? "\n" : "";
        ended_ = !newline;
        ++written_;
        return Done{};
    }

    std::vector<std::string_view> old_;
    bool ends_; ///< the last old line has its LF
    std::string out_;
    std::size_t next_ = 0;
    std::size_t written_ = 0;
    bool ended_ = false;
};

} // namespace

Result<std::string> apply_hunks(std::string_view before, std::span<const Hunk> hunks) {
    HunkApplier applier(before);
    for (const Hunk& hunk : hunks) {
        if (auto done = applier.apply(hunk); !done) {
            return done.problem();
        }
    }
    return applier.finish();
}

} // namespace agentd::proposals
