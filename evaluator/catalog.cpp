#include "evaluator/catalog.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/catalog_codec.hpp"
#include "evaluator/evaluation_refusal.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/nix_scripts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

constexpr std::string_view service_start = "services.";
constexpr std::string_view service_end = ".enable";

/// Names that hold `wanted`, the shortest first, then names spelled alike.
std::vector<std::string> near(std::string_view wanted, const std::vector<std::string>& names,
                              std::size_t limit) {
    const std::string lower = core::to_lower(wanted);
    std::vector<std::string> out;
    if (lower.size() >= 3) {
        std::copy_if(names.begin(), names.end(), std::back_inserter(out),
                     [&](const std::string& name) {
                         return core::to_lower(name).find(lower) != std::string::npos;
                     });
        std::stable_sort(out.begin(), out.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    }
    auto alike = core::nearest(lower, names, limit);
    // One that is spelled almost the same is meant more often than one that merely holds the word.
    const bool typo =
        !alike.empty() && core::edit_distance(lower, core::to_lower(alike.front())) <= 2;
    out.insert(typo ? out.begin() : out.end(), alike.begin(), alike.end());
    std::vector<std::string> unique;
    for (auto& name : out) {
        if (unique.size() < limit &&
            std::find(unique.begin(), unique.end(), name) == unique.end()) {
            unique.push_back(std::move(name));
        }
    }
    return unique;
}

} // namespace

const PackageName* Catalog::package(std::string_view attribute) const {
    const auto it = std::lower_bound(
        packages.begin(), packages.end(), attribute,
        [](const PackageName& p, std::string_view name) { return p.attribute < name; });
    return it != packages.end() && it->attribute == attribute ? &*it : nullptr;
}

const OptionName* Catalog::option(std::string_view path) const {
    const auto it =
        std::lower_bound(options.begin(), options.end(), path,
                         [](const OptionName& o, std::string_view name) { return o.path < name; });
    return it != options.end() && it->path == path ? &*it : nullptr;
}

bool Catalog::has_service(std::string_view name) const {
    return option(std::string(service_start) + std::string(name) + std::string(service_end)) !=
           nullptr;
}

std::vector<std::string> Catalog::services() const {
    std::vector<std::string> out;
    for (const auto& o : options) {
        const std::string_view path = o.path;
        if (path.starts_with(service_start) && path.ends_with(service_end) &&
            path.size() > service_start.size() + service_end.size()) {
            const auto name = path.substr(service_start.size(),
                                          path.size() - service_start.size() - service_end.size());
            if (name.find('.') == name.npos) {
                out.emplace_back(name);
            }
        }
    }
    return out;
}

std::vector<std::string> Catalog::nearest_packages(std::string_view wanted,
                                                   std::size_t limit) const {
    std::vector<std::string> names;
    std::vector<std::string> out;
    names.reserve(packages.size());
    for (const auto& p : packages) {
        if (!wanted.empty() && p.pname == wanted && out.size() < limit) {
            out.push_back(p.attribute);
        }
        names.push_back(p.attribute);
    }
    for (auto& name : near(wanted, names, limit)) {
        if (out.size() < limit && std::find(out.begin(), out.end(), name) == out.end()) {
            out.push_back(std::move(name));
        }
    }
    return out;
}

std::vector<std::string> Catalog::nearest_services(std::string_view wanted,
                                                   std::size_t limit) const {
    return near(wanted, services(), limit);
}

std::vector<std::string> Catalog::nearest_options(std::string_view wanted,
                                                  std::size_t limit) const {
    std::vector<std::string> names;
    names.reserve(options.size());
    for (const auto& o : options) {
        names.push_back(o.path);
    }
    return near(wanted, names, limit);
}

core::Result<Catalog> read_catalog(const Nix& nix, const FlakeSource& source,
                                   const core::HostName& host, std::stop_token stop) {
    const auto ask = [&](bool detailed) {
        return ask_flake(
            nix, source, catalog_script,
            {{"host", nix_string(host.str())}, {"detailed", detailed ? "true" : "false"}}, stop);
    };
    auto asked = ask(true);
    // One package that throws what tryEval cannot catch ends the look into all of them; their names
    // remain.
    if (const auto* refused = std::get_if<EvaluationRefused>(&asked);
        refused != nullptr && refused->problem.code == "evaluation_failed") {
        asked = ask(false);
    }
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    if (answer->value->contains("unknown_host")) {
        return unknown_host(host, host_names(*answer->value)).problem;
    }
    return catalog_from(*answer->value, source.commit.str(), host.str());
}

} // namespace agentd::evaluator
