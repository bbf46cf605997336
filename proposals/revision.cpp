#include "proposals/revision.hpp"

#include "proposals/names.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/match.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<ChangeKind, 3> change_names{"added", "removed", "modified"};
constexpr std::size_t most_files = 1024;

Json maybe(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

Json operations_json(const std::optional<std::vector<plan::Wish>>& operations) {
    if (!operations) {
        return nullptr;
    }
    Json list = Json::array();
    for (const plan::Wish& wish : *operations) {
        list.push_back(to_json(wish));
    }
    return list;
}

Json files_json(const std::vector<ChangedFile>& files) {
    Json list = Json::array();
    for (const ChangedFile& file : files) {
        Json one{{"path", file.path}, {"change", to_string(file.change)}};
        if (file.flags) {
            one["flags"] = Json::array();
            for (const Flag flag : *file.flags) {
                one["flags"].push_back(to_string(flag));
            }
        }
        list.push_back(std::move(one));
    }
    return list;
}

void read_operations(ObjectReader& in, Change& change) {
    const Json& list = in.any("operations");
    if (list.is_null()) {
        return;
    }
    if (!list.is_array() || list.size() > plan::Request::max_operations) {
        return in.refuse("operations", "has to be null or a list of operations");
    }
    change.operations.emplace();
    for (const Json& item : list) {
        auto wish = plan::wish_from_json(item);
        if (!wish) {
            return in.refuse("operations", wish.problem().message);
        }
        change.operations->push_back(std::move(wish).value());
    }
}

void read_plan(ObjectReader& in, Change& change) {
    if (!in.has("plan")) {
        in.any("plan"); // null
        return;
    }
    auto plan = plan::planned_from_json(in.any("plan"));
    if (!plan) {
        return in.refuse("plan", plan.problem().message);
    }
    change.plan = std::move(plan).value();
}

Json change_json(const Change& change) {
    Json out{{"operations", operations_json(change.operations)},
             {"base_commit", change.base_commit},
             {"base_branch", change.base_branch},
             {"candidate_commit", change.candidate_commit},
             {"candidate_tree", change.candidate_tree},
             {"patch_blob", maybe(change.patch_blob)},
             {"diff_blob", maybe(change.diff_blob)},
             {"files", files_json(change.files)}};
    if (change.plan) {
        out["plan"] = to_json(*change.plan);
    }
    return out;
}

void read_flags(ObjectReader& file, ChangedFile& changed) {
    if (!file.has("flags")) {
        return;
    }
    changed.flags.emplace();
    for (const auto& name : file.texts("flags", 16)) {
        if (const auto flag = parse_flag(name)) {
            changed.flags->push_back(*flag);
        } else {
            file.refuse("flags", "holds an unknown flag");
        }
    }
}

void read_files(ObjectReader& in, Change& change) {
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
        read_flags(file, changed);
        if (auto done = file.finish(); !done) {
            return in.refuse("files", done.problem().message);
        }
        change.files.push_back(std::move(changed));
    }
}

Change read_change(ObjectReader& in) {
    Change change;
    read_operations(in, change);
    read_plan(in, change);
    change.base_commit = in.text("base_commit", 40);
    change.base_branch = in.text("base_branch", 256);
    change.candidate_commit = in.text("candidate_commit", 40);
    change.candidate_tree = in.text("candidate_tree", 64);
    change.patch_blob = in.optional_text("patch_blob", 64);
    change.diff_blob = in.optional_text("diff_blob", 64);
    read_files(in, change);
    if (!core::Commit::parse(change.base_commit)) {
        in.refuse("base_commit", "is not a commit");
    }
    if (!core::Commit::parse(change.candidate_commit)) {
        in.refuse("candidate_commit", "is not a commit");
    }
    if (!core::Digest::parse(change.candidate_tree)) {
        in.refuse("candidate_tree", "is not a SHA-256");
    }
    if (!core::is_branch_name(change.base_branch)) {
        in.refuse("base_branch", "is not a branch");
    }
    return change;
}

Revision read_act(ObjectReader& in) {
    auto act = act_from_json(in.any("act"));
    if (!act) {
        in.refuse("act", act.problem().message);
        return Rollback{};
    }
    return *act;
}

Rollback read_rollback(ObjectReader& in) {
    Rollback rollback{.to = in.text("rollback_to", 512)};
    if (!in.any("generation").is_null()) {
        rollback.generation = in.integer("generation", 1, 1'000'000'000);
    }
    const auto to = core::StorePath::parse(rollback.to);
    if (!to || to->is_derivation()) {
        in.refuse("rollback_to", "is not a store path of a system");
    }
    return rollback;
}

} // namespace

std::string_view to_string(ChangeKind kind) noexcept {
    return name_of(change_names, kind);
}
std::optional<ChangeKind> parse_change_kind(std::string_view text) noexcept {
    return value_of(change_names, text);
}

std::string_view kind_of(const Revision& revision) noexcept {
    return core::match(
        revision, [](const Change&) { return "change"; }, [](const Act&) { return "act"; },
        [](const Rollback&) { return "rollback"; });
}

Json to_json(const Revision& revision) {
    Json out = core::match(
        revision, [](const Change& change) { return change_json(change); },
        [](const Act& act) {
            return Json{{"act", to_json(act)}};
        },
        [](const Rollback& rollback) {
            return Json{{"rollback_to", rollback.to},
                        {"generation", rollback.generation ? Json(*rollback.generation) : Json()}};
        });
    out["kind"] = kind_of(revision);
    return out;
}

Revision read_revision(ObjectReader& in) {
    const std::string kind =
        in.has("kind") ? in.one_of("kind", {"change", "act", "rollback"}) : "change";
    if (kind == "act") {
        return read_act(in);
    }
    if (kind == "rollback") {
        return read_rollback(in);
    }
    return read_change(in);
}

core::Digest revision_digest(const std::string& host, const Revision& revision) {
    Json bytes{{"host", host}};
    core::match(
        revision,
        [&](const Change& change) {
            bytes["base_commit"] = change.base_commit;
            bytes["candidate_commit"] = change.candidate_commit;
            bytes["candidate_tree"] = change.candidate_tree;
        },
        [&](const Act& act) { bytes["act"] = to_json(act); },
        [&](const Rollback& rollback) { bytes["rollback_to"] = rollback.to; });
    return core::sha256(core::canonical(bytes));
}

} // namespace agentd::proposals
