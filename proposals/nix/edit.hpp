/// @file
/// Typed edits of a Nix file: each is a few splices of its text, or a reason why not.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/nix/tree.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::nix {

/// Bytes [start, end) of the old text become `text`.
struct Splice {
    std::uint32_t start{};
    std::uint32_t end{};
    std::string text{};
    friend bool operator==(const Splice&, const Splice&) = default;
};

/// Sorted, not overlapping. No splices: the file says so already.
struct Edit {
    std::vector<Splice> splices{};
    std::string text{}; ///< the whole new file
    friend bool operator==(const Edit&, const Edit&) = default;
};

/// Every edit: all that it does not have to touch stays byte for byte (comments, order, layout,
/// tabs, CRLF, a missing last newline). The result was parsed again, and exactly the wanted nodes
/// are new or gone. A refusal has a stable code, a sentence and `where` = "line:column":
/// `absent`, `exists`, `several`, `has_parts`, `conditional` (under mkIf, optionalAttrs, if),
/// `variable`, `opaque` (inside a call or another expression), `inherited`, `comment_inside`,
/// `not_a_list`, `not_a_module`, `no_arguments`, `closed_arguments`, `generated`, `bad_text` (what
/// was given is no Nix), `discovered`, `other_import_form`, `no_url`, `used`, `followed`,
/// `would_break` (the result would be no Nix, or another one).
using EditResult = core::Result<Edit>;

/// The names of an option, a flake input, an attribute; never empty.
using Names = std::span<const std::string>;

struct EditStyle {
    /// Lists of two and more elements stand one a line (nixfmt).
    bool expand_lists = false;
    /// Brackets and braces of one line stand tight: `[a]`, `{pkgs, ...}: {` (alejandra).
    bool tight = false;
    /// Places under a condition are edited as well, where there is no other.
    bool inside_conditions = false;
};

/// Replaces the innermost value of the one binding of `path`: what stands around it (mkDefault,
/// mkForce, …) stays. A variable is followed to a `let` of this file when nothing else uses it.
EditResult set_value(const Tree& tree, Names path, std::string_view expression,
                     const EditStyle& style = {});
/// Beside the bindings that share the most names with it, in their spelling.
EditResult insert_binding(const Tree& tree, Names path, std::string_view expression,
                          const EditStyle& style = {});
/// With the comment on its own line; comment lines above stay.
EditResult remove_binding(const Tree& tree, Names path, const EditStyle& style = {});

struct Element {
    std::string text{}; ///< Nix: `"wheel"`, `8080`, `./x.nix`; a package without `pkgs.`
    /// Spelled as its list does it: `htop` under `with pkgs;`, `pkgs.htop` or a name that is
    /// inherited elsewhere.
    bool package{};
    std::string beside{}; ///< an element of the list that is meant, where there are several
};
/// To the first list that is written out, in order when the list is sorted. A package where `pkgs`
/// is no argument brings the argument along. Without a `path`, here and below, the file itself is
/// the list: `{ pkgs }: with pkgs; [ … ]`.
EditResult add_element(const Tree& tree, Names path, const Element& element,
                       const EditStyle& style = {});
/// From every list of the option that has it, as often as it does; what is under a condition only
/// with `inside_conditions`. A list that becomes empty stays, empty.
EditResult remove_element(const Tree& tree, Names path, const Element& element,
                          const EditStyle& style = {});

/// To the arguments of the file's function, or of one in it; a bare set becomes a function.
EditResult add_formal(const Tree& tree, std::string_view name, const EditStyle& style = {},
                      NodeId function = no_node);

struct Import {
    std::string relative{};  ///< from the file that imports: `./x.nix`
    std::string from_root{}; ///< from the repository's, for `map relativeToRoot`: `hosts/x.nix`
};
EditResult add_import(const Tree& tree, const Import& import, const EditStyle& style = {});
EditResult remove_import(const Tree& tree, const Import& import, const EditStyle& style = {});

struct NewBinding {
    std::vector<std::string> path{};
    std::string expression{};
};
/// How a new module begins.
struct Heading {
    std::string none = "{ ... }:"; ///< where no argument is used; "" is no function at all
    bool tight = false;            ///< `{pkgs, ...}:`
    std::string gap = "\n\n";      ///< between the arguments and the set
};
/// The text of a new module with these arguments beside `...` and these bindings; neighbours that
/// share their first names stand in one set.
core::Result<std::string> create_file(std::span<const std::string> arguments,
                                      std::span<const NewBinding> bindings,
                                      const Heading& heading = {});

struct Input {
    std::string name{};
    std::string url{};
    std::vector<std::string> follows{}; ///< inputs of it that are to follow ours of the same name
};
/// Of a flake.nix: in the spelling of the inputs beside it; an argument of `outputs` where that
/// takes only what it names.
EditResult add_input(const Tree& tree, const Input& input);
/// A URL that stands without quotes stays so.
EditResult set_input_url(const Tree& tree, std::string_view name, std::string_view url);
/// Refused while `outputs` uses it or another input follows it.
EditResult remove_input(const Tree& tree, std::string_view name);

} // namespace agentd::proposals::nix
