#include "agentd/stages/test.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/keep.hpp"
#include "evaluator/fetch.hpp"
#include "evaluator/nix_probe.hpp"
#include "evaluator/remainder.hpp"

#include <fmt/format.h>

#include <future>

namespace agentd::stages {

namespace {

using namespace std::chrono;
using proposals::Evidence;
using proposals::EvidenceLevel;
using proposals::EvidenceStatus;

/// Fills in what every piece of evidence has.
class Measure {
  public:
    Measure(EvidenceLevel level, const TestTools& tools)
        : level_(level), tools_(tools), started_(tools.clock.now()),
          started_us_(tools.clock.monotonic_us()) {}

    Evidence end(EvidenceStatus status, std::string summary, milliseconds nix,
                 const std::string& log) const {
        Evidence evidence{.level = level_,
                          .status = status,
                          .started = started_,
                          .duration =
                              milliseconds((tools_.clock.monotonic_us() - started_us_) / 1000),
                          .nix = nix,
                          .summary = core::shorten(core::to_utf8(summary), 2000)};
        if (!log.empty()) {
            evidence.log_blob = keep(tools_.blobs, log);
        }
        return evidence;
    }

  private:
    EvidenceLevel level_;
    const TestTools& tools_;
    core::Instant started_;
    std::int64_t started_us_;
};

EvidenceStatus status_of(const std::string& code) {
    return code.ends_with("_timeout") ? EvidenceStatus::timed_out
           : code.ends_with("_limit") ? EvidenceStatus::limit
                                      : EvidenceStatus::failed;
}

Step<evaluator::Evaluated> evaluate(const Candidate& candidate, const TestTools& tools,
                                    const Reporter& report, const std::stop_token& stop) {
    const Measure measure(EvidenceLevel::evaluate, tools);
    using Next = Step<evaluator::Evaluated>;
    return core::match(
        evaluator::evaluate(tools.nix, candidate.source, candidate.host, stop,
                            candidate.options.words),
        [&](evaluator::Evaluated& done) -> Next {
            Evidence evidence =
                measure.end(EvidenceStatus::passed,
                            fmt::format("evaluated with {} warning{}", done.warnings.size(),
                                        done.warnings.size() == 1 ? "" : "s"),
                            done.nix_time, core::join(done.warnings, "\n"));
            evidence.result_digest = keep(tools.blobs, done.facts_json);
            report.evidence(evidence);
            return std::move(done);
        },
        [&](evaluator::EvaluationRefused& refused) -> Next {
            report.log(EvidenceLevel::evaluate, {refused.problem.message});
            report.evidence(measure.end(status_of(refused.problem.code), refused.problem.message,
                                        refused.nix_time, refused.log));
            return Refused{std::move(refused.problem)};
        },
        [&](const evaluator::EvaluationCancelled& cancelled) -> Next {
            report.evidence(measure.end(EvidenceStatus::cancelled, "stopped on request",
                                        cancelled.nix_time, ""));
            return Cancelled{};
        });
}

std::string line_of(const evaluator::BuildEvent& event) {
    using Kind = evaluator::BuildEvent::Kind;
    const auto name = core::StorePath::parse(event.derivation);
    const std::string who = name ? std::string(name->name()) : event.derivation;
    switch (event.kind) {
    case Kind::started:
        return "building " + who;
    case Kind::finished:
        return "built " + who;
    case Kind::failed:
        return "failed " + who;
    case Kind::log:
        return who.empty() ? event.line : who + "> " + event.line;
    case Kind::phase:
        return event.line;
    case Kind::fetching:
        return fmt::format("fetching {} ({} of {})", who, event.done + event.running,
                           event.expected);
    case Kind::fetched:
    case Kind::progress:
        return {};
    }
    return {};
}

/// The end of a log: where builders say what was wrong.
std::string last_lines(const std::string& log) {
    constexpr std::size_t most = 10;
    const auto all = core::lines(core::trim(log));
    const std::size_t first = all.size() > most ? all.size() - most : 0;
    std::string text;
    for (std::size_t i = first; i < all.size(); ++i) {
        text += "\n" + core::shorten(core::printable(all[i]), 200);
    }
    return text;
}

std::string many(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string amount(std::uint64_t bytes) {
    return bytes >> 20 == 0 ? fmt::format("{} KiB", (bytes + 1023) >> 10)
                            : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 1048576);
}

/// What caches gave, for the words of the evidence.
struct Lacking {
    explicit Lacking(evaluator::Fetched fetched) : log(std::move(fetched.log.text)) {
        nix = fetched.nix_time;
        std::string from;
        for (const auto& each : fetched.caches) {
            from += fmt::format("{}{} ({}) from {}", from.empty() ? "fetched " : ", ",
                                many(each.paths, "path"), amount(each.bytes),
                                each.cache.empty() ? "the machine's caches" : each.cache);
        }
        before = from.empty() ? "" : from + ", ";
        if (!fetched.silent.empty()) {
            after = "; no answer from " + core::join(fetched.silent, ", ");
        }
    }

    std::string before{};
    std::string after{};
    std::string log{};
    milliseconds nix{};
};

/// Nothing of it stays behind, however the build ends.
class FetchedRoots {
  public:
    explicit FetchedRoots(evaluator::FetchRequest request) : request_(std::move(request)) {}
    ~FetchedRoots() { evaluator::forget_fetched(request_); }
    FetchedRoots(const FetchedRoots&) = delete;
    FetchedRoots& operator=(const FetchedRoots&) = delete;
    const evaluator::FetchRequest& request() const noexcept { return request_; }

  private:
    evaluator::FetchRequest request_;
};

Step<Tested> not_built(evaluator::BuildRefused& refused, const Measure& measure,
                       const Reporter& report) {
    const bool ran = refused.problem.code.starts_with("build_");
    const auto failed = core::StorePath::parse(refused.failed_derivation);
    if (failed && refused.problem.code == "build_failed") {
        if (const auto sources = evaluator::fixed_outputs({*failed}); !sources.empty()) {
            refused.problem = evaluator::source_missing(sources);
        }
    }
    if (ran) { // else it says already what caches said
        refused.problem.message += last_lines(refused.log.text);
    }
    report.evidence(measure.end(status_of(refused.problem.code), refused.problem.message,
                                refused.nix_time, refused.log.text));
    return Refused{std::move(refused.problem)};
}

Step<Tested> not_to_build(evaluator::Evaluated evaluated) {
    return Tested{.drv = std::move(evaluated.drv),
                  .toplevel = std::move(evaluated.toplevel),
                  .warnings = std::move(evaluated.warnings)};
}

Step<Tested> build(evaluator::Evaluated evaluated, const Candidate& candidate,
                   const TestTools& tools, const Reporter& report, const std::stop_token& stop) {
    const Measure measure(EvidenceLevel::build, tools);
    const auto told = [&](const evaluator::BuildEvent& event) {
        if (auto line = line_of(event); !line.empty()) {
            report.log(EvidenceLevel::build, {std::move(line)});
        }
    };
    const auto stopped = [&](const evaluator::BuildCancelled& cancelled) -> Step<Tested> {
        report.evidence(
            measure.end(EvidenceStatus::cancelled, "stopped on request", cancelled.nix_time, ""));
        return Cancelled{};
    };
    const FetchedRoots roots(
        {.drv = evaluated.drv,
         .roots = tools.nix.settings().scratch + "/fetched/" + candidate.id.str()});
    Lacking lacking({});
    if (tools.nix.settings().fetch || evaluator::through_daemon(tools.nix)) {
        auto outcome = evaluator::fetch(tools.nix, roots.request(), told, stop);
        if (auto* refused = std::get_if<evaluator::BuildRefused>(&outcome)) {
            return not_built(*refused, measure, report);
        }
        if (auto* cancelled = std::get_if<evaluator::BuildCancelled>(&outcome)) {
            return stopped(*cancelled);
        }
        lacking = Lacking(std::get<evaluator::Fetched>(std::move(outcome)));
    }
    const evaluator::BuildRequest request{.drv = evaluated.drv,
                                          .gc_root = tools.gc_roots + "/" + candidate.id.str()};
    auto outcome = evaluator::build(tools.nix, request, told, stop);
    return core::match(
        outcome,
        [&](const evaluator::Built& built) -> Step<Tested> {
            report.evidence(measure.end(
                EvidenceStatus::passed,
                lacking.before +
                    (!built.built.empty()     ? "built " + many(built.built.size(), "derivation")
                     : lacking.before.empty() ? "everything was built already"
                                              : "nothing was left to build") +
                    lacking.after,
                lacking.nix + built.nix_time, lacking.log + built.log.text));
            return Tested{.drv = evaluated.drv,
                          .toplevel = evaluated.toplevel,
                          .warnings = std::move(evaluated.warnings)};
        },
        [&](evaluator::BuildRefused& refused) -> Step<Tested> {
            return not_built(refused, measure, report);
        },
        stopped);
}

/// The options as the base has them, read beside the build: two evaluations at once would take
/// twice the memory. What goes wrong with it is told, and is not the candidate's fault.
class BaseOptions {
  public:
    BaseOptions(const Candidate& candidate, const evaluator::Nix& nix, const std::stop_token& stop)
        : forward_(stop, [this] { stop_.request_stop(); }),
          values_(std::async(std::launch::async,
                             [&, own = stop_.get_token()] { return read(candidate, nix, own); })) {}
    ~BaseOptions() { stop_.request_stop(); } // nobody waits for it when the build has failed
    BaseOptions(const BaseOptions&) = delete;
    BaseOptions& operator=(const BaseOptions&) = delete;

    core::Result<evaluator::OptionValues> get() { return values_.get(); }

  private:
    static core::Result<evaluator::OptionValues>
    read(const Candidate& candidate, const evaluator::Nix& nix, const std::stop_token& stop) try {
        return evaluator::option_values(nix, candidate.options.base, candidate.host,
                                        candidate.options.words, stop);
    } catch (const core::Failure& failure) {
        return core::Problem{.code = "unavailable", .message = failure.what()};
    }

    std::stop_source stop_;
    std::stop_callback<std::function<void()>> forward_;
    std::future<core::Result<evaluator::OptionValues>> values_; ///< waits where it is destroyed
};

} // namespace

Step<Tested> test(const Candidate& candidate, const TestTools& tools, const Reporter& report,
                  const std::stop_token& stop) {
    return core::match(
        evaluate(candidate, tools, report, stop),
        [&](evaluator::Evaluated& evaluated) -> Step<Tested> {
            const auto after = std::move(evaluated.options);
            std::optional<BaseOptions> before;
            if (after) { // else there is nothing to compare it with
                before.emplace(candidate, tools.nix, stop);
            }
            auto built = candidate.build
                             ? build(std::move(evaluated), candidate, tools, report, stop)
                             : not_to_build(std::move(evaluated));
            if (auto* tested = std::get_if<Tested>(&built)) {
                tested->options = compare_options(
                    candidate.options, before ? before->get() : evaluator::OptionValues{}, after);
            }
            return built;
        },
        [](Refused& refused) -> Step<Tested> { return std::move(refused); },
        [](Cancelled& cancelled) -> Step<Tested> { return cancelled; });
}

} // namespace agentd::stages
