#include "agentd/stages/proof_values.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace agentd::stages {

using core::Json;
using proposals::Value;

bool is(const Json& value, std::string_view what) {
    const auto at = value.is_object() ? value.find("is") : value.end();
    return at != value.end() && *at == what;
}

bool veiled(const Json& value) {
    return value.is_object() && value.contains("is") && !is(value, "package");
}

const evaluator::OptionValue* find_value(const evaluator::OptionValues& values,
                                         const std::vector<std::string>& path, Json& value) {
    for (const evaluator::OptionValue& one : values) {
        if (one.path.size() > path.size() ||
            !std::equal(one.path.begin(), one.path.end(), path.begin())) {
            continue;
        }
        auto json = core::parse_json(one.value);
        if (!json) {
            return nullptr;
        }
        value = std::move(json).value();
        for (std::size_t at = one.path.size(); at < path.size(); ++at) {
            const auto set = value.is_object() ? value.find("set") : value.end();
            if (set == value.end() || !set->is_object() || !set->contains(path[at])) {
                return nullptr;
            }
            value = Json(set->at(path[at]));
        }
        return &one;
    }
    return nullptr;
}

namespace {

/// `curl-8.14` is one of `curl`, `python3.12-requests-2.31` of `requests`, `gitea-1.2` none of
/// `git`.
bool is_version_of(const std::string& text, const std::string& name) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || text[at - 1] == '-';
        const bool version = end + 1 < text.size() && text[end] == '-' && text[end + 1] >= '0' &&
                             text[end + 1] <= '9';
        if (begins && (end == text.size() || version)) {
            return true;
        }
    }
    return false;
}

bool holds_package(const Json& value, const proposals::PackageAttr& wanted) {
    const std::string& attribute = wanted.str();
    const std::string name = attribute.substr(attribute.rfind('.') + 1);
    const auto text = is(value, "package") ? value.find("text") : value.end();
    return text != value.end() && text->is_string() &&
           is_version_of(text->get<std::string>(), name);
}

/// Texts of several definitions are put one below the other.
Had has_lines(const std::string& text, std::string_view wanted) {
    const auto lines = core::trim(wanted);
    if (core::trim(text) == lines) {
        return Had::yes;
    }
    const bool there =
        ("\n" + text + "\n").find("\n" + std::string(lines) + "\n") != std::string::npos;
    return there ? Had::with_more : Had::no;
}

/// Lists of several definitions are put one behind the other.
Had has_all(const Json& value, const proposals::Strings& wanted) {
    if (value == Json(wanted)) {
        return Had::yes;
    }
    const bool there =
        value.is_array() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
            return std::find(value.begin(), value.end(), Json(each)) != value.end();
        });
    return there ? Had::with_more : Had::no;
}

bool is_plainly(const Json& value, const Value& wanted) {
    if (const auto* package = std::get_if<proposals::PackageAttr>(&wanted)) {
        return holds_package(value, *package);
    }
    if (const auto* number = std::get_if<std::int64_t>(&wanted)) {
        return value == Json(*number);
    }
    if (const auto* boolean = std::get_if<bool>(&wanted)) {
        return value == Json(*boolean);
    }
    return value.is_null();
}

} // namespace

Had has(const Json& value, const Value& wanted) {
    if (const auto* text = std::get_if<std::string>(&wanted)) {
        return value.is_string() ? has_lines(value.get<std::string>(), *text) : Had::no;
    }
    if (const auto* list = std::get_if<proposals::Strings>(&wanted)) {
        return has_all(value, *list);
    }
    return is_plainly(value, wanted) ? Had::yes : Had::no;
}

bool has_element(const Json& value, const Value& wanted) {
    return value.is_array() && std::any_of(value.begin(), value.end(), [&](const Json& each) {
               return has(each, wanted) != Had::no;
           });
}

} // namespace agentd::stages
