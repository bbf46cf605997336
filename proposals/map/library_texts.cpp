// Functions on texts.
#include "proposals/map/library.hpp"

#include "agentd/core/text.hpp"

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

bool told(std::string_view text) {
    return text.find(hole) == std::string_view::npos;
}

Value* has_prefix(Reader& reader, Arguments given) {
    const std::string part = reader.text_of(given[0].value);
    const std::string whole = reader.text_of(given[1].value);
    return told(part) && told(whole) ? reader.boolean(whole.starts_with(part)) : reader.unknown();
}

Value* has_suffix(Reader& reader, Arguments given) {
    const std::string part = reader.text_of(given[0].value);
    const std::string whole = reader.text_of(given[1].value);
    return told(part) && told(whole) ? reader.boolean(whole.ends_with(part)) : reader.unknown();
}

Value* has_infix(Reader& reader, Arguments given) {
    const std::string part = reader.text_of(given[0].value);
    const std::string whole = reader.text_of(given[1].value);
    return told(part) && told(whole) ? reader.boolean(whole.find(part) != std::string::npos)
                                     : reader.unknown();
}

Value* remove_prefix(Reader& reader, Arguments given) {
    const std::string part = reader.text_of(given[0].value);
    std::string whole = reader.text_of(given[1].value);
    return reader.text(whole.starts_with(part) ? whole.substr(part.size()) : whole);
}

Value* remove_suffix(Reader& reader, Arguments given) {
    const std::string part = reader.text_of(given[0].value);
    const std::string whole = reader.text_of(given[1].value);
    return reader.text(whole.ends_with(part) ? whole.substr(0, whole.size() - part.size()) : whole);
}

Value* to_text(Reader& reader, Arguments given) {
    return reader.text(reader.text_of(given[0].value));
}

Value* base_name(Reader& reader, Arguments given) {
    return reader.text(name_of(reader.text_of(given[0].value)));
}

Value* dir_of(Reader& reader, Arguments given) {
    const Value* value = reader.force(given[0].value);
    const std::string folder = folder_of(reader.text_of(given[0].value));
    return value->kind == Kind::path ? reader.path(folder) : reader.text(folder);
}

Value* optional_text(Reader& reader, Arguments given) {
    const Value* condition = reader.force(given[0].value);
    if (condition->kind != Kind::boolean) {
        return reader.text(std::string(1, hole));
    }
    return condition->truth ? given[1].value : reader.text("");
}

Value* concat_with(Reader& reader, Arguments given) {
    const std::string between = reader.text_of(given[0].value);
    std::string out;
    bool maybe = false;
    bool begun = false;
    for (const Item& item : reader.items_of(given[1].value, &maybe)) {
        out += (begun ? between : "") + reader.text_of(item.value);
        begun = true;
    }
    return reader.text(maybe ? std::string(1, hole) : out);
}

Value* split_text(Reader& reader, Arguments given) {
    const std::string at = reader.text_of(given[0].value);
    const std::string whole = reader.text_of(given[1].value);
    if (at.size() != 1 || !told(at) || !told(whole)) {
        return reader.list({}, true);
    }
    std::vector<Item> out;
    for (const auto part : core::split(whole, at[0])) {
        out.push_back({.value = reader.text(std::string(part))});
    }
    return reader.list(std::move(out));
}

bool is_kind(Reader& reader, Value* value, Kind kind, bool& known) {
    const Kind own = reader.force(value)->kind;
    known = own != Kind::unknown && own != Kind::outside && own != Kind::applied;
    return own == kind;
}

template <Kind kind> Value* is_a(Reader& reader, Arguments given) {
    bool known = false;
    const bool is = is_kind(reader, given[0].value, kind, known);
    return known ? reader.boolean(is) : reader.unknown();
}

} // namespace

void add_text_functions(Library& library) {
    library.insert({{"hasPrefix", {2, has_prefix}},
                    {"hasSuffix", {2, has_suffix}},
                    {"hasInfix", {2, has_infix}},
                    {"removePrefix", {2, remove_prefix}},
                    {"removeSuffix", {2, remove_suffix}},
                    {"toString", {1, to_text}},
                    {"unsafeDiscardStringContext", {1, to_text}},
                    {"baseNameOf", {1, base_name}},
                    {"dirOf", {1, dir_of}},
                    {"optionalString", {2, optional_text}},
                    {"concatStringsSep", {2, concat_with}},
                    {"splitString", {2, split_text}},
                    {"isNull", {1, is_a<Kind::null>}},
                    {"isAttrs", {1, is_a<Kind::set>}},
                    {"isList", {1, is_a<Kind::list>}},
                    {"isString", {1, is_a<Kind::text>}},
                    {"isBool", {1, is_a<Kind::boolean>}},
                    {"isPath", {1, is_a<Kind::path>}},
                    {"isFunction", {1, is_a<Kind::function>}}});
}

} // namespace agentd::proposals::map
