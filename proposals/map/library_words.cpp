// More functions on texts and names: what names of files are compared and rewritten with.
#include "proposals/map/library.hpp"

#include <algorithm>

namespace agentd::proposals::map {

using Kind = Value::Kind;

namespace {

bool told(std::string_view text) {
    return text.find(hole) == std::string_view::npos;
}

Value* integer(Reader& reader, std::size_t number) {
    Value* out = reader.make(Kind::integer);
    out->number = static_cast<std::int64_t>(number);
    return out;
}

template <int (*change)(int)> Value* changed(Reader& reader, Arguments given) {
    std::string text = reader.text_of(given[0].value);
    for (char& one : text) {
        one = one > ' ' && one < '\x7f' ? static_cast<char>(change(one)) : one;
    }
    return reader.text(std::move(text));
}

int lower(int one) {
    return one >= 'A' && one <= 'Z' ? one - 'A' + 'a' : one;
}

int upper(int one) {
    return one >= 'a' && one <= 'z' ? one - 'a' + 'A' : one;
}

std::string joined_items(Reader& reader, Value* list, const std::string& between) {
    bool maybe = false;
    std::string out;
    bool begun = false;
    for (const Item& item : reader.items_of(list, &maybe)) {
        out += (begun ? between : "") + reader.text_of(item.value);
        begun = true;
    }
    return maybe ? std::string(1, hole) : out;
}

Value* concat(Reader& reader, Arguments given) {
    return reader.text(joined_items(reader, given[0].value, ""));
}

Value* mapped_list(Reader& reader, Value* function, Value* list) {
    bool maybe = false;
    std::vector<Item> out;
    for (const Item& item : reader.items_of(list, &maybe)) {
        out.push_back({.value = reader.call_later(function, {item})});
    }
    return reader.list(std::move(out), maybe);
}

Value* concat_map_with(Reader& reader, Arguments given) {
    Value* list = mapped_list(reader, given[1].value, given[2].value);
    return reader.text(joined_items(reader, list, reader.text_of(given[0].value)));
}

Value* concat_map(Reader& reader, Arguments given) {
    return reader.text(
        joined_items(reader, mapped_list(reader, given[0].value, given[1].value), ""));
}

Value* length(Reader& reader, Arguments given) {
    const std::string text = reader.text_of(given[0].value);
    return told(text) ? integer(reader, text.size()) : reader.unknown();
}

Value* substring(Reader& reader, Arguments given) {
    const Value* start = reader.force(given[0].value);
    const Value* count = reader.force(given[1].value);
    const std::string text = reader.text_of(given[2].value);
    if (start->kind != Kind::integer || count->kind != Kind::integer || !told(text) ||
        start->number < 0) {
        return reader.text(std::string(1, hole));
    }
    const auto from = std::min(static_cast<std::size_t>(start->number), text.size());
    const auto size = count->number < 0 ? text.size() : static_cast<std::size_t>(count->number);
    return reader.text(text.substr(from, size));
}

/// Each place is tried with every text in order, as Nix does; an empty one is not followed.
Value* replaced(Reader& reader, Arguments given) {
    std::vector<std::pair<std::string, std::string>> pairs;
    bool maybe = false;
    const auto from = reader.items_of(given[0].value, &maybe);
    const auto to = reader.items_of(given[1].value, &maybe);
    const std::string text = reader.text_of(given[2].value);
    for (std::size_t i = 0; i < from.size() && i < to.size(); ++i) {
        pairs.emplace_back(reader.text_of(from[i].value), reader.text_of(to[i].value));
        maybe = maybe || pairs.back().first.empty() || !told(pairs.back().first);
    }
    if (maybe || !told(text)) {
        return reader.text(std::string(1, hole));
    }
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto fits = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) {
            return text.compare(at, pair.first.size(), pair.first) == 0;
        });
        out += fits == pairs.end() ? text.substr(at, 1) : fits->second;
        at += fits == pairs.end() ? 1 : fits->first.size();
    }
    return reader.text(std::move(out));
}

struct Piece {
    char one{};
    bool but{};  ///< any other: `[^/]`
    bool any{};  ///< `.`
    bool many{}; ///< `*`, also `+` after a piece of one
};

/// Of an expression only what names of files are matched with: letters, `\\.`, `.`, `.*`, `.+`,
/// `[^/]` and one pair of brackets around a part. nullopt for any other.
std::optional<std::vector<Piece>> pieces_of(std::string_view pattern) {
    std::vector<Piece> out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char one = pattern[i];
        if (one == '[' && pattern.substr(i + 1, 1) == "^" && pattern.substr(i + 3, 1) == "]" &&
            pattern[i + 2] != '\\') {
            out.push_back({.one = pattern[i + 2], .but = true});
            i += 3;
        } else if (one == '\\' && i + 1 < pattern.size()) {
            out.push_back({.one = pattern[++i]});
        } else if (one == '*' && !out.empty() && !out.back().many) {
            out.back().many = true;
        } else if (one == '+' && !out.empty() && !out.back().many) {
            Piece more = out.back();
            more.many = true;
            out.push_back(more);
        } else if (std::string_view("[]{}()|?^$*+").find(one) != std::string_view::npos) {
            return std::nullopt;
        } else {
            out.push_back({.one = one, .any = one == '.'});
        }
    }
    return out;
}

/// As far as the pieces reach: all places where they may end.
std::vector<bool> ends(const std::vector<Piece>& pieces, std::string_view text) {
    std::vector<bool> here(text.size() + 1);
    here[0] = true;
    for (const Piece& piece : pieces) {
        std::vector<bool> next(text.size() + 1);
        for (std::size_t i = 0; i <= text.size(); ++i) {
            const bool fits = i > 0 && (piece.any || (text[i - 1] == piece.one) != piece.but);
            next[i] = piece.many ? here[i] || (fits && next[i - 1]) : fits && here[i - 1];
        }
        here = std::move(next);
    }
    return here;
}

/// `builtins.match`: null, or a list of what stands in brackets.
Value* match(Reader& reader, Arguments given) {
    std::string pattern = reader.text_of(given[0].value);
    const std::string text = reader.text_of(given[1].value);
    if (!told(pattern) || !told(text) || text.size() > 300 || pattern.size() > 300) {
        return reader.unknown();
    }
    const auto open = pattern.find('(');
    const auto close = pattern.find(')');
    const bool group = open == 0 && close != std::string::npos && pattern[close - 1] != '\\';
    const auto inside = pieces_of(group ? pattern.substr(1, close - 1) : pattern);
    const auto after = pieces_of(group ? pattern.substr(close + 1) : "");
    if (!inside || !after) {
        return reader.unknown();
    }
    const auto first = ends(*inside, text);
    for (std::size_t i = text.size() + 1; i-- > 0;) { // the longest comes first
        if (first[i] && ends(*after, std::string_view(text).substr(i)).back()) {
            return reader.list(group ? std::vector<Item>{{.value = reader.text(text.substr(0, i))}}
                                     : std::vector<Item>{});
        }
    }
    return reader.make(Kind::null);
}

/// `functionArgs`: the names a function asks for, and which it has a default for.
Value* arguments_of(Reader& reader, Arguments given) {
    const Value* function = reader.force(given[0].value);
    if (function->kind != Kind::function) {
        return reader.unknown();
    }
    Value* out = reader.make(Kind::set);
    const nix::Tree& tree = function->file->tree;
    for (const nix::NodeId item : tree.children(tree.first(function->node))) {
        if (tree.kind(item) == nix::NodeKind::formal) {
            const std::string name(tree.text(tree.tokens()[tree[item].first_token]));
            out->attrs[name] = reader.boolean(tree.first(item) != nix::no_node);
        }
    }
    return out;
}

Value* to_function(Reader& reader, Arguments given) {
    if (reader.force(given[0].value)->kind == Kind::function) {
        return given[0].value;
    }
    Value* out = reader.make(Kind::applied);
    out->text = "const";
    out->items = {given[0]};
    return out;
}

Value* at_path(Reader& reader, Arguments given) {
    Value* here = given[1].value;
    for (const Item& name : reader.items_of(given[0].value)) {
        here = here == nullptr ? nullptr : reader.member(here, reader.text_of(name.value));
    }
    return here == nullptr ? reader.unknown() : here;
}

Value* set_at_path(Reader& reader, Arguments given) {
    auto items = reader.items_of(given[0].value);
    Value* here = given[1].value;
    for (auto at = items.rbegin(); at != items.rend(); ++at) {
        Value* out = reader.make(Kind::set);
        out->attrs[reader.text_of(at->value)] = here;
        here = out;
    }
    return here;
}

Value* intersection(Reader& reader, Arguments given) {
    Value* out = reader.make(Kind::set);
    for (const std::string& name : reader.names_of(given[0].value)) {
        if (Value* found = reader.member(given[1].value, name); found != nullptr) {
            out->attrs[name] = found;
        }
    }
    return out;
}

Value* type_name(Reader& reader, Arguments given) {
    const Kind kind = reader.force(given[0].value)->kind;
    const char* name = kind == Kind::text       ? "string"
                       : kind == Kind::path     ? "path"
                       : kind == Kind::list     ? "list"
                       : kind == Kind::set      ? "set"
                       : kind == Kind::function ? "lambda"
                       : kind == Kind::boolean  ? "bool"
                       : kind == Kind::integer  ? "int"
                       : kind == Kind::null     ? "null"
                                                : nullptr;
    return name == nullptr ? reader.unknown() : reader.text(name);
}

} // namespace

void add_word_functions(Library& library) {
    library.insert({{"toLower", {1, changed<lower>}},
                    {"toUpper", {1, changed<upper>}},
                    {"concatStrings", {1, concat}},
                    {"concatMapStrings", {2, concat_map}},
                    {"concatMapStringsSep", {3, concat_map_with}},
                    {"stringLength", {1, length}},
                    {"substring", {3, substring}},
                    {"replaceStrings", {3, replaced}},
                    {"match", {2, match}},
                    {"functionArgs", {1, arguments_of}},
                    {"toFunction", {1, to_function}},
                    {"getAttrFromPath", {2, at_path}},
                    {"setAttrByPath", {2, set_at_path}},
                    {"intersectAttrs", {2, intersection}},
                    {"typeOf", {1, type_name}}});
}

} // namespace agentd::proposals::map
