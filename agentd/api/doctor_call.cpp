// `doctor`: everything agentd needs, looked at now, and how to mend what is amiss.
#include "agentd/api/api.hpp"
#include "agentd/api/prerequisites.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::api {

using core::Json;
using core::Result;

namespace {

void add(std::vector<Prerequisite>& into, const std::string& name, bool ok,
         const std::string& detail, const std::string& mend) {
    into.push_back({.name = name, .ok = ok, .detail = detail, .mend = mend});
}

} // namespace

/// Whether the owner's branch can be read and has this host.
void Api::check_flake(std::vector<Prerequisite>& checks, const std::stop_token& stop) {
    const auto head = pipeline_.head();
    add(checks, "flake", head.has_value(),
        head ? in_.config.flake.branch + " is at " + head->short_form() : head.problem().message,
        "check [flake] upstream and branch in agentd.toml; the daemon's user has to be able to "
        "read it");
    if (!head) {
        return;
    }
    const auto hosts =
        evaluator::list_hosts(in_.nix,
                              {.repository = in_.config.state.directory + "/repository.git",
                               .ref = "refs/upstream/" + in_.config.flake.branch,
                               .commit = *head},
                              stop);
    const bool there =
        hosts && std::find(hosts->begin(), hosts->end(), in_.config.host.str()) != hosts->end();
    add(checks, "host", there,
        there   ? in_.config.host.str() + " is in the flake"
        : hosts ? "the flake has no host " + in_.config.host.str() +
                      "; it has: " + core::join(*hosts, ", ")
                : hosts.problem().message,
        "set `host` in agentd.toml to one of the flake's nixosConfigurations");
}

/// What a person has to have set up: policy and keys.
void Api::check_rules(std::vector<Prerequisite>& checks) {
    const auto policy = stages::load_current_policy(in_.config.policy.file, in_.clock.now());
    add(checks, "policy", policy.has_value(),
        policy ? in_.config.policy.file + " is understood"
               : policy.problem().where + ": " + policy.problem().message,
        policy ? "" : policy.problem().hint);
    const auto approvers = approvers_in(in_.config.apply.approvers);
    checks.insert(checks.end(), approvers.begin(), approvers.end());
    add(checks, "separation", in_.config.programs.separation,
        in_.config.programs.separation ? "each process has a uid of its own"
                                       : "all processes run under one uid",
        "this is a demo or a checkout; on a real machine use the NixOS module");
}

/// Every health check of root's configuration, tried once by the helper.
void Api::check_health(std::vector<Prerequisite>& checks, const std::stop_token& stop) {
    try {
        const auto answer = stages::ask_applyd(in_.config.sockets.apply, {{"op", "health"}}, stop,
                                               std::chrono::minutes(2));
        if (!answer || !answer->contains("checks") || !answer->at("checks").is_array()) {
            return; // a helper of before, or one that is busy with an apply
        }
        for (const Json& one : answer->at("checks")) {
            core::ObjectReader in(one, "check");
            const auto name = in.text("name", 256);
            const auto detail = in.text("detail", 4096);
            const bool ok = in.boolean("ok");
            // How the machine is, not what agentd needs: told, and no fault of the installation.
            checks.push_back({.name = "check: " + name,
                              .ok = ok,
                              .detail = detail,
                              .mend =
                                  "mend it before you apply: what is unwell before is not judged "
                                  "after",
                              .needed = false});
        }
    } catch (const core::Failure& failure) {
        core::log(core::Level::debug, std::string("doctor: ") + failure.what());
    }
}

Result<Json> Api::doctor(const Call& call) {
    std::vector<Prerequisite> checks = nix_prerequisites(in_.nix);
    check_flake(checks, call.stop);
    check_rules(checks);
    for (const auto& more :
         {kernel_prerequisites(in_.config), program_prerequisites(in_.config, in_.nix),
          place_prerequisites(in_.config), observing_prerequisites(in_.config),
          page_prerequisites(in_.config)}) {
        checks.insert(checks.end(), more.begin(), more.end());
    }
    check_health(checks, call.stop);
    const auto parts = in_.sequencer.ask([&] { return parts_status(in_.ledger.queries()); });
    for (const Json& row : parts) {
        add(checks, row.at("name"), row.at("ok"), row.at("detail"),
            "look at its own log: journalctl -u " + row.at("name").get<std::string>());
    }
    Json out = Json::array();
    for (const Prerequisite& check : checks) {
        out.push_back({{"name", check.name},
                       {"ok", check.ok},
                       {"needed", check.needed},
                       {"detail", core::to_utf8(check.detail)},
                       {"hint", check.ok || check.mend.empty() ? Json() : Json(check.mend)}});
    }
    return Json{{"checks", out}};
}

} // namespace agentd::api
