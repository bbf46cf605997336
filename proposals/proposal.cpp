#include "proposals/proposal.hpp"

#include "proposals/names.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/names.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<Source, 5> source_names{"words", "playbook", "patch", "operations", "model"};
constexpr Names<ChangeKind, 3> change_names{"added", "removed", "modified"};
constexpr std::size_t most_files = 1024;

Json maybe(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

Json operations_json(const std::optional<std::vector<Operation>>& operations) {
    if (!operations) {
        return nullptr;
    }
    Json list = Json::array();
    for (const Operation& operation : *operations) {
        list.push_back(to_json(operation));
    }
    return list;
}

Json files_json(const std::vector<ChangedFile>& files) {
    Json list = Json::array();
    for (const ChangedFile& file : files) {
        list.push_back({{"path", file.path}, {"change", to_string(file.change)}});
    }
    return list;
}

void read_operations(ObjectReader& in, Draft& draft) {
    const Json& list = in.any("operations");
    if (list.is_null()) {
        return;
    }
    if (!list.is_array() || list.size() > Operations::max_operations) {
        return in.refuse("operations", "has to be null or a list of operations");
    }
    draft.operations.emplace();
    for (const Json& item : list) {
        auto operation = operation_from_json(item);
        if (!operation) {
            return in.refuse("operations", operation.problem().message);
        }
        draft.operations->push_back(std::move(operation).value());
    }
}

void read_files(ObjectReader& in, Draft& draft) {
    const Json& list = in.any("files");
    if (!list.is_array() || list.size() > most_files) {
        return in.refuse("files", "has to be a list of files");
    }
    for (const Json& item : list) {
        ObjectReader file(item, "file");
        ChangedFile changed{
            .path = file.text("path", 4096),
            .change = parse_change_kind(file.one_of("change", {"added", "removed", "modified"}))
                          .value_or(ChangeKind::modified)};
        if (auto done = file.finish(); !done) {
            return in.refuse("files", done.problem().message);
        }
        draft.files.push_back(std::move(changed));
    }
}

void read_proposer(ObjectReader& outer, Draft& draft) {
    ObjectReader in(outer.any("proposer"), "proposer");
    draft.proposer = {.id = in.text("id", 128),
                      .kind = in.one_of("kind", {"human", "agent", "system", "planner"})};
    if (auto done = in.finish(); !done) {
        outer.refuse("proposer", done.problem().message);
    }
}

void check_forms(ObjectReader& in, const Draft& draft) {
    if (!core::HostName::parse(draft.host)) {
        in.refuse("host", "is not a host name");
    }
    if (!core::Commit::parse(draft.base_commit)) {
        in.refuse("base_commit", "is not a commit");
    }
    if (!core::Commit::parse(draft.candidate_commit)) {
        in.refuse("candidate_commit", "is not a commit");
    }
    if (!core::Digest::parse(draft.candidate_tree)) {
        in.refuse("candidate_tree", "is not a SHA-256");
    }
    if (!core::is_branch_name(draft.base_branch)) {
        in.refuse("base_branch", "is not a branch");
    }
}

} // namespace

std::string_view to_string(Source source) noexcept {
    return name_of(source_names, source);
}
std::optional<Source> parse_source(std::string_view text) noexcept {
    return value_of(source_names, text);
}
std::string_view to_string(ChangeKind kind) noexcept {
    return name_of(change_names, kind);
}
std::optional<ChangeKind> parse_change_kind(std::string_view text) noexcept {
    return value_of(change_names, text);
}

Json to_json(const Draft& draft) {
    return {{"number", draft.number},
            {"host", draft.host},
            {"title", draft.title},
            {"rationale", draft.rationale},
            {"proposer", {{"id", draft.proposer.id}, {"kind", draft.proposer.kind}}},
            {"source", to_string(draft.source)},
            {"goal", maybe(draft.goal)},
            {"observation", maybe(draft.observation)},
            {"operations", operations_json(draft.operations)},
            {"base_commit", draft.base_commit},
            {"base_branch", draft.base_branch},
            {"candidate_commit", draft.candidate_commit},
            {"candidate_tree", draft.candidate_tree},
            {"patch_blob", maybe(draft.patch_blob)},
            {"diff_blob", maybe(draft.diff_blob)},
            {"files", files_json(draft.files)}};
}

core::Result<Draft> draft_from_json(const Json& value) {
    ObjectReader in(value, "draft");
    Draft draft{.number = in.integer("number", 1, 1'000'000),
                .host = in.text("host", 63),
                .title = in.text("title", Draft::max_title),
                .rationale = in.text("rationale", Draft::max_rationale)};
    read_proposer(in, draft);
    draft.source =
        parse_source(in.one_of("source", {"words", "playbook", "patch", "operations", "model"}))
            .value_or(Source::patch);
    draft.goal = in.optional_text("goal", 4096);
    draft.observation = in.optional_text("observation", 512);
    read_operations(in, draft);
    draft.base_commit = in.text("base_commit", 40);
    draft.base_branch = in.text("base_branch", 256);
    draft.candidate_commit = in.text("candidate_commit", 40);
    draft.candidate_tree = in.text("candidate_tree", 64);
    draft.patch_blob = in.optional_text("patch_blob", 64);
    draft.diff_blob = in.optional_text("diff_blob", 64);
    read_files(in, draft);
    check_forms(in, draft);
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return draft;
}

core::Digest revision_digest(const Draft& draft) {
    return core::sha256(core::canonical({{"host", draft.host},
                                         {"base_commit", draft.base_commit},
                                         {"candidate_commit", draft.candidate_commit},
                                         {"candidate_tree", draft.candidate_tree}}));
}

} // namespace agentd::proposals
