#include "agentd/stages/check_runner.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/inputs.hpp"
#include "agentd/stages/measure.hpp"
#include "evaluator/fetch.hpp"
#include "evaluator/nix_probe.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace agentd::stages {

namespace {

using core::Problem;
using core::Result;
using core::StorePath;
using proposals::EvidenceLevel;
using proposals::EvidenceStatus;
using std::chrono::milliseconds;

constexpr std::size_t most_log = 4U << 20;

std::string told(const std::string& name) {
    return core::shorten(core::printable(name), 100);
}

std::string on_a_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return core::shorten(core::printable(text), 500);
}

/// All checks together may be every host of the flake: what they take is their own time.
evaluator::Nix with_time(const evaluator::Nix& nix, milliseconds left) {
    auto settings = nix.settings();
    settings.evaluation_deadline = std::max(left, milliseconds(1000));
    for (auto* each : {&settings.build_deadline, &settings.fetch_deadline}) {
        *each = std::min(*each, std::max(left, milliseconds(1000)));
    }
    return {nix.installation(), std::move(settings)};
}

/// What ended it says nothing of the change: no cache answered, a source is nowhere, no Nix daemon.
bool of_the_surroundings(const std::string& code) {
    constexpr std::array<std::string_view, 12> codes{
        "unavailable",   "substitution_failed", "caches_unsafe",     "settings_open",
        "probe_failed",  "settings_not_taken",  "unsafe_builder",    "source_missing",
        "fetch_timeout", "fetch_limit",         "input_not_fetched", "input_missing"};
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

EvidenceStatus ending_of(const std::string& code, const std::stop_token& stop) {
    return stop.stop_requested()       ? EvidenceStatus::cancelled
           : of_the_surroundings(code) ? EvidenceStatus::unjudged
                                       : status_of(code);
}

/// Nothing of a check stays behind, however it ends: it is evidence, not a part of the system.
class Roots {
  public:
    Roots(const TestTools& tools, const core::ProposalId& id)
        : folder_(tools.nix.settings().scratch + "/checks/" + id.str()) {}
    ~Roots() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Roots(const Roots&) = delete;
    Roots& operator=(const Roots&) = delete;
    std::string of(const char* what) const { return folder_ + "/" + what; }

  private:
    std::string folder_;
};

} // namespace

CheckRunner::CheckRunner(const ChecksAsked& asked, const TestTools& tools, const Reporter& report,
                         const std::stop_token& stop)
    : asked_(asked), tools_(tools), report_(report), stop_(stop),
      began_us_(tools.clock.monotonic_us()) {}

template <class Outcome> std::optional<Problem> CheckRunner::refused(Outcome& outcome) {
    if (auto* no = std::get_if<evaluator::BuildRefused>(&outcome)) {
        note(no->log.text, no->nix_time);
        return std::move(no->problem);
    }
    if (std::holds_alternative<evaluator::BuildCancelled>(outcome)) {
        return Problem{.code = "cancelled", .message = "stopped on request"};
    }
    return std::nullopt;
}

milliseconds CheckRunner::left() const {
    return asked_.most - milliseconds((tools_.clock.monotonic_us() - began_us_) / 1000);
}
evaluator::Nix CheckRunner::nix() const {
    return with_time(tools_.nix, left());
}

Result<std::vector<std::string>> CheckRunner::names() try {
    std::set<std::string> names(asked_.wanted.begin(), asked_.wanted.end());
    if (names.erase("all") > 0) {
        Candidate base = asked_.candidate;
        base.source = asked_.candidate.options.base;
        Inputs inputs(base, tools_);
        auto fetched = inputs.fetch(stop_);
        if (auto problem = refused(fetched)) {
            return std::move(*problem);
        }
        auto there = evaluator::list_checks(nix(), base.source, stop_);
        if (!there) {
            return there.problem();
        }
        names.insert(there->begin(), there->end());
    }
    return std::vector<std::string>(names.begin(), names.end());
} catch (const core::Failure& failure) {
    return Problem{.code = "unavailable", .message = failure.what()};
}

std::vector<OneCheck> CheckRunner::run(const std::vector<std::string>& names) {
    const auto together = derivations(asked_.candidate.source, names);
    const std::string code = together ? "" : together.problem().code;
    const bool over = code.ends_with("_timeout") || code.ends_with("_limit") ||
                      of_the_surroundings(code) || stop_.stop_requested();
    std::vector<OneCheck> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        report_.log(EvidenceLevel::checks, {"check " + told(names[i])});
        if (over) { // each alone would end as they do together
            out.push_back({.name = names[i],
                           .status = ending_of(code, stop_),
                           .why = on_a_line(together.problem().message)});
        } else {
            // What cannot be evaluated is asked by itself, so that it is known why.
            out.push_back(run(names[i], together ? (*together)[i]
                                                 : evaluator::CheckDerivation{.there = true}));
        }
    }
    look_at_base(out);
    return out;
}

Result<std::vector<evaluator::CheckDerivation>>
CheckRunner::derivations(const evaluator::FlakeSource& source,
                         const std::vector<std::string>& names) try {
    return evaluator::check_derivations(nix(), source, names, stop_);
} catch (const core::Failure& failure) {
    return Problem{.code = "unavailable", .message = failure.what()};
}

OneCheck CheckRunner::run(const std::string& name, const evaluator::CheckDerivation& found) {
    const auto began_us = tools_.clock.monotonic_us();
    OneCheck check{.name = name, .status = EvidenceStatus::passed, .drv = found.drv};
    if (left() <= milliseconds(0)) {
        check.status = EvidenceStatus::timed_out;
        check.why = "there was no time left for it";
    } else if (auto done = attempt(check, found); !done) {
        check.status = ending_of(done.problem().code, stop_);
        check.why = on_a_line(done.problem().message);
    } else {
        check.output = std::move(*done);
    }
    check.duration = milliseconds((tools_.clock.monotonic_us() - began_us) / 1000);
    return check;
}

Result<StorePath> CheckRunner::attempt(OneCheck& check,
                                       const evaluator::CheckDerivation& found) try {
    if (!found.there) {
        return Problem{.code = "no_check", .message = "the candidate has no check of that name"};
    }
    if (!found.drv) {
        auto alone = evaluator::check_derivation(nix(), asked_.candidate.source, check.name, stop_);
        if (!alone) {
            return alone.problem();
        }
        check.drv = std::move(*alone);
    }
    return built(*check.drv);
} catch (const core::Failure& failure) {
    return Problem{.code = "unavailable", .message = failure.what()};
}

/// A check that is built of the same as in the base is not changed by this change.
void CheckRunner::look_at_base(std::vector<OneCheck>& checks) {
    std::vector<std::string> bad;
    for (const auto& check : checks) {
        if (check.status == EvidenceStatus::failed && check.drv) {
            bad.push_back(check.name);
        }
    }
    const auto before = bad.empty() || left() <= milliseconds(0)
                            ? Result<std::vector<evaluator::CheckDerivation>>(Problem{})
                            : derivations(asked_.candidate.options.base, bad);
    for (auto& check : checks) {
        const auto at = std::find(bad.begin(), bad.end(), check.name);
        if (before && at != bad.end() &&
            (*before)[static_cast<std::size_t>(at - bad.begin())].drv == check.drv) {
            check.why += " (the base has the same check of the same)";
        }
    }
}

Result<StorePath> CheckRunner::built(const StorePath& drv) {
    const auto nix = this->nix();
    const Roots roots(tools_, asked_.candidate.id);
    const evaluator::FetchRequest lacking{.drv = drv, .roots = roots.of("fetched")};
    const auto told = [&](const evaluator::BuildEvent& event) {
        if (event.kind == evaluator::BuildEvent::Kind::log) {
            report_.log(EvidenceLevel::checks, {event.line});
        }
    };
    if (nix.settings().fetch || evaluator::through_daemon(nix)) {
        auto fetched = evaluator::fetch(nix, lacking, told, stop_);
        if (auto problem = refused(fetched)) {
            return std::move(*problem);
        }
        const auto& done = std::get<evaluator::Fetched>(fetched);
        note(done.log.text, done.nix_time);
    }
    auto outcome = evaluator::build(nix, {.drv = drv, .gc_root = roots.of("built")}, told, stop_);
    if (auto problem = refused(outcome)) {
        return std::move(*problem);
    }
    auto& done = std::get<evaluator::Built>(outcome);
    note(done.log.text, done.nix_time);
    return std::move(done.outputs.front());
}

void CheckRunner::note(const std::string& text, milliseconds nix) {
    log_ += text.substr(0, most_log - std::min(most_log, log_.size()));
    nix_time_ += nix;
}

} // namespace agentd::stages
