// Tables that a repository keeps as JSON, as TOML or as text, and sets of files.
#include "agentd/core/toml_json.hpp"
#include "proposals/map/library.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

constexpr std::size_t most_bytes = 256U << 10;
constexpr int deepest = 40;

Value* number(Reader& reader, std::int64_t value) {
    Value* out = reader.make(Kind::integer);
    out->number = value;
    return out;
}

Value* from(Reader& reader, const nlohmann::json& json, int deep) {
    if (deep > deepest) {
        return reader.unknown();
    }
    if (json.is_object()) {
        Value* out = reader.make(Kind::set);
        for (const auto& [name, value] : json.items()) {
            out->attrs[name] = from(reader, value, deep + 1);
        }
        return out;
    }
    if (json.is_array()) {
        std::vector<Item> items;
        for (const auto& value : json) {
            items.push_back({.value = from(reader, value, deep + 1)});
        }
        return reader.list(std::move(items));
    }
    return json.is_string()           ? reader.text(json.get<std::string>())
           : json.is_boolean()        ? reader.boolean(json.get<bool>())
           : json.is_number_integer() ? number(reader, json.get<std::int64_t>())
           : json.is_null()           ? reader.make(Kind::null)
                                      : reader.unknown();
}

std::optional<std::string> text_at(Reader& reader, Value* value) {
    const Value* path = reader.force(value);
    if (path->kind != Kind::path || reader.files().kind(path->text) != Files::Kind::file) {
        return std::nullopt;
    }
    auto text = reader.files().read(path->text);
    return text && text->size() <= most_bytes && reader.hold(text->size() / 8) ? std::move(text)
                                                                               : std::nullopt;
}

Value* read_file(Reader& reader, Arguments given) {
    auto text = text_at(reader, given[0].value);
    Value* out = reader.make(text ? Kind::text : Kind::unknown);
    out->text = std::move(text).value_or("");
    return out;
}

Value* from_json(Reader& reader, const std::optional<std::string>& text) {
    if (!text || text->size() > most_bytes) {
        return reader.unknown();
    }
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    return json.is_discarded() ? reader.unknown() : from(reader, json, 0);
}

Value* from_toml(Reader& reader, const std::optional<std::string>& text) {
    if (!text || text->size() > most_bytes) {
        return reader.unknown();
    }
    const auto read = core::toml_as_json(*text);
    return read ? from(reader, *read, 0) : reader.unknown();
}

std::optional<std::string> whole_text(Reader& reader, Value* value) {
    const Value* text = reader.force(value);
    return text->kind == Kind::text ? std::optional(text->text) : std::nullopt;
}

Value* json_of_text(Reader& reader, Arguments given) {
    return from_json(reader, whole_text(reader, given[0].value));
}

Value* json_of_file(Reader& reader, Arguments given) {
    return from_json(reader, text_at(reader, given[0].value));
}

Value* toml_of_text(Reader& reader, Arguments given) {
    return from_toml(reader, whole_text(reader, given[0].value));
}

Value* toml_of_file(Reader& reader, Arguments given) {
    return from_toml(reader, text_at(reader, given[0].value));
}

/// The files that a set of files has: a path has all below it, or is itself one.
std::vector<Item> chosen(Reader& reader, Value* value, bool& maybe) {
    value = reader.force(value);
    if (value->kind == Kind::set && value->attrs.count("_files") > 0) {
        return reader.items_of(value->attrs.at("_files"), &maybe);
    }
    const bool place = value->kind == Kind::path || value->kind == Kind::flake;
    const std::string path = value->kind == Kind::flake ? reader.flake_folder : value->text;
    if (!place || path.find(hole) != std::string::npos) {
        maybe = true;
        return {};
    }
    if (reader.files().kind(path) == Files::Kind::file) {
        return {{.value = value}};
    }
    std::vector<Item> out;
    for (const std::string& file : reader.files().below(path)) {
        out.push_back({.value = reader.path(file)});
    }
    return out;
}

Value* set_of_files(Reader& reader, std::vector<Item> items, bool maybe) {
    Value* out = reader.make(Kind::set);
    out->attrs["_files"] = reader.list(std::move(items), maybe);
    return out;
}

/// `file.hasExt "nix"`.
Value* has_extension(Reader& reader, Arguments given) {
    const std::string name = reader.text_of(given[0].value);
    return reader.boolean(name.ends_with("." + reader.text_of(given[1].value)));
}

Value* file_filter(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : chosen(reader, given[1].value, maybe)) {
        Value* name = reader.text(name_of(reader.force(item.value)->text));
        Value* file = reader.make(Kind::set);
        Value* extension = reader.make(Kind::applied);
        extension->text = "hasExt";
        extension->items = {{.value = name}};
        file->attrs = {{"name", name}, {"type", reader.text("regular")}, {"hasExt", extension}};
        const Value* keep = reader.force(reader.apply(given[0].value, file));
        const bool told = keep->kind == Kind::boolean;
        if (!told || keep->truth) {
            out.push_back({.value = item.value, .maybe = item.maybe || !told});
        }
    }
    return set_of_files(reader, std::move(out), maybe);
}

Value* files_of_set(Reader& reader, Arguments given) {
    bool maybe = false;
    auto items = chosen(reader, given[0].value, maybe);
    return reader.list(std::move(items), maybe);
}

Value* united(Reader& reader, Arguments given) {
    bool maybe = false;
    std::vector<Item> out;
    std::set<std::string> seen;
    for (const Item& one : reader.items_of(given[0].value, &maybe)) {
        for (const Item& item : chosen(reader, one.value, maybe)) {
            if (seen.insert(reader.force(item.value)->text).second) {
                out.push_back(item);
            }
        }
    }
    return set_of_files(reader, std::move(out), maybe);
}

Value* united_two(Reader& reader, Arguments given) {
    const Item both[] = {{.value = reader.list({given[0], given[1]})}};
    return united(reader, both);
}

Value* kept(Reader& reader, Arguments given, bool inside) {
    bool maybe = false;
    std::set<std::string> other;
    for (const Item& item : chosen(reader, given[1].value, maybe)) {
        other.insert(reader.force(item.value)->text);
    }
    auto out = chosen(reader, given[0].value, maybe);
    out.erase(std::remove_if(out.begin(), out.end(),
                             [&](const Item& item) {
                                 return (other.count(reader.force(item.value)->text) > 0) != inside;
                             }),
              out.end());
    return set_of_files(reader, std::move(out), maybe);
}

Value* difference(Reader& reader, Arguments given) {
    return kept(reader, given, false);
}

Value* intersection(Reader& reader, Arguments given) {
    return kept(reader, given, true);
}

} // namespace

void add_data_functions(Library& library) {
    library.insert({{"readFile", {1, read_file}},
                    {"fileContents", {1, read_file}},
                    {"fromJSON", {1, json_of_text}},
                    {"importJSON", {1, json_of_file}},
                    {"fromTOML", {1, toml_of_text}},
                    {"importTOML", {1, toml_of_file}},
                    {"hasExt", {2, has_extension}},
                    {"fileFilter", {2, file_filter}},
                    {"fileset.toList", {1, files_of_set}},
                    {"fileset.difference", {2, difference}},
                    {"fileset.intersection", {2, intersection}},
                    {"fileset.union", {2, united_two}},
                    {"fileset.unions", {1, united}}});
}

} // namespace agentd::proposals::map
