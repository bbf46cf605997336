// Functions that look at the files of the repository.
#include "proposals/map/library.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

Value* import(Reader& reader, Arguments given) {
    return reader.import_path(given[0].value);
}

/// The path that a value is: itself, or the flake's own folder.
std::optional<std::string> place(Reader& reader, Value* value) {
    const Value* told = reader.force(value);
    if (told->kind == Kind::flake) {
        return reader.flake_folder;
    }
    return told->kind == Kind::path && told->text.find(hole) == std::string::npos
               ? std::optional(told->text)
               : std::nullopt;
}

Value* read_dir(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    const auto folder = place(reader, given[0].value);
    if (!folder) {
        out->maybe = true;
        return out;
    }
    for (const auto& entry : reader.files().folder(*folder)) {
        const char* type = entry.kind == Files::Kind::file     ? "regular"
                           : entry.kind == Files::Kind::folder ? "directory"
                                                               : "symlink";
        out->attrs[entry.name] = reader.text(type);
    }
    return out;
}

Value* list_files(Reader& reader, Arguments given) {
    const auto folder = place(reader, given[0].value);
    std::vector<Item> out;
    for (std::string& file : folder ? reader.files().below(*folder) : std::vector<std::string>{}) {
        out.push_back({.value = reader.path(std::move(file))});
    }
    return reader.list(std::move(out), !folder);
}

/// All Nix files of a folder but those below a name that begins with `_`.
Value* import_tree(Reader& reader, Arguments given) {
    const auto folder = place(reader, given[0].value);
    std::vector<Item> out;
    for (std::string& file : folder ? reader.files().below(*folder) : std::vector<std::string>{}) {
        const bool hidden = file.find("/_", folder->size()) != std::string::npos;
        if (file.ends_with(".nix") && !hidden) {
            out.push_back({.value = reader.path(std::move(file))});
        }
    }
    Value* made = reader.make(Kind::set);
    made->attrs["imports"] = reader.list(std::move(out), !folder);
    return made;
}

/// `import-tree.filterNot unwanted ./folder`, and its opposite.
template <bool wanted> Value* import_tree_but(Reader& reader, Arguments given) {
    const Item whole[] = {given[1]};
    Value* made = import_tree(reader, whole);
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(made->attrs.at("imports"), &maybe)) {
        const Value* is = reader.force(reader.apply(given[0].value, item.value));
        const bool told = is->kind == Kind::boolean;
        if (!told || is->truth == wanted) {
            out.push_back({.value = item.value, .maybe = !told});
        }
    }
    made->attrs["imports"] = reader.list(std::move(out), maybe);
    return made;
}

/// `import-tree.match regex ./folder`, and its opposite; the text is a path below the folder.
template <bool wanted> Value* import_tree_like(Reader& reader, Arguments given) {
    const Item whole[] = {given[1]};
    Value* made = import_tree(reader, whole);
    const std::size_t above = place(reader, given[1].value).value_or("").size();
    std::string pattern = reader.text_of(given[0].value);
    pattern.erase(0, pattern.starts_with('^') ? 1 : 0); // it is matched whole anyhow
    pattern.resize(pattern.size() - (pattern.ends_with('$') ? 1 : 0));
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(made->attrs.at("imports"), &maybe)) {
        const std::string path = reader.force(item.value)->text;
        const std::vector<Item> asked{
            {.value = reader.text(pattern)},
            {.value = reader.text((above == 0 ? "/" : "") + path.substr(above))}};
        const Value* found = reader.force(known_function("match")->call(reader, asked));
        const bool told = found->kind == Kind::null || found->kind == Kind::list;
        if (!told || (found->kind == Kind::list) == wanted) {
            out.push_back({.value = item.value, .maybe = !told});
        }
    }
    made->attrs["imports"] = reader.list(std::move(out), maybe);
    return made;
}

Value* path_kind(Reader& reader, Arguments given, Files::Kind wanted) {
    const auto path = place(reader, given[0].value);
    return path ? reader.boolean(reader.files().kind(*path) == wanted) : reader.unknown();
}

Value* is_folder(Reader& reader, Arguments given) {
    return path_kind(reader, given, Files::Kind::folder);
}

Value* is_file(Reader& reader, Arguments given) {
    return path_kind(reader, given, Files::Kind::file);
}

Value* path_exists(Reader& reader, Arguments given) {
    const auto path = place(reader, given[0].value);
    return path ? reader.boolean(reader.files().kind(*path) != Files::Kind::none)
                : reader.unknown();
}

Value* append(Reader& reader, Arguments given) {
    const auto folder = place(reader, given[0].value);
    const auto whole = folder ? joined_path(*folder, reader.text_of(given[1].value)) : std::nullopt;
    return whole ? reader.path(*whole) : reader.unknown();
}

/// haumea: one attribute for each file, each called with `inputs` and what haumea adds.
Value* load_folder(Reader& reader, const std::string& folder, Value* inputs, int deep) {
    Value* out = reader.make(Kind::set);
    for (const auto& entry : reader.files().folder(folder)) {
        const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
        if (entry.kind == Files::Kind::folder && deep < 20) {
            out->attrs[entry.name] = load_folder(reader, path, inputs, deep + 1);
        } else if (entry.kind == Files::Kind::file && entry.name.ends_with(".nix")) {
            Value* said = reader.import_file(path);
            const bool function = reader.force(said)->kind == Kind::function;
            out->attrs[stem_of(path)] = function ? reader.apply(said, inputs) : said;
        }
    }
    return out;
}

Value* load(Reader& reader, Arguments given) {
    Value* source = reader.member(given[0].value, "src");
    const auto folder = source == nullptr ? std::nullopt : place(reader, source);
    Value* inputs = reader.member(given[0].value, "inputs");
    return folder ? load_folder(reader, *folder,
                                inputs == nullptr ? reader.make(Kind::set) : inputs, 0)
                  : reader.unknown();
}

} // namespace

void add_file_functions(Library& library) {
    library.insert({{"import", {1, import}},
                    {"readDir", {1, read_dir}},
                    {"listFilesRecursive", {1, list_files}},
                    {"import-tree", {1, import_tree}},
                    {"import-tree.filterNot", {2, import_tree_but<false>}},
                    {"import-tree.filter", {2, import_tree_but<true>}},
                    {"import-tree.match", {2, import_tree_like<true>}},
                    {"import-tree.matchNot", {2, import_tree_like<false>}},
                    {"pathIsDirectory", {1, is_folder}},
                    {"pathIsRegularFile", {1, is_file}},
                    {"pathExists", {1, path_exists}},
                    {"append", {2, append}},
                    {"load", {1, load}}});
}

} // namespace agentd::proposals::map
