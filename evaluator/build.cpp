#include "evaluator/build.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/build_watch.hpp"
#include "evaluator/room.hpp"

#include <filesystem>

namespace agentd::evaluator {
namespace {

// nix-store(1): 100 and a bit for each reason; 101 is a time limit of its own.
constexpr int exit_build_timeout = 101;

std::vector<core::StorePath> outputs_in(std::string_view text) {
    std::vector<core::StorePath> out;
    for (const auto line : core::lines(text)) {
        // With a gc root Nix prints the link it made; the link names the path.
        std::error_code error;
        const std::string link(core::trim(line));
        const auto target = std::filesystem::read_symlink(link, error);
        if (auto path = core::StorePath::parse(error ? link : target.string())) {
            out.push_back(std::move(*path));
        }
    }
    return out;
}

BuildRefused timed_out(std::string what) {
    return {.problem = {.code = "build_timeout",
                        .message = std::move(what),
                        .hint = "look at the last lines of the log, or raise the limit"}};
}

bool hit_log_limit(const BuildWatch& watch) {
    for (const auto& error : watch.errors()) {
        if (error.find("bytes of log output") != std::string::npos) {
            return true;
        }
    }
    return false;
}

BuildRefused failed(const BuildWatch& watch) {
    BuildRefused out;
    const std::string& who = watch.failed();
    const auto path = core::StorePath::parse(who);
    out.problem.code = "build_failed";
    if (path) {
        const auto name = path->name();
        out.problem.message = std::string(name.substr(0, name.size() - 4)) + " did not build";
        out.problem.where = who;
        out.problem.hint = "the last lines of its log say why";
    } else {
        out.problem.message = watch.errors().empty() ? "Nix did not build it and gave no reason"
                                                     : watch.errors().front();
        out.problem.hint = "this comes from Nix itself: see the log";
    }
    return out;
}

std::string seconds(std::chrono::milliseconds duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

BuildRefused refusal_of(const sandbox::Outcome& outcome, const BuildWatch& watch,
                        const NixSettings& settings) {
    if (std::holds_alternative<sandbox::TimedOut>(outcome.ending)) {
        return timed_out("the build did not end within " + seconds(settings.build_deadline));
    }
    if (std::holds_alternative<sandbox::OutputLimit>(outcome.ending) || watch.flooded() ||
        hit_log_limit(watch)) {
        return {.problem = {.code = "build_limit",
                            .message = "the build wrote more than " +
                                       std::to_string(settings.build_log >> 10) + " KiB of log",
                            .hint = "a build that floods its log is ended"}};
    }
    if (std::holds_alternative<sandbox::Unwanted>(outcome.ending)) {
        return {.problem = no_room("build_limit")};
    }
    if (outcome.ending == sandbox::Ending{sandbox::Exited{exit_build_timeout}}) {
        return timed_out("a build was silent for " + seconds(settings.build_silence) +
                         " or took longer than " + seconds(settings.build_deadline));
    }
    return failed(watch);
}

} // namespace

BuildOutcome build(const Nix& nix, const BuildRequest& request, const BuildCallback& on_event,
                   std::stop_token stop) {
    AGENTD_CHECK(request.drv.is_derivation());
    if (!request.gc_root.starts_with('/')) {
        throw core::Failure(core::FailureKind::internal, "a gc root must be an absolute path",
                            request.gc_root);
    }
    core::make_directories(std::filesystem::path(request.gc_root).parent_path().string());
    const auto& settings = nix.settings();
    BuildWatch watch(on_event, settings.build_log);
    auto command =
        nix.nix_store(NixPurpose::build, {"--realise", request.drv.str(), "--add-root",
                                          request.gc_root, "--log-format", "internal-json"});
    // Every message is wrapped in JSON: the log itself is bounded by Nix, this bounds Nix.
    command.err = {.bytes = 4096, .above = sandbox::Cap::Above::truncate};
    command.deadline =
        settings.build_deadline + std::chrono::seconds(5); // Nix's own limit comes first
    command.on_line = [&](sandbox::Stream stream, std::string_view line) {
        if (stream == sandbox::Stream::err) {
            watch.line(line);
        }
    };
    const Room room("/nix/store", settings.disk_reserve);
    command.wanted = [&] { return !watch.flooded() && room.left(); };
    const auto outcome = sandbox::run(command, stop);
    const auto nix_time = std::chrono::ceil<std::chrono::milliseconds>(outcome.wall);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return BuildCancelled{nix_time};
    }
    if (outcome.succeeded()) {
        Built built{.outputs = outputs_in(outcome.out.bytes),
                    .built = watch.take_built(),
                    .log = watch.take_log(),
                    .nix_time = nix_time};
        if (built.outputs.empty()) {
            throw core::Failure(core::FailureKind::internal,
                                "Nix built something and named no output", request.drv.str());
        }
        return built;
    }
    BuildRefused refused = refusal_of(outcome, watch, settings);
    refused.failed_derivation = watch.failed();
    refused.last_lines =
        watch.last_lines(refused.failed_derivation.empty() ? "nix" : refused.failed_derivation);
    refused.log = watch.take_log();
    refused.nix_time = nix_time;
    return refused;
}

} // namespace agentd::evaluator
