#include "agentd/core/text.hpp"
#include "policy/trust/standing.hpp"

#include <nlohmann/json.hpp>

namespace agentd::policy::trust {

using core::Json;

std::string bound_of(const Evidence& evidence) {
    const auto n = evidence.applies + evidence.vetoed;
    if (n == 0) {
        return "0 counted: nothing can be claimed";
    }
    const auto percent = n <= 3 ? 100 : (300 + n - 1) / n;
    return "0 faults in " + std::to_string(n) + ": at most " + std::to_string(percent) +
           " % of changes go wrong, at 95 % confidence";
}

Json to_json(const Standing& standing) {
    const Evidence& have = standing.evidence;
    return {{"proposer", to_json(standing.key.who)},
            {"class", to_string(standing.key.effect_class)},
            {"class_means", meaning_of(standing.key.effect_class)},
            {"host_class", standing.key.host_class},
            {"level", to_string(standing.level)},
            {"until", standing.until ? Json(core::format_instant(*standing.until)) : Json()},
            {"reasons", standing.reasons},
            {"missing", standing.missing},
            {"suggested", standing.suggested ? Json(to_string(*standing.suggested)) : Json()},
            {"evidence",
             {{"applies", have.applies},
              {"days", have.days},
              {"span_days", have.span_days},
              {"targets", have.targets},
              {"vetoed", have.vetoed},
              {"newest", have.newest ? Json(core::format_instant(*have.newest)) : Json()}}},
            {"bound", bound_of(have)},
            {"grant", standing.grant ? to_json(*standing.grant) : Json()}};
}

std::vector<std::string> words_of(const Standing& standing) {
    const Evidence& have = standing.evidence;
    std::vector<std::string> out{
        to_string(standing.key) + ": " + std::string(to_string(standing.level)) +
        (standing.until ? " until " + core::format_instant(*standing.until) : std::string())};
    out.push_back("  " + std::string(meaning_of(standing.key.effect_class)));
    for (const std::string& reason : standing.reasons) {
        out.push_back("  because " + core::printable(reason));
    }
    out.push_back("  counts: " + std::to_string(have.applies) + " applies on " +
                  std::to_string(have.days) + " days in " + std::to_string(have.span_days) +
                  ", of " + std::to_string(have.targets) + " different things; " + bound_of(have));
    if (standing.suggested) {
        out.push_back("  earned: " + std::string(to_string(*standing.suggested)));
    }
    for (const std::string& missing : standing.missing) {
        out.push_back("  missing: " + core::printable(missing));
    }
    return out;
}

} // namespace agentd::policy::trust
