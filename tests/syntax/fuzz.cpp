#include "proposals/nix/check.hpp"
#include "proposals/nix/edit.hpp"
#include "proposals/nix/highlight.hpp"
#include "proposals/nix/names.hpp"
#include "tests/syntax/tool.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

namespace agentd::tests {

using namespace agentd::proposals;

namespace {

constexpr std::array<std::string_view, 72> pieces{
    "{",     "}",       "[",       "]",        "(",
    ")",     "''",      "\"",      "${",       ";",
    ":",     ",",       ".",       "...",      "@",
    "?",     "=",       "==",      "!=",       "!",
    "-",     "->",      "+",       "++",       "*",
    "/",     "//",      "/*",      "*/",       "#",
    "\n",    "\r",      "\r\n",    "\t",       " ",
    "<",     ">",       "<=",      "<a>",      "|>",
    "<|",    "||",      "&&",      "$",        "$$",
    "''$",   "'''",     "''\\",    "\\",       "~/",
    "./a",   "a/",      "a:b",     "or",       "rec",
    "let",   "in",      "if",      "then",     "else",
    "with",  "assert",  "inherit", "x",        "inherit (x);",
    "1.",    ".5",      "0",       "a.b = 1;", "x: ",
    "{ }: ", "\xc3\xa9"};

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

    std::string mutate(std::string text, const std::string& other) {
        for (std::size_t n = 1 + below(4); n > 0; --n) {
            const std::size_t at = below(text.size() + 1);
            const std::size_t length = std::min(below(12), text.size() - at);
            switch (below(6)) {
            case 0:
                text.erase(at, length);
                break;
            case 1:
                text.insert(at, pieces[below(pieces.size())]);
                break;
            case 2:
                text.replace(at, length, pieces[below(pieces.size())]);
                break;
            case 3:
                text.insert(at, other.substr(below(other.size()), below(40)));
                break;
            case 4:
                text.insert(below(text.size()), text.substr(at, length * 3));
                break;
            default:
                text.resize(at); // cut off
                break;
            }
        }
        return text;
    }

  private:
    std::mt19937_64 random_;
};

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

void hold_colours(const std::string& text) {
    std::uint32_t from = 0;
    for (const nix::Colour& colour : nix::highlight(text)) {
        hold(colour.start >= from && colour.end > colour.start, "colours are in order", text);
        from = colour.end;
    }
    hold(from <= text.size(), "colours lie inside", text);
}

/// The names of some binding, or of none.
std::vector<std::string> some_path(const nix::Tree& tree, Mutator& mutator) {
    std::vector<std::string> out;
    const auto id = static_cast<nix::NodeId>(mutator.below(tree.size()));
    for (nix::NodeId at = id; at < tree.size(); ++at) {
        if (tree.kind(at) == nix::NodeKind::attr_path) {
            for (const auto& name : nix::path_texts(tree, at)) {
                out.push_back(name.value_or("computed"));
            }
            break;
        }
    }
    if (out.empty() || mutator.below(8) == 0) {
        out.emplace_back("imports");
    }
    return out;
}

/// Whatever is asked for: another Nix text, or a refusal that says why. What is inserted can be
/// taken out again.
void hold_edits(const nix::Tree& tree, Mutator& mutator, const std::string& text) {
    const auto path = some_path(tree, mutator);
    const nix::EditStyle style{.expand_lists = mutator.below(2) == 0,
                               .inside_conditions = mutator.below(2) == 0};
    const nix::Element element{.text = mutator.below(2) == 0 ? "hello" : "a.b",
                               .package = mutator.below(2) == 0};
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

int fuzz(const std::vector<std::string>& files, int seconds, std::uint64_t seed) {
    std::vector<std::string> texts;
    for (const std::string& name : files) {
        if (auto text = read_whole(name); !text.empty() && text.size() < 20000) {
            texts.push_back(std::move(text));
        }
    }
    Mutator mutator(seed);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::size_t tried = 0;
    std::size_t accepted = 0;
    while (!texts.empty() && std::chrono::steady_clock::now() < until) {
        const std::string text =
            mutator.mutate(texts[mutator.below(texts.size())], texts[mutator.below(texts.size())]);
        const auto read = nix::parse(text);
        ++tried;
        hold_colours(text);
        if (const auto* tree = std::get_if<nix::Tree>(&read)) {
            ++accepted;
            hold_tree(*tree, text);
            hold_edits(*tree, mutator, text);
            if (const auto broken = nix::check(*tree)) {
                hold(!broken->message().empty(), "a violation says what it is", text);
            }
        } else {
            const auto& error = std::get<nix::SyntaxError>(read);
            hold(error.offset <= text.size() && !error.expected.empty() && !error.found.empty(),
                 "an error says where and what", text);
        }
    }
    std::cout << tried << " mutants, " << accepted << " of them Nix, none broke a promise\n";
    return 0;
}

} // namespace agentd::tests
