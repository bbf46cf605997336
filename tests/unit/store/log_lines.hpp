/// @file
/// Lines of a log as the writer would have written them, for tests of the fold.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::test {

using core::Json;

inline std::string hex_of(std::string_view text) {
    return core::sha256(text).hex();
}

/// A proposal id that is the same in every run.
inline std::string proposal_id(int n) {
    char text[27];
    std::snprintf(text, sizeof text, "01KDY%021d", n);
    return text;
}

/// Grows a log line by line; times and ids are a function of the index.
class LogLines {
  public:
    std::size_t add(std::string_view type, std::string_view subject, Json body) {
        const auto index = lines_.size();
        char id[27];
        std::snprintf(id, sizeof id, "01KDX%021zu", index);
        lines_.push_back(core::canonical(
            {{"schema", "agentd.audit/1"},
             {"type", type},
             {"id", id},
             {"subject", subject},
             {"time", core::format_instant(core::Instant(std::chrono::microseconds(
                          1'767'323'045'000'000 + static_cast<std::int64_t>(index) * 1'000)))},
             {"boot_id", "b"},
             {"mono_us", index},
             {"cause", nullptr},
             {"actor", {{"kind", "system"}, {"id", "agentd"}, {"uid", 0}}},
             {"body", std::move(body)}}));
        return index;
    }
    const std::vector<std::string>& lines() const noexcept { return lines_; }
    std::vector<std::string> from(std::uint64_t first, std::size_t limit) const {
        std::vector<std::string> out;
        for (auto i = static_cast<std::size_t>(first); i < lines_.size() && out.size() < limit;
             ++i) {
            out.push_back(lines_[i]);
        }
        return out;
    }

  private:
    std::vector<std::string> lines_;
};

inline Json draft_body(int number, std::string_view title = "open port 8080") {
    return {{"number", number},
            {"host", "box"},
            {"title", title},
            {"rationale", "because"},
            {"proposer", {{"id", "alice"}, {"kind", "human"}}},
            {"source", "words"},
            {"goal", "open 8080"},
            {"observation", nullptr},
            {"operations", nullptr},
            {"base_commit", std::string(40, 'a')},
            {"base_branch", "main"},
            {"candidate_commit", std::string(40, 'b')},
            {"candidate_tree", hex_of("tree")},
            {"patch_blob", nullptr},
            {"diff_blob", hex_of("diff")},
            {"files", Json::array({{{"path", "configuration.nix"}, {"change", "modified"}}})}};
}

inline Json evidence_body(std::string_view level, std::string_view status = "passed") {
    return {{"schema", "agentd.evidence/1"},
            {"level", level},
            {"status", status},
            {"started", "2026-01-02T03:04:05.000006Z"},
            {"duration_ms", 12},
            {"nix_ms", 3},
            {"summary", "fine"},
            {"log_blob", hex_of("log")},
            {"result_digest", nullptr},
            {"env_digest", nullptr}};
}

inline Json verified_body() {
    return {{"drv", "/nix/store/d.drv"},
            {"toplevel", "/nix/store/t"},
            {"toplevel_nar_hash", "sha256-x"},
            {"closure_manifest_sha256", hex_of("manifest")},
            {"closure_paths", 10},
            {"closure_bytes", 1000},
            {"from", {{"path", "/nix/store/f"}, {"nar_hash", "sha256-y"}}},
            {"effects_sha256", hex_of("effects")},
            {"effects_blob", hex_of("effects")},
            {"warnings", Json::array({"old option"})},
            {"risk", "notice"},
            {"headline", "opens TCP 8080"}};
}

inline Json decision_body(std::string_view level = "approve") {
    return {{"verdict",
             {{"schema", "agentd.verdict/1"},
              {"level", level},
              {"presence", "ssh"},
              {"reasons", Json::array()},
              {"would_change", Json::array()},
              {"policy_sha256", hex_of("policy")}}},
            {"verdict_blob", hex_of("verdict")},
            {"policy_sha256", hex_of("policy")},
            {"effects_sha256", hex_of("effects")},
            {"page_sha256", hex_of("page")}};
}

inline Json granted_body(const std::string& statement) {
    return {{"statement", statement},
            {"statement_sha256", hex_of(statement)},
            {"presence",
             {{"method", "ssh"},
              {"key_id", "SHA256:k"},
              {"signature", "s"},
              {"signed_digest", hex_of(statement)}}},
            {"approver", "alice"}};
}

inline Json intent_body(const std::string& statement) {
    return {{"statement_sha256", hex_of(statement)},
            {"nonce", "n"},
            {"mode", "switch"},
            {"from", "/nix/store/f"},
            {"to", "/nix/store/t"},
            {"deadline", nullptr}};
}

inline Json outcome_body(std::string_view outcome) {
    return {{"outcome", outcome},
            {"reason", ""},
            {"from", "/nix/store/f"},
            {"to", "/nix/store/t"},
            {"running", "/nix/store/t"},
            {"checks", Json::array({{{"name", "units"}, {"ok", true}, {"detail", ""}}})},
            {"residue", Json::array()},
            {"settled", false}};
}

inline Json state_body(std::string_view from, std::string_view to) {
    return {{"from", from}, {"to", to}, {"reason", "told"}};
}

/// From drafted to decided.
inline void add_decided(LogLines& log, const std::string& id, int number) {
    log.add("proposal.drafted", id, draft_body(number));
    log.add("proposal.state", id, state_body("drafted", "checking"));
    log.add("evidence.recorded", id, evidence_body("evaluate"));
    log.add("evidence.recorded", id, evidence_body("build"));
    log.add("proposal.verified", id, verified_body());
    log.add("decision.made", id, decision_body());
}

/// From drafted to confirmed and landed.
inline void add_life(LogLines& log, const std::string& id, int number) {
    const std::string statement = "statement of " + id;
    add_decided(log, id, number);
    log.add("approval.granted", id, granted_body(statement));
    log.add("apply.intent", id, intent_body(statement));
    log.add("apply.step", id, {{"step", "way_back_armed"}, {"detail", ""}});
    log.add("apply.step", id, {{"step", "activated"}, {"detail", "ok"}});
    log.add("apply.outcome", id, outcome_body("confirmed"));
    log.add("landing.done", id,
            {{"branch", "main"}, {"commit", std::string(40, 'b')}, {"how", "fast-forward"}});
}

/// Everything the contract lists at least once.
inline LogLines long_log(int lives) {
    LogLines log;
    log.add("log.opened", "log", {{"origin", "box/agentd"}, {"vkey", "k"}});
    log.add("daemon.started", "host:box", {{"program", "agentd"}, {"version", "0.1.0"}});
    log.add("approver.enrolled", "host:box",
            {{"key_id", "SHA256:k"}, {"method", "ssh"}, {"label", "alice"}});
    for (int i = 0; i < lives; ++i) {
        add_life(log, proposal_id(i), 1);
    }
    log.add("observation.opened", "unit:nginx",
            {{"key", "unit:nginx"},
             {"kind", "unit_failed"},
             {"title", "nginx failed"},
             {"detail", "exit 1"},
             {"severity", "warning"},
             {"trusted", true},
             {"remedy", nullptr}});
    log.add("observation.changed", "unit:nginx", {{"detail", "again"}, {"severity", "critical"}});
    log.add("observation.resolved", "unit:nginx", {{"detail", "runs"}});
    log.add("state.snapshot", "log", {{"anything", 1}});
    return log;
}

} // namespace agentd::test
