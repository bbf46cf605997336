// `status`: from what the watch saw and the rows say; nothing is looked at, nobody is asked.
#include "agentd/api/api.hpp"
#include "agentd/api/views.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <sys/stat.h>

namespace agentd::api {

using core::Json;
using core::Result;

namespace {

Json path_or_null(const std::optional<core::StorePath>& path) {
    return path ? Json(path->str()) : Json();
}

/// The open proposal a person would want to see first: one that waits for them, riskless ones
/// first.
Json most_useful(const std::vector<store::ProposalRow>& open) {
    const store::ProposalRow* best = nullptr;
    const auto rank = [](const store::ProposalRow& row) {
        const auto risk = row.risk ? proposals::parse_risk(*row.risk) : std::nullopt;
        return std::pair(row.state == proposals::State::decided ? 0 : 1,
                         static_cast<int>(risk.value_or(proposals::Risk::critical)));
    };
    for (const auto& row : open) {
        if (best == nullptr || rank(row) < rank(*best)) {
            best = &row;
        }
    }
    if (best == nullptr) {
        return {};
    }
    return {{"number", best->number},
            {"id", best->id},
            {"title", best->title},
            {"headline", best->headline},
            {"state", proposals::to_string(best->state)}};
}

Json part(const std::string& name, bool ok, const std::string& detail) {
    return {{"name", name}, {"ok", ok}, {"detail", core::to_utf8(detail)}};
}

Json fact(const observers::Fact& fact) {
    using State = observers::Fact::State;
    return {{"name", fact.name},
            {"owner", fact.owner},
            {"state", fact.state == State::good    ? "good"
                      : fact.state == State::amiss ? "amiss"
                                                   : "unknown"},
            {"text", core::to_utf8(fact.text)}};
}

Json adopted(const store::AdoptedRow& row) {
    return {{"entry", row.entry}, {"from", row.from ? Json(*row.from) : Json()},
            {"to", row.to},       {"headline", row.headline},
            {"by", row.by},       {"at", core::format_instant(row.at)}};
}

/// Root may make and remove the file by hand: where it can be seen it counts, else what the log
/// says.
Json frozen_status(const Config& config, const store::Queries& queries) {
    struct stat file {};
    const std::string path = config.apply.directory + "/frozen";
    const bool there = ::stat(path.c_str(), &file) == 0;
    const bool gone = !there && errno == ENOENT;
    auto told = queries.frozen(config.host.str());
    if (there && !told) {
        told = store::FrozenRow{.since = core::Instant(std::chrono::seconds(file.st_mtim.tv_sec)),
                                .because = "no reason is in the log: look into " + path};
    }
    return told && !gone
               ? Json{{"since", core::format_instant(told->since)}, {"because", told->because}}
               : Json();
}

} // namespace

Json Api::machine_status() {
    // Three links are read faster than remembered.
    const auto links = machine::Machine(in_.machine).links();
    const auto head = watch_.head();
    const char* same = !links.running || !head.toplevel   ? "unknown"
                       : *links.running == *head.toplevel ? "yes"
                                                          : "no";
    return {{"running", path_or_null(links.running)},
            {"booted", path_or_null(links.booted)},
            {"profile", path_or_null(links.profile)},
            {"head",
             {{"branch", head.branch},
              {"commit", head.commit},
              {"toplevel", path_or_null(head.toplevel)}}},
            {"running_is_head", same}};
}

/// A part is well unless the watch has it as an observation.
Json Api::parts_status(const store::Queries& queries) const {
    Json parts = Json::array({part("agentd", true, "version " AGENTD_VERSION)});
    for (const auto& [name, well] :
         {std::pair("agentd-auditd", "takes entries"), std::pair("agentd-applyd", "listens")}) {
        const auto down = queries.observation(std::string("part_down:") + name);
        parts.push_back(part(name, !down, down ? down->detail : well));
    }
    if (!watch_.log_reachable()) {
        parts[1] = part("agentd-auditd", false, "does not answer: nothing can be written down");
    }
    return parts;
}

Result<Json> Api::status(const Call& call) {
    watch_.look_once(call.stop);
    const auto seen = watch_.seen();
    Json answer{{"host", in_.config.host.str()},
                {"version", AGENTD_VERSION},
                {"separation", in_.config.programs.separation},
                {"machine", machine_status()},
                {"units", {{"total", seen->units}, {"failed", seen->failed}}},
                {"nix", {{"version", in_.nix.installation().version().text}}},
                {"seen", core::format_instant(seen->at)},
                {"facts", Json::array()}};
    for (const auto& one : seen->facts) {
        answer["facts"].push_back(fact(one));
    }
    in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        answer["parts"] = parts_status(queries);
        answer["frozen"] = frozen_status(in_.config, queries);
        answer["observations"] = Json::array();
        for (const auto& row : queries.observations(store::Which::open)) {
            answer["observations"].push_back(observation(row));
        }
        answer["resolved"] = Json::array();
        for (const auto& row : queries.resolved_observations(20)) {
            answer["resolved"].push_back(observation(row));
        }
        answer["adopted"] = Json::array();
        for (const auto& row : queries.adopted(5)) {
            answer["adopted"].push_back(adopted(row));
        }
        const auto counts = queries.counts();
        answer["proposals"] = {
            {"open", counts.open}, {"waiting", counts.waiting}, {"applied", counts.applied}};
        answer["useful"] = most_useful(queries.proposals(store::Which::open));
        const auto head = watch_.log_reachable()
                              ? in_.ledger.log().head()
                              : core::Result<audit::Client::Head>(core::Problem{});
        answer["log"] = {{"size", queries.next_index()},
                         {"root", head ? Json(head->root.hex()) : Json()},
                         {"verified", nullptr}};
    });
    return answer;
}

} // namespace agentd::api
