/// @file
/// A proposal as `show` tells it, and a statement that fits it.
#pragma once

#include "agentd/core/crypto.hpp"
#include "proposals/statement.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace agentd::test {

inline const std::string proposal_id = "01JGK0000000000000000000AB";

inline core::Json effect(const std::string& risk, const std::string& sentence,
                         const std::string& subject = "x") {
    return {{"area", "network"},   {"kind", "port_opened"}, {"subject", subject},
            {"before", nullptr},   {"after", "tcp"},        {"risk", risk},
            {"sentence", sentence}};
}

inline std::string store_path(char c) {
    return "/nix/store/" + std::string(32, c) + "-nixos";
}

inline core::Json detail(const std::string& state = "decided") {
    using core::Json;
    const Json effects{
        {"schema", "agentd.effects/1"},
        {"from", store_path('a')},
        {"to", store_path('b')},
        {"effects",
         {effect("notice", "opens TCP port 8080", "tcp/8080"), effect("low", "a small thing")}},
        {"closure",
         {{"paths_added", 3}, {"paths_removed", 1}, {"bytes_before", 0}, {"bytes_after", 4096}}},
        {"reboot_needed", false},
        {"truncated", false}};
    return {
        {"id", proposal_id},
        {"number", 1},
        {"state", state},
        {"title", "Open port 8080"},
        {"host", "demo"},
        {"source", "words"},
        {"proposer", {{"id", "alice"}, {"kind", "human"}}},
        {"created", "2026-01-02T03:04:05.000006Z"},
        {"updated", "2026-01-02T03:04:05.000006Z"},
        {"level", "approve"},
        {"presence", "ssh"},
        {"risk", "notice"},
        {"headline", "opens TCP port 8080, and 1 more change"},
        {"landed", false},
        {"outcome", nullptr},
        {"rationale", "because I said so"},
        {"goal", "open port 8080"},
        {"base_commit", std::string(40, '1')},
        {"base_branch", "main"},
        {"candidate_commit", std::string(40, '2')},
        {"files", {{{"path", "hosts/demo.nix"}, {"change", "modified"}}}},
        {"refusal", nullptr},
        {"evidence",
         {{{"level", "build"}, {"status", "passed"}, {"duration_ms", 12}, {"summary", "built"}}}},
        {"warnings", Json::array()},
        {"toplevel", store_path('b')},
        {"drv", "/nix/store/" + std::string(32, 'c') + "-nixos.drv"},
        {"effects", effects},
        {"verdict",
         {{"schema", "agentd.verdict/1"},
          {"level", "approve"},
          {"presence", "ssh"},
          {"reasons",
           {{{"rule", "ports"},
             {"effect", "cap"},
             {"level", "approve"},
             {"why", "ports are seen"},
             {"because", "port_opened"}}}},
          {"would_change", {"fewer ports"}},
          {"policy_sha256", std::string(64, 'd')}}},
        {"approval", nullptr},
        {"apply", nullptr},
        {"landing", nullptr},
        {"history",
         {{{"index", 4},
           {"type", "proposal.drafted"},
           {"time", "2026-01-02T03:04:05.000006Z"},
           {"actor", "alice"},
           {"text", "drafted"}}}},
        {"statement_ready", true},
        {"blocked", nullptr}};
}

inline proposals::Statement statement_for(const core::Json& shown, core::Instant now) {
    const auto text = [&](const char* key) { return shown.at(key).get<std::string>(); };
    return {.proposal = text("id"),
            .revision = std::string(64, 'e'),
            .author = {.id = shown.at("proposer").at("id").get<std::string>(), .kind = "human"},
            .base_commit = text("base_commit"),
            .candidate_commit = text("candidate_commit"),
            .base_tree_sha256 = std::string(64, 'f'),
            .candidate_tree_sha256 = std::string(64, '0'),
            .host = text("host"),
            .machine_id = "0123456789abcdef0123456789abcdef",
            .from = {.path = store_path('a'), .nar_hash = "sha256:" + std::string(52, '1')},
            .drv = text("drv"),
            .toplevel = text("toplevel"),
            .toplevel_nar_hash = "sha256:" + std::string(52, '0'),
            .closure_manifest_sha256 = std::string(64, '5'),
            .effects_sha256 = core::sha256(core::canonical(shown.at("effects"))).hex(),
            .page_sha256 = std::string(64, '6'),
            .policy_sha256 = std::string(64, 'd'),
            .told = {.source = "words"},
            .not_before = now - std::chrono::minutes(1),
            .expires = now + std::chrono::minutes(30),
            .nonce = std::string(64, '7')};
}

} // namespace agentd::test
