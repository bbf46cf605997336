#include "evaluator/index/option_type.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/index/type_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;

constexpr int most_deep = 8;
constexpr std::size_t most_text = 512;
constexpr std::size_t most_values = 512;
constexpr std::size_t most_within = 16;

std::string text_at(const Json& json, const char* key) {
    const auto it = json.find(key);
    return it != json.end() && it->is_string()
               ? core::shorten(it->get_ref<const std::string&>(), most_text)
               : std::string();
}

OptionType read(const Json& json, int depth) {
    OptionType out;
    if (!json.is_object() || depth == 0) {
        return out;
    }
    out.name = text_at(json, "n");
    out.description = text_at(json, "d");
    out.free = json.value("f", Json()) == Json(true);
    if (const auto values = json.find("e"); values != json.end() && values->is_array()) {
        for (const auto& value : *values) {
            if (value.is_primitive() && out.values.size() < most_values) {
                out.values.push_back(written(value));
            }
        }
    }
    if (const auto inner = json.find("c"); inner != json.end() && inner->is_object()) {
        for (const auto& [role, type] : inner->items()) {
            if (out.within.size() < most_within) {
                out.within.push_back(read(type, depth - 1));
                out.within.back().role = core::shorten(role, most_text);
            }
        }
    }
    return out;
}

bool is_set_of(std::string_view name) {
    return name == "attrsOf" || name == "lazyAttrsOf" || name == "loaOf";
}

/// Nothing is below them but what they declare, which is in the index by itself.
bool is_closed(std::string_view name) {
    static constexpr std::array closed{"bool",    "float",        "number",    "path",  "enum",
                                       "package", "shellPackage", "submodule", "listOf"};
    return std::find(closed.begin(), closed.end(), name) != closed.end() || is_text(name) ||
           is_integer(name);
}

Below either_below(const OptionType& type) {
    Below out{.anything = type.within.empty()};
    for (const auto& one : type.within) {
        const auto found = below(one);
        // Of two types nobody knows which it will be.
        out.anything = out.anything || found.anything || (found.type && out.type);
        out.type = found.type != nullptr ? found.type : out.type;
    }
    return out;
}

} // namespace

bool is_text(std::string_view name) {
    static constexpr std::array texts{"str",         "string",        "lines",
                                      "commas",      "envVar",        "separatedString",
                                      "nonEmptyStr", "singleLineStr", "nonEmptyString"};
    return std::find(texts.begin(), texts.end(), name) != texts.end() ||
           name.starts_with("strMatching") || name.starts_with("passwdEntry");
}

bool is_integer(std::string_view name) {
    return name == "int" || name == "port" || name == "intBetween" || name == "positiveInt" ||
           name.starts_with("unsignedInt") || name.starts_with("signedInt");
}

bool is_wrapper(std::string_view name) {
    return name == "nullOr" || name == "uniq" || name == "unique" || name == "nonEmptyListOf";
}

std::string written(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const OptionType* OptionType::inner(std::string_view wanted) const {
    const auto it = std::find_if(within.begin(), within.end(),
                                 [&](const OptionType& one) { return one.role == wanted; });
    return it == within.end() ? nullptr : &*it;
}

Below below(const OptionType& type) {
    const auto through = [&](std::string_view role) {
        const auto* inner = type.inner(role);
        return inner == nullptr ? Below{.anything = true} : below(*inner);
    };
    if (type.free) {
        return {.anything = true};
    }
    if (is_set_of(type.name)) {
        const auto* element = type.inner("elemType");
        return {.anything = element == nullptr, .type = element};
    }
    if (is_wrapper(type.name)) {
        return through("elemType");
    }
    if (type.name == "coercedTo") {
        return through("finalType");
    }
    if (type.name == "either") {
        return either_below(type);
    }
    return {.anything = !is_closed(type.name)};
}

OptionType option_type_from_json(const Json& json) {
    return read(json, most_deep);
}

Json to_json(const OptionType& type) {
    Json out{{"n", type.name}, {"d", type.description}};
    if (type.free) {
        out["f"] = true;
    }
    for (const auto& value : type.values) {
        out["e"].push_back(Json::parse(value));
    }
    for (const auto& one : type.within) {
        out["c"][one.role] = to_json(one);
    }
    return out;
}

} // namespace agentd::evaluator
