#include "proposals/operations.hpp"

#include "proposals/names.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;
using core::Problem;

namespace {

constexpr Names<OperationKind, 4> kind_names{"set_option", "unset_option", "add_to_list",
                                             "remove_from_list"};
constexpr std::int64_t largest = (std::int64_t{1} << 53) - 1;

Problem bad_value(std::string message) {
    return {.code = "bad_value",
            .message = std::move(message),
            .hint = "a value is one of boolean, integer, string, package, null, strings"};
}

core::Result<std::string> read_text(const Json& value) {
    if (!value.is_string()) {
        return bad_value("a text was expected");
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > max_value_text || !core::is_utf8(text)) {
        return bad_value("a text is longer than " + std::to_string(max_value_text) +
                         " bytes or not UTF-8");
    }
    for (const auto line : core::lines(text)) {
        const auto hidden = core::hidden_code_points(line);
        if (!hidden.empty()) {
            return Problem{.code =
                               hidden.front().code_point < 0xA0 ? "control_char" : "hidden_unicode",
                           .message = "a text holds a code point that cannot be seen: `" +
                                      core::printable(core::shorten(line, 80)) + "`"};
        }
    }
    return text;
}

core::Result<Value> read_strings(const Json& value) {
    if (!value.is_array() || value.size() > max_value_strings) {
        return bad_value("`strings` has to be a list of at most " +
                         std::to_string(max_value_strings));
    }
    Strings out;
    for (const Json& item : value) {
        auto text = read_text(item);
        if (!text) {
            return text.problem();
        }
        out.push_back(std::move(text).value());
    }
    return Value(std::move(out));
}

core::Result<Value> read_package(const Json& value) {
    const auto attr =
        value.is_string() ? PackageAttr::parse(value.get_ref<const std::string&>()) : std::nullopt;
    if (!attr) {
        return Problem{.code = "bad_package",
                       .message = "a package is named by its attribute, without `pkgs.`",
                       .hint = "for example `ripgrep` or `python3Packages.requests`"};
    }
    return Value(*attr);
}

core::Result<Value> read_integer(const Json& value) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < -largest ||
        value.get<std::int64_t>() > largest) {
        return bad_value("`integer` has to be a whole number within ±(2^53−1)");
    }
    return Value(value.get<std::int64_t>());
}

core::Result<Value> value_from_json(const Json& value) {
    if (!value.is_object() || value.size() != 1) {
        return bad_value("`value` has to be an object with exactly one field");
    }
    const auto field = value.begin();
    const std::string& name = field.key();
    const Json& inner = field.value();
    if (name == "boolean" && inner.is_boolean()) {
        return Value(inner.get<bool>());
    }
    if (name == "integer") {
        return read_integer(inner);
    }
    if (name == "string") {
        auto text = read_text(inner);
        return text ? core::Result<Value>(Value(std::move(text).value())) : text.problem();
    }
    if (name == "package") {
        return read_package(inner);
    }
    if (name == "null" && inner.is_boolean() && inner.get<bool>()) {
        return Value(Null{});
    }
    if (name == "strings") {
        return read_strings(inner);
    }
    return bad_value("`" + core::printable(core::shorten(name, 40)) + "` is no value known here");
}

bool fits_in_list(const Value& value) {
    return std::holds_alternative<std::int64_t>(value) ||
           std::holds_alternative<std::string>(value) || std::holds_alternative<PackageAttr>(value);
}

/// The operation and its value go together.
core::Result<core::Done> check_shape(const Operation& operation) {
    const bool on_list = operation.kind == OperationKind::add_to_list ||
                         operation.kind == OperationKind::remove_from_list;
    if (operation.kind == OperationKind::unset_option && operation.value) {
        return bad_value("`unset_option` takes no value");
    }
    if (operation.kind != OperationKind::unset_option && !operation.value) {
        return bad_value("`" + std::string(to_string(operation.kind)) + "` needs a value");
    }
    if (on_list && !fits_in_list(*operation.value)) {
        return bad_value("a list operation takes one integer, string or package");
    }
    return core::Done{};
}

} // namespace

std::string_view to_string(OperationKind kind) noexcept {
    return name_of(kind_names, kind);
}

Json to_json(const Value& value) {
    return core::match(
        value,
        [](Null) {
            return Json{{"null", true}};
        },
        [](bool v) {
            return Json{{"boolean", v}};
        },
        [](std::int64_t v) {
            return Json{{"integer", v}};
        },
        [](const std::string& v) {
            return Json{{"string", v}};
        },
        [](const PackageAttr& v) {
            return Json{{"package", v.str()}};
        },
        [](const Strings& v) {
            return Json{{"strings", v}};
        });
}

Json to_json(const Operation& operation) {
    Json out{{"op", to_string(operation.kind)}, {"option", operation.option.str()}};
    if (operation.value) {
        out["value"] = to_json(*operation.value);
    }
    return out;
}

core::Result<Operation> operation_from_json(const Json& value) {
    ObjectReader in(value, "operation");
    const auto kind = value_of(kind_names, in.one_of("op", {"set_option", "unset_option",
                                                            "add_to_list", "remove_from_list"}));
    const auto text = in.text("option", OptionPath::max_bytes);
    const Json& inner = in.any("value");
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    const auto option = OptionPath::parse(text);
    if (!option) {
        return Problem{.code = "bad_option",
                       .message = "`" + core::printable(text) + "` is not an option path",
                       .hint = "names joined by dots; quote names with other characters"};
    }
    Operation operation{.kind = *kind, .option = *option};
    if (!inner.is_null()) {
        auto read = value_from_json(inner);
        if (!read) {
            return read.problem();
        }
        operation.value = std::move(read).value();
    }
    if (auto done = check_shape(operation); !done) {
        return done.problem();
    }
    return operation;
}

std::string describe(const Operation& operation) {
    const auto plain = [](const Value& value) {
        return core::match(
            value, [](Null) { return std::string("null"); },
            [](bool v) { return std::string(v ? "true" : "false"); },
            [](std::int64_t v) { return std::to_string(v); },
            [](const std::string& v) {
                return "\"" + core::printable(core::shorten(v, 60)) + "\"";
            },
            [](const PackageAttr& v) { return v.str(); },
            [](const Strings& v) { return "a list of " + std::to_string(v.size()); });
    };
    const std::string value = operation.value ? plain(*operation.value) : "";
    const std::string option = operation.option.str();
    switch (operation.kind) {
    case OperationKind::set_option:
        return "set " + option + " to " + value;
    case OperationKind::unset_option:
        return "unset " + option;
    case OperationKind::add_to_list:
        return "add " + value + " to " + option;
    case OperationKind::remove_from_list:
        return "remove " + value + " from " + option;
    }
    return option;
}

} // namespace agentd::proposals
