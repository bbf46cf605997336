#include "agentd/stages/decide.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"
#include "policy/join.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

namespace agentd::stages {

core::Result<CurrentPolicy> load_current_policy(const std::string& file, core::Instant now) {
    const std::string text = core::read_file(file, 1U << 20);
    auto loaded = policy::load_policy(
        text, {.file = file, .today = std::chrono::floor<std::chrono::days>(now)});
    if (!loaded.problems.empty()) {
        return loaded.problems.front();
    }
    return CurrentPolicy{.policy = std::move(*loaded.policy), .digest = core::sha256(text)};
}

policy::Facts facts_of(const proposals::Draft& draft, const proposals::Effects& effects) {
    policy::Context context{.host = draft.host,
                            .proposer_kind = draft.proposer.kind,
                            .proposer_id = draft.proposer.id,
                            .source = std::string(proposals::to_string(draft.source)),
                            .evidence_build = "passed"};
    context.paths.emplace();
    for (const auto& file : draft.files) {
        context.paths->push_back(file.path);
    }
    if (draft.operations) {
        context.option_paths.emplace();
        for (const auto& operation : *draft.operations) {
            context.option_paths->push_back(operation.option.str());
        }
    }
    return policy::facts_from(effects, context);
}

std::string page_document(const std::string& proposal, const proposals::Draft& draft,
                          const proposals::Effects& effects, const proposals::Verdict& verdict,
                          const std::vector<std::string>& warnings) {
    core::Json files = core::Json::array();
    for (const auto& file : draft.files) {
        files.push_back({{"path", file.path}, {"change", proposals::to_string(file.change)}});
    }
    return core::canonical({{"schema", "agentd.page/1"},
                            {"proposal", proposal},
                            {"host", draft.host},
                            {"title", draft.title},
                            {"rationale", draft.rationale},
                            {"base_commit", draft.base_commit},
                            {"candidate_commit", draft.candidate_commit},
                            {"diff_sha256", draft.diff_blob ? core::Json(*draft.diff_blob) : core::Json()},
                            {"files", files},
                            {"effects", proposals::to_json(effects)},
                            {"verdict", proposals::to_json(verdict)},
                            {"warnings", warnings}});
}

} // namespace agentd::stages
