#include "evaluator/catalog_codec.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/nix_message.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;

constexpr std::size_t most_packages = 262'144;
constexpr std::size_t most_options = 65'536;
constexpr std::size_t most_text = 512;
constexpr const char* schema = "agentd.catalog/1";

template <std::size_t n> std::optional<std::array<std::string, n>> row(const Json& value) {
    if (!value.is_array() || value.size() != n) {
        return std::nullopt;
    }
    std::array<std::string, n> out;
    for (std::size_t i = 0; i < n; ++i) {
        if (!value[i].is_string()) {
            return std::nullopt;
        }
        out[i] = core::shorten(without_colours(value[i].get_ref<const std::string&>()), most_text);
    }
    return out[0].empty() ? std::nullopt : std::optional(std::move(out));
}

const Json& list_at(const Json& object, const char* key) {
    static const Json empty = Json::array();
    const auto it = object.find(key);
    return it != object.end() && it->is_array() ? *it : empty;
}

} // namespace

Catalog catalog_from(const Json& answer, const std::string& commit, const std::string& host) {
    Catalog out{.commit = commit, .host = host};
    for (const auto& value : list_at(answer, "packages")) {
        if (auto r = row<3>(value); r && out.packages.size() < most_packages) {
            out.packages.push_back({std::move((*r)[0]), std::move((*r)[1]), std::move((*r)[2])});
        }
    }
    for (const auto& value : list_at(answer, "options")) {
        if (auto r = row<4>(value); r && out.options.size() < most_options) {
            out.options.push_back(
                {std::move((*r)[0]), std::move((*r)[1]), std::move((*r)[2]), std::move((*r)[3])});
        }
    }
    std::sort(out.packages.begin(), out.packages.end(),
              [](const auto& a, const auto& b) { return a.attribute < b.attribute; });
    std::sort(out.options.begin(), out.options.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
}

std::string write_catalog(const Catalog& catalog) {
    Json packages = Json::array();
    for (const auto& p : catalog.packages) {
        packages.push_back({p.attribute, p.pname, p.version});
    }
    Json options = Json::array();
    for (const auto& o : catalog.options) {
        options.push_back({o.path, o.type, o.type_description, o.description});
    }
    return core::canonical({{"schema", schema},
                            {"commit", catalog.commit},
                            {"host", catalog.host},
                            {"packages", std::move(packages)},
                            {"options", std::move(options)}});
}

core::Result<Catalog> read_catalog_document(std::string_view text) {
    const auto parsed = core::parse_json(text, {.bytes = 64U << 20, .depth = 8});
    if (!parsed) {
        return parsed.problem();
    }
    core::ObjectReader reader(*parsed, "catalog");
    reader.one_of("schema", {schema});
    const auto commit = reader.text("commit", 64);
    const auto host = reader.text("host", 64);
    reader.any("packages");
    reader.any("options");
    if (auto done = reader.finish(); !done) {
        return done.problem();
    }
    return catalog_from(*parsed, commit, host);
}

} // namespace agentd::evaluator
