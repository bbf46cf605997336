#include "agentd/stages/agreement.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/agreement/compare.hpp"
#include "store/blobs.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

using proposals::Disagreements;

std::optional<Disagreements> disagreement_of(const Tested& tested, const BothSystems& systems,
                                             const std::stop_token& stop) {
    if (!tested.drv) {
        return std::nullopt;
    }
    if (!tested.declared) {
        return Disagreements{.trouble = "what the options say of the machine cannot be read"};
    }
    const auto built = analysis::built_of(systems.worker, systems.running, systems.candidate, stop);
    if (!built) {
        core::log(core::Level::warning,
                  "options and built system are not compared: " + built.problem().message);
        return Disagreements{.trouble = "what the built systems say cannot be read: " +
                                        core::shorten(core::to_utf8(built.problem().message), 300)};
    }
    return evaluator::agreement::compare(
        {.running = built->before,
         .candidate = built->after,
         .options = *tested.declared,
         .base_options = tested.base_declared ? &*tested.base_declared : nullptr});
}

std::string summary_of(const std::optional<Disagreements>& found) {
    if (!found || found->items.empty()) {
        return "";
    }
    return "; of " + std::to_string(found->items.size()) + (found->more ? " and more" : "") +
           " the options say otherwise";
}

std::optional<bool> told_disagreement(std::string_view page) {
    const auto document = core::parse_json(page, {.bytes = store::Blobs::max_bytes});
    if (!document || !document->is_object()) {
        return std::nullopt;
    }
    const auto found =
        proposals::disagreements_from_json(document->value("disagreement", core::Json()));
    return found ? proposals::disagree(*found) : std::nullopt;
}

} // namespace agentd::stages
