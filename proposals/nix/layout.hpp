/// @file
/// How a Nix text is laid out, and where in it an item of a list or a set goes.
#pragma once

#include "proposals/nix/edit.hpp"
#include "proposals/nix/tree.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// The lines of one text. Borrows it.
class Layout {
  public:
    explicit Layout(std::string_view source);
    /// LF or CRLF, as the first line ends.
    std::string_view line_end() const noexcept { return line_end_; }
    /// One step of indentation: a tab, or two blanks.
    std::string_view step() const noexcept { return step_; }
    std::size_t line_start(std::size_t at) const noexcept { return line_of(at).start; }
    std::string_view indent_of(std::size_t at) const noexcept;
    /// Only blanks stand before it in its line.
    bool starts_line(std::size_t at) const noexcept;
    bool breaks_between(std::size_t from, std::size_t to) const noexcept;
    /// `text` (lines ending with LF, indented by two blanks a step) where the line has `indent`:
    /// the lines after the first are indented further, but not inside of a `"…"` string.
    std::string fitted(std::string_view text, std::string_view indent) const;

  private:
    struct Line {
        std::size_t start{};
        std::size_t text{}; ///< behind its indentation
    };
    const Line& line_of(std::size_t at) const noexcept;

    std::string_view source_;
    std::string_view line_end_;
    std::string_view step_;
    std::vector<Line> lines_{};
};

/// Items between an opening and a closing mark: a list, a set, the names of an `inherit`.
struct Sequence {
    std::vector<NodeId> items{};
    std::size_t open_end{};
    std::size_t close_start{};
};
/// Of a list, a set (`set`, `rec_set`) or an `inherit_from`.
Sequence sequence_of(const Tree& tree, NodeId node);

/// Where the line of a node's last token ends, with what stands on it behind; nullopt when
/// another token follows on that line.
std::optional<std::size_t> line_tail(const Tree& tree, NodeId node);

/// Behind the item `after` (an index), or as the first where there is none or no index.
Splice insert_item(const Tree& tree, const Sequence& sequence, std::optional<std::size_t> after,
                   std::string_view text);
/// With the comment on its line when it has the line for itself.
Splice remove_item(const Tree& tree, const Sequence& sequence, std::size_t index);
/// The same for children (some, in their order) of a list, a set or an `inherit_from`; what becomes
/// empty is closed: `[ ]`.
std::vector<Splice> remove_from(const Tree& tree, NodeId parent,
                                const std::vector<NodeId>& children);

} // namespace agentd::proposals::nix
