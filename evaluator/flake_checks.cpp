#include "evaluator/flake_checks.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/nix_scripts.hpp"

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

namespace agentd::evaluator {

namespace {

constexpr std::size_t most_checks = 1024;

std::string nix_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const auto& text : texts) {
        out += " " + nix_string(text);
    }
    return out + " ]";
}

core::Result<std::vector<CheckDerivation>> ask(const Nix& nix, const FlakeSource& source,
                                               const std::vector<std::string>& names, bool caught,
                                               const std::stop_token& stop) {
    const auto asked = ask_flake(nix, source, check_script,
                                 {{"system", nix_string(own_system())},
                                  {"names", nix_list(names)},
                                  {"catch", caught ? "true" : "false"}},
                                 stop);
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    const auto drvs = answer->value->find("drvs");
    std::vector<CheckDerivation> out(names.size());
    for (std::size_t n = 0; n < names.size(); ++n) {
        const bool told =
            drvs != answer->value->end() && drvs->is_array() && drvs->size() == names.size();
        out[n].there = told && !(*drvs)[n].is_null();
        auto path = out[n].there && (*drvs)[n].is_string()
                        ? core::StorePath::parse(core::shorten((*drvs)[n].get<std::string>(), 256))
                        : std::nullopt;
        if (path && path->is_derivation()) {
            out[n].drv = std::move(path);
        }
    }
    return out;
}

} // namespace

std::string own_system() {
    struct utsname names {};
    return (::uname(&names) == 0 ? std::string(names.machine) : "unknown") + "-linux";
}

core::Result<std::vector<std::string>> list_checks(const Nix& nix, const FlakeSource& source,
                                                   std::stop_token stop) {
    const auto asked =
        ask_flake(nix, source, checks_script, {{"system", nix_string(own_system())}}, stop);
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    std::vector<std::string> names;
    if (const auto list = answer->value->find("names");
        list != answer->value->end() && list->is_array()) {
        for (const auto& name : *list) {
            if (name.is_string() && names.size() < most_checks) {
                names.push_back(name.get<std::string>());
            }
        }
    }
    return names;
}

core::Result<std::vector<CheckDerivation>> check_derivations(const Nix& nix,
                                                             const FlakeSource& source,
                                                             const std::vector<std::string>& names,
                                                             std::stop_token stop) {
    return ask(nix, source, names, true, stop);
}

core::Result<core::StorePath> check_derivation(const Nix& nix, const FlakeSource& source,
                                               const std::string& name, std::stop_token stop) {
    auto asked = ask(nix, source, {name}, false, stop);
    if (!asked) {
        return asked.problem();
    }
    auto& found = asked->front();
    if (!found.there) {
        return core::Problem{.code = "no_check",
                             .message = "the candidate has no check of that name"};
    }
    if (!found.drv) {
        return core::Problem{.code = "no_derivation",
                             .message = "the check is no derivation",
                             .hint = "a check of a flake is something that can be built"};
    }
    return std::move(*found.drv);
}

} // namespace agentd::evaluator
