#include "agentd/stages/checks.hpp"

#include "agentd/core/text.hpp"
#include "agentd/stages/check_runner.hpp"
#include "agentd/stages/keep.hpp"
#include "agentd/stages/measure.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::stages {

namespace {

using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

constexpr std::size_t most_checks = 256;

std::string told(const std::string& name) {
    return core::shorten(core::printable(name), 100);
}

std::string summary_of(const std::vector<OneCheck>& checks) {
    std::string good, bad;
    for (const auto& check : checks) {
        if (check.status == EvidenceStatus::passed) {
            good += (good.empty() ? "" : ", ") + told(check.name);
        } else {
            bad += (bad.empty() ? "" : "; ") + told(check.name) + ": " + check.why;
        }
    }
    return bad.empty() ? "passed: " + good
                       : "not passed: " + bad + (good.empty() ? "" : "; passed: " + good);
}

/// The first thing that is wrong, in the order in which the statuses weigh.
EvidenceStatus worst_of(const std::vector<OneCheck>& checks) {
    const auto any = [&](EvidenceStatus status) {
        return std::any_of(checks.begin(), checks.end(),
                           [&](const auto& check) { return check.status == status; });
    };
    for (const auto status : {EvidenceStatus::cancelled, EvidenceStatus::failed,
                              EvidenceStatus::timed_out, EvidenceStatus::limit}) {
        if (any(status)) {
            return status;
        }
    }
    const bool all = std::all_of(checks.begin(), checks.end(), [](const auto& check) {
        return check.status == EvidenceStatus::passed;
    });
    return all ? EvidenceStatus::passed : EvidenceStatus::unjudged;
}

} // namespace

FlakeChecks run_checks(const ChecksAsked& asked, const TestTools& tools, const Reporter& report,
                       const std::stop_token& stop) {
    FlakeChecks out;
    if (asked.wanted.empty()) {
        return out;
    }
    const Measure measure(EvidenceLevel::checks, tools);
    CheckRunner runner(asked, tools, report, stop);
    auto names = runner.names();
    if (!names) {
        out.evidence = measure.end(stop.stop_requested() ? EvidenceStatus::cancelled
                                                         : EvidenceStatus::unjudged,
                                   "which checks the base has cannot be known: " +
                                       core::printable(names.problem().message),
                                   runner.nix_time(), runner.log());
        report.evidence(*out.evidence);
        return out;
    }
    if (names->empty()) {
        return out;
    }
    const bool all = names->size() <= most_checks;
    names->resize(std::min(names->size(), most_checks));
    out.checks = runner.run(*names);
    out.evidence = measure.end(
        all ? worst_of(out.checks) : EvidenceStatus::limit,
        (all ? ""
             : "there are more checks than are asked: name those that matter in nix.checks; ") +
            summary_of(out.checks),
        runner.nix_time(), runner.log());
    out.evidence->result_digest = keep(tools.blobs, core::canonical(to_json(out)));
    report.evidence(*out.evidence);
    return out;
}

std::optional<std::string> fact_of_checks(const std::optional<proposals::Evidence>& evidence) {
    if (!evidence) {
        return "none";
    }
    if (evidence->status == EvidenceStatus::cancelled ||
        evidence->status == EvidenceStatus::unjudged) {
        return std::nullopt;
    }
    return evidence->status == EvidenceStatus::passed ? "passed" : "failed";
}

core::Json to_json(const FlakeChecks& checks) {
    core::Json rows = core::Json::array();
    for (const auto& check : checks.checks) {
        rows.push_back({{"name", core::to_utf8(check.name)},
                        {"status", to_string(check.status)},
                        {"why", check.why},
                        {"drv", check.drv ? core::Json(check.drv->str()) : core::Json()},
                        {"output", check.output ? core::Json(check.output->str()) : core::Json()},
                        {"duration_ms", check.duration.count()}});
    }
    return {{"schema", "agentd.checks/1"}, {"checks", std::move(rows)}};
}

} // namespace agentd::stages
