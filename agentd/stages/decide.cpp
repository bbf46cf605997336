#include "agentd/stages/decide.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/zone_file.hpp"
#include "agentd/explanation/switching.hpp"
#include "policy/join.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

core::Result<CurrentPolicy> load_current_policy(const std::string& file, core::Instant now) {
    const std::string text = core::read_file(file, 1U << 20);
    auto loaded = policy::load_policy(text, {.file = file,
                                             .today = std::chrono::floor<std::chrono::days>(now),
                                             .zones = core::zone_file});
    if (!loaded.problems.empty()) {
        return loaded.problems.front();
    }
    return CurrentPolicy{.policy = std::move(*loaded.policy), .digest = core::sha256(text)};
}

/// Of all files together; not known where one is of an entry that has none.
static std::optional<std::vector<std::string>>
flags_of(const std::vector<proposals::ChangedFile>& files) {
    std::vector<std::string> out;
    for (const auto& file : files) {
        if (!file.flags) {
            return std::nullopt;
        }
        for (const auto flag : *file.flags) {
            out.emplace_back(proposals::to_string(flag));
        }
    }
    return out;
}

/// Not known where something is imported, or an input is another, or an option came by other means:
/// what that sets nobody said.
static std::optional<std::vector<proposals::OptionPath>>
options_of(const proposals::Change& change) {
    const bool told =
        change.operations && change.plan &&
        std::none_of(change.plan->steps.begin(), change.plan->steps.end(),
                     [](const auto& step) { return step.changed && step.by_other_means; });
    if (!told) {
        return std::nullopt;
    }
    std::vector<proposals::OptionPath> out;
    for (const auto& wish : *change.operations) {
        const auto about = on_options(wish);
        if (about.empty()) {
            return std::nullopt;
        }
        for (const auto& operation : about) {
            out.push_back(operation.option);
        }
    }
    return out;
}

policy::Facts facts_of(const proposals::Draft& draft, const proposals::Effects& effects,
                       const Around& around) {
    policy::Context context{.host = draft.host,
                            .proposer_kind = draft.proposer.kind,
                            .proposer_id = draft.proposer.id,
                            .source = std::string(proposals::to_string(draft.source)),
                            .evidence_checks = around.checks,
                            .build_escapable = around.build_escapable,
                            .options_disagree = around.options_disagree,
                            .revision = std::string(proposals::kind_of(draft.revision)),
                            .confirmed_before = around.confirmed_before};
    if (around.rehearsal) {
        context.evidence_rehearsal = std::string(proposals::to_string(*around.rehearsal));
    }
    if (around.dry_activate) {
        context.evidence_dry_activate = std::string(proposals::to_string(*around.dry_activate));
    }
    const auto* change = draft.change();
    if (change != nullptr) {
        context.evidence_build = "passed";
        context.paths.emplace();
        context.flags = flags_of(change->files);
        for (const auto& file : change->files) {
            context.paths->push_back(file.path);
        }
        context.option_paths = options_of(*change);
    }
    return policy::facts_from(effects, context);
}

std::string page_document(const std::string& proposal, const proposals::Draft& draft,
                          const proposals::Effects& effects, const proposals::Verdict& verdict,
                          const Beside& beside) {
    core::Json page{
        {"schema", "agentd.page/1"},
        {"proposal", proposal},
        {"host", draft.host},
        {"title", draft.title},
        {"rationale", draft.rationale},
        {"revision", proposals::to_json(draft.revision)},
        {"effects", proposals::to_json(effects)},
        {"explanation", explanation::to_json(beside.explanation)},
        {"switch", beside.plan ? explanation::with_lines(*beside.plan) : core::Json()},
        {"options", beside.options ? proposals::to_json(*beside.options) : core::Json()},
        {"disagreement",
         beside.disagreement ? proposals::to_json(*beside.disagreement) : core::Json()},
        {"verdict", proposals::to_json(verdict)},
        {"warnings", beside.warnings},
        {"new_warnings", beside.new_warnings ? core::Json(*beside.new_warnings) : core::Json()},
        {"notes", beside.notes}};
    return core::canonical(page);
}

} // namespace agentd::stages
