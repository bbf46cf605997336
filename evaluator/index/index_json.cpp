#include "evaluator/index/index_json.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;

template <class Rows> Json listed(const Rows& rows) {
    Json out = Json::array();
    for (const auto& row : rows) {
        out.push_back(to_json(row));
    }
    return out;
}

Json or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

} // namespace

std::string_view to_string(Standing standing) noexcept {
    switch (standing) {
    case Standing::declared:
        return "declared";
    case Standing::within:
        return "within";
    case Standing::unchecked:
        return "unchecked";
    case Standing::renamed:
        return "renamed";
    case Standing::a_set:
        return "a_set";
    case Standing::unknown:
        break;
    }
    return "unknown";
}

Json to_json(const IndexedOption& option) {
    const auto& type = option.type;
    return {{"path", option.path},
            {"type", type.description.empty() ? type.name : type.description},
            {"default", or_null(option.default_text)},
            {"example", or_null(option.example)},
            {"description", option.description},
            {"declared", option.declared},
            {"own", option.own},
            {"hidden", option.hidden},
            {"read_only", option.read_only},
            {"new_name", or_null(option.new_name)}};
}

Json to_json(const LookUp& found) {
    const auto& type = found.type;
    return {{"standing", to_string(found.standing)},
            {"type", or_null(type.description.empty() ? type.name : type.description)},
            {"option", found.option ? to_json(*found.option) : Json()},
            {"below", found.below},
            {"nearest", found.nearest}};
}

Json to_json(const IndexedPackage& package) {
    return {{"attribute", package.attribute},
            {"pname", or_null(package.pname)},
            {"version", or_null(package.version)}};
}

Json options_found(const OptionIndex& index, std::string_view words, std::size_t limit) {
    return {{"options", listed(index.search(words, limit))}, {"of", index.options()}};
}

Json packages_found(const OptionIndex& index, std::string_view words, std::size_t limit) {
    return {{"packages", listed(index.search_packages(words, limit))}, {"of", index.packages()}};
}

} // namespace agentd::evaluator
