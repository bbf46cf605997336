#include "agentd/api/api.hpp"
#include "agentd/api/views.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

Json path_or_null(const std::optional<core::StorePath>& path) {
    return path ? Json(path->str()) : Json();
}

/// The open proposal a person would want to see first: one that waits for them, riskless ones first.
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

} // namespace

Json Api::machine_status() {
    const machine::Machine machine(in_.machine);
    const auto links = machine.links();
    const auto head = watch_.head();
    const char* same = !links.running || !head.toplevel     ? "unknown"
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

Json Api::parts_status() {
    Json parts = Json::array();
    parts.push_back(part("agentd", true, "version " AGENTD_VERSION));
    const auto head = in_.sequencer.ask([&]() -> std::string {
        const auto answer = in_.ledger.log().head();
        return answer ? "" : answer.problem().message;
    });
    parts.push_back(part("agentd-auditd", head.empty(),
                         head.empty() ? "takes entries" : head));
    try {
        const auto state = stages::ask_applyd(in_.config.sockets.apply, {{"op", "state"}}, {});
        parts.push_back(part("agentd-applyd", state.has_value(),
                             state ? "answers" : state.problem().message));
    } catch (const core::Failure& failure) {
        parts.push_back(part("agentd-applyd", false, failure.what()));
    }
    return parts;
}

Result<Json> Api::status(const Call&) {
    machine::Machine machine(in_.machine);
    Json failed = Json::array();
    std::size_t total = 0;
    try {
        const auto units = machine.units().list();
        total = units.size();
        for (const auto& unit : units) {
            if (unit.failed()) {
                failed.push_back(unit.name);
            }
        }
    } catch (const core::Failure&) {
        // The watch has it as an observation; status still answers.
    }
    Json answer{{"host", in_.config.host.str()},
                {"version", AGENTD_VERSION},
                {"separation", in_.config.programs.separation},
                {"machine", machine_status()},
                {"units", {{"total", total}, {"failed", failed}}},
                {"nix", {{"version", in_.nix.installation().version().text}}},
                {"parts", parts_status()}};
    in_.sequencer.ask([&] {
        in_.ledger.catch_up();
        const auto queries = in_.ledger.queries();
        answer["observations"] = Json::array();
        for (const auto& row : queries.observations(store::Which::open)) {
            answer["observations"].push_back(observation(row));
        }
        const auto counts = queries.counts();
        answer["proposals"] = {
            {"open", counts.open}, {"waiting", counts.waiting}, {"applied", counts.applied}};
        answer["useful"] = most_useful(queries.proposals(store::Which::open));
        const auto head = in_.ledger.log().head();
        answer["log"] = {{"size", queries.next_index()},
                         {"root", head ? Json(head->root.hex()) : Json()},
                         {"verified", nullptr}};
    });
    return answer;
}

Result<Json> Api::observe(const Call& call) {
    watch_.look(call.stop);
    return in_.sequencer.ask([&]() -> Result<Json> {
        Json rows = Json::array();
        for (const auto& row : in_.ledger.queries().observations(store::Which::open)) {
            rows.push_back(observation(row));
        }
        return Json{{"observations", rows}};
    });
}

Result<Json> Api::doctor(const Call& call) {
    Json checks = Json::array();
    const auto add = [&](const std::string& name, bool ok, const std::string& detail,
                         const std::string& hint) {
        checks.push_back({{"name", name},
                          {"ok", ok},
                          {"detail", core::to_utf8(detail)},
                          {"hint", ok || hint.empty() ? Json() : Json(hint)}});
    };
    add("nix", true, in_.nix.installation().version().text, "");
    const auto head = pipeline_.head();
    add("flake", head.has_value(),
        head ? in_.config.flake.branch + " is at " + head->short_form() : head.problem().message,
        "check [flake] upstream and branch in agentd.toml");
    if (head) {
        const auto hosts = evaluator::list_hosts(
            in_.nix,
            {.repository = in_.config.state.directory + "/repository.git",
             .ref = "refs/upstream/" + in_.config.flake.branch,
             .commit = *head},
            call.stop);
        const bool there = hosts && std::find(hosts->begin(), hosts->end(),
                                              in_.config.host.str()) != hosts->end();
        add("host", there,
            there ? in_.config.host.str() + " is in the flake"
                  : hosts ? "the flake has no host " + in_.config.host.str() + "; it has: " +
                                core::join(*hosts, ", ")
                          : hosts.problem().message,
            "set `host` in agentd.toml to one of the flake's nixosConfigurations");
    }
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    add("policy", policy.has_value(),
        policy ? in_.config.policy.file + " is understood"
               : policy.problem().where + ": " + policy.problem().message,
        policy ? "" : policy.problem().hint);
    add("separation", in_.config.programs.separation,
        in_.config.programs.separation ? "each process has a uid of its own"
                                       : "all processes run under one uid",
        "this is a demo or a checkout; on a real machine use the NixOS module");
    for (const Json& row : parts_status()) {
        add(row.at("name"), row.at("ok"), row.at("detail"),
            "look at its own log (journalctl -u " + row.at("name").get<std::string>() + ")");
    }
    return Json{{"checks", checks}};
}

Result<Json> Api::web_login(const Call&) {
    if (!in_.config.web.enable) {
        return Problem{.code = "refused",
                       .message = "the page is switched off",
                       .hint = "set [web] enable = true in agentd.toml"};
    }
    // The secret half of the link comes from agentd-applyd, to root, and never passes through here.
    return Json{{"url", in_.config.web.origins.front() + "/pair"}, {"expires", nullptr}};
}

} // namespace agentd::api
