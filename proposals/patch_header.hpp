/// @file
/// The header lines of one file in a patch.
#pragma once

#include "proposals/patch_text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// The one path of `a/P b/P`; nullopt when the two differ or are not in this form.
std::optional<std::string> header_path(std::string_view names);
bool is_rename_line(std::string_view line) noexcept;
/// `prefix` + `name`, with the TAB that git adds behind a name with blanks.
bool is_file_line(std::string_view line, std::string_view prefix, std::string_view name);
/// `@@ -a[,b] +c[,d] @@[ …]`
std::optional<Hunk> parse_hunk_header(std::string_view line);

/// Takes the lines between `diff --git` and `---`, in any order, each once.
class HeaderReader {
  public:
    explicit HeaderReader(PatchFile& file) : file_(file) {}
    bool wants(std::string_view line) const noexcept;
    core::Result<core::Done> take(std::string_view line);
    /// The lines fit one another.
    core::Result<core::Done> finish() const;

  private:
    core::Result<core::Done> take_mode(std::string_view text, std::optional<FileMode>& into);
    core::Result<core::Done> take_index(std::string_view text);
    PatchFile& file_;
    bool has_index_ = false;
    bool old_is_nothing_ = false;
    bool new_is_nothing_ = false;
    bool whole_ = false; ///< `new file mode` or `deleted file mode` was there
};

} // namespace agentd::proposals
