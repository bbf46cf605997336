#include "agentd/api/api.hpp"
#include "agentd/core/text.hpp"
#include "audit/verify.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

Result<Json> Api::audit_tail(const Call& call) {
    constexpr std::int64_t most = 500;
    const auto number = [&](const char* key, std::int64_t fallback) {
        const auto it = call.params.find(key);
        return it != call.params.end() && it->is_number_integer() ? it->get<std::int64_t>()
                                                                  : fallback;
    };
    const auto limit = std::clamp<std::int64_t>(number("limit", 50), 1, most);
    return in_.sequencer.ask([&]() -> Result<Json> {
        in_.ledger.catch_up();
        const auto size = static_cast<std::int64_t>(in_.ledger.queries().next_index());
        const auto from = std::clamp<std::int64_t>(number("from", size - limit), 0, size);
        Json entries = Json::array();
        auto index = from;
        while (index < std::min(size, from + limit)) {
            const auto page = in_.ledger.log().read(static_cast<std::uint64_t>(index),
                                                    static_cast<std::size_t>(from + limit - index));
            if (!page) {
                return page.problem();
            }
            if (page->lines.empty()) {
                break;
            }
            for (const std::string& line : page->lines) {
                entries.push_back({{"index", index++}, {"entry", Json::parse(line)}});
            }
        }
        return Json{{"size", size}, {"entries", entries}};
    });
}

Result<Json> Api::audit_verify(const Call&) {
    const auto report = audit::verify_directory(in_.config.audit.directory, {.live = true});
    Json problem;
    if (report.problem) {
        problem = {{"entry", report.problem->entry},
                   {"offset", report.problem->offset},
                   {"message", report.problem->message}};
    }
    return Json{{"ok", report.ok()},
                {"size", report.size},
                {"root", report.root.hex()},
                {"problem", problem}};
}

Result<Json> Api::state_rebuild(const Call&) {
    return in_.sequencer.ask([&]() -> Result<Json> {
        in_.ledger.catch_up();
        const auto report = in_.ledger.rebuild();
        return Json{{"entries", report.entries},
                    {"rows_before_sha256", report.rows_before.hex()},
                    {"rows_after_sha256", report.rows_after.hex()}};
    });
}

/// What the owner may fast-forward to: the newest confirmed proposals whose commits continue the
/// branch.
Result<Json> Api::pull(const Call&) {
    const auto head = pipeline_.head();
    if (!head) {
        return head.problem();
    }
    const auto rows =
        in_.sequencer.ask([&] { return in_.ledger.queries().proposals(store::Which::all); });
    const auto repository =
        proposals::Repository::open_or_init_bare(in_.config.state.directory + "/repository.git");
    Json ids = Json::array();
    std::optional<core::Commit> newest;
    for (const auto& row : rows) {
        const auto commit = core::Commit::parse(row.candidate_commit);
        if (row.state != proposals::State::confirmed || row.landed || !commit ||
            !repository.is_ancestor(*head, *commit) || *head == *commit) {
            continue;
        }
        if (!newest || repository.is_ancestor(*newest, *commit)) {
            newest = commit;
        }
        ids.push_back(row.id);
    }
    return Json{{"branch", in_.config.flake.branch},
                {"commit", newest ? Json(newest->str()) : Json()},
                {"repository", in_.config.state.directory + "/repository.git"},
                {"upstream", in_.config.flake.upstream},
                {"proposals", ids}};
}

} // namespace agentd::api
