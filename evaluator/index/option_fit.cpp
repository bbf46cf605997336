#include "agentd/core/text.hpp"
#include "evaluator/index/option_type.hpp"
#include "evaluator/index/type_names.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;

Fitting no(std::string why) {
    return {.fit = Fit::does_not, .why = std::move(why)};
}

constexpr Fitting yes{.fit = Fit::fits};

/// As a person would write it, not too long.
std::string shown(const Json& value) {
    return core::shorten(written(value), 60);
}

Fitting must(bool is, const Json& value, const char* what) {
    return is ? yes : no(shown(value) + " is not " + what);
}

struct Bounds {
    std::int64_t least;
    std::int64_t most;
};

std::optional<std::int64_t> number_behind(std::string_view text, std::string_view word) {
    const auto at = text.find(word);
    if (at == text.npos) {
        return std::nullopt;
    }
    text.remove_prefix(at + word.size());
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() ? std::optional(out) : std::nullopt;
}

/// What the description of an integer says: "between 0 and 65535 (both inclusive)".
std::optional<Bounds> bounds_of(const OptionType& type) {
    constexpr std::int64_t far = std::int64_t{1} << 53;
    const auto least = number_behind(type.description, "between ");
    if (least) {
        const auto most = number_behind(type.description, " and ");
        return most ? std::optional(Bounds{*least, *most}) : std::nullopt;
    }
    if (type.name == "positiveInt") {
        return Bounds{1, far};
    }
    if (type.name == "unsignedInt") {
        return Bounds{0, far};
    }
    return std::nullopt;
}

Fitting fits_integer(const OptionType& type, const Json& value) {
    if (!value.is_number_integer()) {
        return no(shown(value) + " is not a whole number");
    }
    const auto bounds = bounds_of(type);
    const auto number = value.get<std::int64_t>();
    if (bounds && (number < bounds->least || number > bounds->most)) {
        return no(shown(value) + " is not between " + std::to_string(bounds->least) + " and " +
                  std::to_string(bounds->most));
    }
    return yes;
}

Fitting fits_enum(const OptionType& type, const Json& value) {
    if (type.values.empty()) {
        return {};
    }
    if (std::find(type.values.begin(), type.values.end(), written(value)) != type.values.end()) {
        return yes;
    }
    std::string all;
    for (std::size_t i = 0; i < std::min<std::size_t>(type.values.size(), 12); ++i) {
        all += (i == 0 ? "" : ", ") + core::shorten(type.values[i], 60);
    }
    return no(shown(value) + " is none of " + all + (type.values.size() > 12 ? ", …" : ""));
}

Fitting fits_path(const OptionType& type, const Json& value) {
    if (!value.is_string()) {
        return no(shown(value) + " is not a path");
    }
    const bool absolute = value.get_ref<const std::string&>().starts_with('/');
    return absolute                              ? yes
           : type.description == "absolute path" ? no(shown(value) + " is not an absolute path")
                                                 : Fitting{};
}

/// All of them: one that does not fit is the answer, then one that is not known.
template <class Values> Fitting each(const OptionType* type, const Values& values) {
    if (type == nullptr) {
        return {};
    }
    Fitting worst = yes;
    for (const Json& value : values) {
        auto one = fits(*type, value);
        if (one.fit == Fit::does_not) {
            return one;
        }
        if (one.fit == Fit::unknown) {
            worst = one;
        }
    }
    return worst;
}

/// The best of several types of which one is enough.
Fitting any(const OptionType& type, const Json& value) {
    Fitting best{.fit = Fit::does_not};
    for (const auto& one : type.within) {
        auto found = fits(one, value);
        if (found.fit == Fit::fits) {
            return found;
        }
        if (found.fit == Fit::unknown || best.why.empty()) {
            best = best.fit == Fit::unknown ? best : std::move(found);
        }
    }
    return type.within.empty() ? Fitting{} : best;
}

} // namespace

Fitting fits(const OptionType& type, const Json& value) {
    const std::string_view name = type.name;
    if (name == "bool") {
        return must(value.is_boolean(), value, "true or false");
    }
    if (is_text(name)) {
        return must(value.is_string(), value, "a text");
    }
    if (is_integer(name)) {
        return fits_integer(type, value);
    }
    if (name == "float" || name == "number") {
        return must(value.is_number(), value, "a number");
    }
    if (name == "path") {
        return fits_path(type, value);
    }
    if (name == "enum") {
        return fits_enum(type, value);
    }
    if (name == "nullOr" && value.is_null()) {
        return yes;
    }
    if (is_wrapper(name)) {
        const auto* element = type.inner("elemType");
        return element == nullptr ? Fitting{} : fits(*element, value);
    }
    if (name == "either") {
        return any(type, value);
    }
    if (name == "coercedTo") { // old releases tell only what it becomes
        return type.inner("coercedType") != nullptr ? any(type, value) : Fitting{};
    }
    if (name == "listOf") {
        return value.is_array() ? each(type.inner("elemType"), value)
                                : no(shown(value) + " is not a list");
    }
    if (name == "attrsOf" || name == "lazyAttrsOf") {
        return value.is_object() ? each(type.inner("elemType"), value)
                                 : no(shown(value) + " is not a set");
    }
    if (name == "submodule" && !value.is_object() && !value.is_string()) { // a text may be a path
        return no(shown(value) + " is not a set");
    }
    return {};
}

} // namespace agentd::evaluator
