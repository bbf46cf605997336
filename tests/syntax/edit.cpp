#include "proposals/nix/edit.hpp"
#include "proposals/nix/names.hpp"
#include "tests/syntax/tool.hpp"

#include <iostream>
#include <stdexcept>

namespace agentd::tests {

using namespace agentd::proposals;

namespace {

/// `a."b.c".d` as names.
std::vector<std::string> names_of(const std::string& path) {
    const auto read = nix::parse("{ " + path + " = 0; }");
    const auto* tree = std::get_if<nix::Tree>(&read);
    if (tree == nullptr) {
        throw std::runtime_error("no path: " + path);
    }
    std::vector<std::string> out;
    for (const auto& name : nix::path_texts(*tree, tree->first(tree->first(tree->root())))) {
        out.push_back(name.value());
    }
    return out;
}

nix::EditResult edit_path(const nix::Tree& tree, const std::string& operation,
                          const std::vector<std::string>& rest, const nix::EditStyle& style) {
    const auto path = names_of(rest.at(0));
    if (operation == "set") {
        return nix::set_value(tree, path, rest.at(1), style);
    }
    if (operation == "insert") {
        return nix::insert_binding(tree, path, rest.at(1), style);
    }
    if (operation == "remove") {
        return nix::remove_binding(tree, path, style);
    }
    const nix::Element element{.text = rest.at(1), .package = operation.starts_with("package")};
    if (operation == "take-out") {
        return nix::remove_element(tree, path, element, style);
    }
    return nix::add_element(tree, path, element, style);
}

nix::EditResult edit_file(const nix::Tree& tree, const std::string& operation,
                          const std::vector<std::string>& rest) {
    // `add!`: inside of conditions as well.
    if (operation.ends_with('!')) {
        return edit_path(tree, operation.substr(0, operation.size() - 1), rest,
                         {.inside_conditions = true});
    }
    const nix::EditStyle style;
    if (operation == "formal") {
        return nix::add_formal(tree, rest.at(0));
    }
    if (operation == "import") {
        return nix::add_import(tree, {.relative = rest.at(0), .from_root = rest.at(1)}, style);
    }
    if (operation == "no-import") {
        return nix::remove_import(tree, {.relative = rest.at(0)}, style);
    }
    if (operation == "input") {
        return nix::add_input(
            tree,
            {.name = rest.at(0), .url = rest.at(1), .follows = {rest.begin() + 2, rest.end()}});
    }
    if (operation == "url") {
        return nix::set_input_url(tree, rest.at(0), rest.at(1));
    }
    if (operation == "no-input") {
        return nix::remove_input(tree, rest.at(0));
    }
    return edit_path(tree, operation, rest, style);
}

} // namespace

int edit(const std::vector<std::string>& arguments) {
    const auto read = nix::parse(read_whole(arguments.at(0)));
    if (const auto* error = std::get_if<nix::SyntaxError>(&read)) {
        std::cerr << error->message() << '\n';
        return 77;
    }
    const auto edit = edit_file(std::get<nix::Tree>(read), arguments.at(1),
                                {arguments.begin() + 2, arguments.end()});
    if (!edit) {
        std::cerr << edit.problem().code << ": " << edit.problem().message << '\n';
        return 77;
    }
    std::cout << edit->text;
    return 0;
}

} // namespace agentd::tests
