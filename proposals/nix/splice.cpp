#include "proposals/nix/splice.hpp"

#include "proposals/nix/check.hpp"
#include "proposals/nix/lexer.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::nix {

namespace {

/// A splice with the place of its text in the new source.
struct Placed {
    std::size_t start{};
    std::size_t end{};
    std::size_t new_start{};
    std::size_t new_end{};
};

std::vector<Placed> place(const std::vector<Splice>& splices) {
    std::vector<Placed> out;
    std::size_t shift = 0; // wraps around when a text shrinks; sums are exact all the same
    for (const Splice& splice : splices) {
        const std::size_t start = splice.start + shift;
        out.push_back({splice.start, splice.end, start, start + splice.text.size()});
        shift = out.back().new_end - splice.end;
    }
    return out;
}

std::string spliced(std::string_view source, const std::vector<Splice>& splices) {
    std::string out;
    std::size_t from = 0;
    for (const Splice& splice : splices) {
        out += source.substr(from, splice.start - from);
        out += splice.text;
        from = splice.end;
    }
    return out += source.substr(from);
}

/// Old spans in the new text. Splices are sorted and do not overlap, before as after.
class Mapping {
  public:
    explicit Mapping(const std::vector<Placed>& placed) : placed_(placed) {}

    bool removed(std::size_t start, std::size_t end) const {
        const Placed* p = last([&](const Placed& one) { return one.start <= start; });
        return p != nullptr && p->start < p->end && end <= p->end;
    }
    bool inserted(std::size_t start, std::size_t end) const {
        const Placed* p = last([&](const Placed& one) { return one.new_start <= start; });
        return p != nullptr && end <= p->new_end;
    }
    std::size_t start(std::size_t at) const {
        const Placed* p = last([&](const Placed& one) { return one.end <= at; });
        return p == nullptr ? at : at + p->new_end - p->end;
    }
    /// What ends where something is inserted ends before it.
    std::size_t end(std::size_t at) const {
        const Placed* p = last([&](const Placed& one) {
            return one.end < at || (one.end == at && one.start < one.end);
        });
        return p == nullptr ? at : at + p->new_end - p->end;
    }

  private:
    /// The last of the first ones, for which `holds` is true.
    template <class Holds> const Placed* last(Holds holds) const {
        const auto found = std::partition_point(placed_.begin(), placed_.end(), holds);
        return found == placed_.begin() ? nullptr : &*(found - 1);
    }

    const std::vector<Placed>& placed_;
};

/// The nodes that stay, in their order, as they are to be found in the new tree.
struct Kept {
    std::size_t start{};
    std::size_t end{};
    NodeKind kind{};
    friend bool operator==(const Kept&, const Kept&) = default;
};

struct Comparison {
    std::vector<Kept> kept{};
    std::size_t outermost{}; ///< of those that are not kept
};

template <class Gone, class Mapped> Comparison compare(const Tree& tree, Gone gone, Mapped mapped) {
    Comparison out;
    std::vector<bool> away(tree.size());
    for (NodeId id = 0; id < tree.size(); ++id) {
        away[id] = gone(id);
        if (!away[id]) {
            out.kept.push_back(mapped(id));
            for (NodeId child = tree.first(id); child != no_node; child = tree[child].next) {
                out.outermost += away[child] ? 1 : 0;
            }
        }
    }
    out.outermost += away[tree.root()] ? 1 : 0;
    return out;
}

bool as_expected(const Tree& before, const Tree& after, const Mapping& mapping,
                 const Expected& expected) {
    const Comparison old = compare(
        before, [&](NodeId id) { return mapping.removed(before.start(id), before.end(id)); },
        [&](NodeId id) {
            return Kept{mapping.start(before.start(id)), mapping.end(before.end(id)),
                        before.kind(id)};
        });
    Comparison now = compare(
        after, [&](NodeId id) { return mapping.inserted(after.start(id), after.end(id)); },
        [&](NodeId id) {
            return Kept{after.start(id), after.end(id), after.kind(id)};
        });
    if (expected.new_function) {
        if (after.kind(after.root()) != NodeKind::lambda || now.kept.empty()) {
            return false;
        }
        now.kept.pop_back(); // the root stands last
    }
    return old.kept == now.kept && old.outermost == expected.removed &&
           now.outermost == expected.inserted;
}

bool is_generated(const Tree& tree) {
    constexpr std::array<std::string_view, 4> words{"do-not-edit", "do not edit", "auto-generated",
                                                    "automatically generated"};
    const std::string_view source = tree.source();
    for (const Comment& comment : comments_in(source, 0, tree.tokens().front().start)) {
        const std::string text =
            core::to_lower(source.substr(comment.start, comment.end - comment.start));
        if (std::any_of(words.begin(), words.end(),
                        [&](auto word) { return text.find(word) != std::string::npos; })) {
            return true;
        }
    }
    return false;
}

core::Problem would_break(std::string message) {
    return {.code = "would_break",
            .message = "the edited file would not be what was meant: " + std::move(message)};
}

} // namespace

core::Problem refuse(const Tree& tree, NodeId node, std::string code, std::string message,
                     std::string hint) {
    const Position at = tree.position(node);
    return {.code = std::move(code),
            .message = "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) +
                       ": " + std::move(message),
            .where = std::to_string(at.line) + ":" + std::to_string(at.column),
            .hint = std::move(hint)};
}

EditResult finish(const Tree& tree, std::vector<Splice> splices, const Expected& expected) {
    if (splices.empty()) {
        return Edit{.text = tree.source()};
    }
    if (is_generated(tree)) {
        return refuse(tree, tree.root(), "generated",
                      "the comment above says that a program writes this file",
                      "edit what the program reads");
    }
    std::sort(splices.begin(), splices.end(), [](const Splice& a, const Splice& b) {
        return std::pair(a.start, a.end) < std::pair(b.start, b.end);
    });
    for (std::size_t i = 1; i < splices.size(); ++i) {
        if (splices[i].start < splices[i - 1].end) {
            return would_break("two changes of it overlap");
        }
    }
    Edit edit{.splices = std::move(splices), .text = {}};
    edit.text = spliced(tree.source(), edit.splices);
    const auto read = parse(edit.text);
    if (const auto* error = std::get_if<SyntaxError>(&read)) {
        return would_break(error->message());
    }
    const Tree& after = std::get<Tree>(read);
    if (const auto violation = check(after); violation && !check(tree)) {
        return would_break(violation->message());
    }
    const std::vector<Placed> placed = place(edit.splices);
    if (!as_expected(tree, after, Mapping(placed), expected)) {
        return would_break("other parts of it would change their meaning");
    }
    return edit;
}

} // namespace agentd::proposals::nix
