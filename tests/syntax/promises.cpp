#include "tests/syntax/promises.hpp"

#include "proposals/nix/check.hpp"
#include "proposals/nix/edit.hpp"
#include "proposals/nix/highlight.hpp"
#include "proposals/nix/lexer.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace agentd::tests {

using namespace agentd::proposals;

namespace {

void hold(bool truth, const char* what, const std::string& text) {
    if (!truth) {
        std::cerr << "broken: " << what << "\n-----\n" << text << "\n-----\n";
        std::abort();
    }
}

/// What a tree promises: children inside their parent and in order, gaps without meaning.
void hold_tree(const nix::Tree& tree, const std::string& text) {
    hold(tree.source() == text, "the source is as it was", text);
    for (nix::NodeId id = 0; id < tree.size(); ++id) {
        std::uint32_t from = tree[id].first_token;
        hold(from < tree[id].end_token || tree.kind(id) == nix::NodeKind::inherit,
             "a node has tokens", text);
        for (nix::NodeId child = tree.first(id); child != nix::no_node; child = tree[child].next) {
            hold(child < id, "a child stands before its parent", text);
            hold(tree[child].first_token >= from, "children follow each other", text);
            from = tree[child].end_token;
            hold(tree[child].height < tree[id].height, "a parent is higher", text);
        }
        hold(from <= tree[id].end_token, "children lie inside", text);
    }
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void hold_colours(const std::string& text) {
    const std::string_view whole = text;
    std::uint32_t from = 0;
    for (const nix::Colour& colour : nix::highlight(text)) {
        hold(colour.start >= from && colour.end > colour.start, "colours are in order", text);
        hold(colour.end <= text.size(), "colours lie inside", text);
        hold(is_blank(whole.substr(from, colour.start - from)), "colours cover the text", text);
        from = colour.end;
    }
    hold(is_blank(whole.substr(from)), "colours cover the text to its end", text);
    const auto lines = nix::highlight_lines(text);
    const auto ends = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    hold(lines.size() == ends + (text.empty() || text.back() == '\n' ? 0 : 1),
         "each line has its colours", text);
}

/// Tokens and what stands between them are the text.
void hold_gaps(const nix::Tree& tree, const std::string& text) {
    std::string printed;
    std::uint32_t from = 0;
    for (const nix::Token& token : tree.tokens()) {
        hold(token.start >= from && token.end >= token.start, "tokens are in order", text);
        for (const nix::Comment& comment : nix::comments_in(text, from, token.start)) {
            hold(comment.start >= from && comment.end <= token.start, "comments lie in gaps", text);
            const auto blanks = std::string_view(text).substr(from, comment.start - from);
            hold(is_blank(blanks), "between tokens are blanks and comments", text);
            printed += blanks;
            printed += text.substr(comment.start, comment.end - comment.start);
            from = comment.end;
        }
        const auto blanks = std::string_view(text).substr(from, token.start - from);
        hold(is_blank(blanks), "between tokens are blanks and comments", text);
        printed += blanks;
        printed += tree.text(token);
        from = token.end;
    }
    hold(printed == text, "what is printed is what was read", text);
}

/// The names of some binding, or of none.
std::vector<std::string> some_path(const nix::Tree& tree, Choices& choices) {
    std::vector<std::string> out;
    const auto id = static_cast<nix::NodeId>(choices.below(tree.size()));
    for (nix::NodeId at = id; at < tree.size(); ++at) {
        if (tree.kind(at) == nix::NodeKind::attr_path) {
            for (const auto& name : nix::path_texts(tree, at)) {
                out.push_back(name.value_or("computed"));
            }
            break;
        }
    }
    if (out.empty() || choices.below(8) == 0) {
        out.emplace_back("imports");
    }
    return out;
}

/// Whatever is asked for: another Nix text, or a refusal that says why. What is inserted can be
/// taken out again.
void hold_edits(const nix::Tree& tree, Choices& choices, const std::string& text) {
    const auto path = some_path(tree, choices);
    const nix::EditStyle style{.expand_lists = choices.below(2) == 0,
                               .inside_conditions = choices.below(2) == 0};
    const nix::Element element{.text = choices.below(2) == 0 ? "hello" : "a.b",
                               .package = choices.below(2) == 0};
    for (const nix::EditResult& edit :
         {nix::set_value(tree, path, "[ 1 ]", style), nix::remove_binding(tree, path, style),
          nix::insert_binding(tree, path, "{\n  a = 1;\n}", style),
          nix::add_element(tree, path, element, style),
          nix::remove_element(tree, path, element, style), nix::add_formal(tree, "lib"),
          nix::add_import(tree, {.relative = "./x.nix", .from_root = "x.nix"}, style),
          nix::add_input(tree, {.name = "x", .url = "github:a/b", .follows = {"nixpkgs"}}),
          nix::set_input_url(tree, "nixpkgs", "github:a/b"), nix::remove_input(tree, "nixpkgs")}) {
        if (!edit) {
            hold(!edit.problem().code.empty() && !edit.problem().message.empty(),
                 "a refusal says why", text);
        } else {
            hold(std::holds_alternative<nix::Tree>(nix::parse(edit->text)), "an edit is Nix", text);
        }
    }
}

} // namespace

bool hold_text(const std::string& text, Choices choices) {
    hold_colours(text);
    const auto read = nix::parse(text);
    const auto* tree = std::get_if<nix::Tree>(&read);
    if (tree == nullptr) {
        const auto& error = std::get<nix::SyntaxError>(read);
        hold(error.offset <= text.size() && !error.expected.empty() && !error.found.empty(),
             "an error says where and what", text);
        return false;
    }
    hold_tree(*tree, text);
    hold_gaps(*tree, text);
    hold_edits(*tree, choices, text);
    if (const auto broken = nix::check(*tree)) {
        hold(!broken->message().empty(), "a violation says what it is", text);
    }
    return true;
}

} // namespace agentd::tests
