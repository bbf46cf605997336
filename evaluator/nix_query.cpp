#include "evaluator/nix_query.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/committed.hpp"
#include "evaluator/evaluation_refusal.hpp"
#include "evaluator/nix_scripts.hpp"
#include "evaluator/room.hpp"
#include "evaluator/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_hosts = 4096;

std::chrono::milliseconds rounded(std::chrono::microseconds time) {
    return std::chrono::ceil<std::chrono::milliseconds>(time);
}

std::string expression(const FlakeSource& source, std::string_view script,
                       const std::map<std::string, std::string>& arguments) {
    std::string out = "(" + std::string(script) + ") { url = " + nix_string(source.url()) + ";";
    for (const auto& [name, value] : arguments) {
        out += " " + name + " = " + value + ";";
    }
    return out + " }";
}

bool git_has(const Nix& nix, const FlakeSource& source, const std::string& object,
             const std::stop_token& stop) {
    return sandbox::run(nix.git(source.repository, {"cat-file", "-e", object}), stop).succeeded();
}

/// Nix's words for a missing flake.nix differ by version, so git is asked, once something went
/// wrong.
void look_into_repository(const Nix& nix, const FlakeSource& source, EvaluationRefused& refused,
                          const std::stop_token& stop) {
    const std::string commit = source.commit.str();
    if (git_has(nix, source, commit + ":" + source.file("flake.nix"), stop) ||
        stop.stop_requested()) {
        return;
    }
    if (!git_has(nix, source, commit + "^{commit}", stop)) {
        throw core::Failure(core::FailureKind::unavailable,
                            "the repository does not have commit " + commit, source.repository);
    }
    refused.problem = {
        .code = "no_flake",
        .message = source.folder.empty() ? "there is no flake.nix at the top of the repository"
                                         : "there is no flake.nix in this folder of the repository",
        .where = source.file("flake.nix"),
        .hint = "agentd works on a flake at the top of its repository: add a flake.nix "
                "with nixosConfigurations there, or move the one in a folder"};
}

/// Pure and restricted evaluation still copies what `builtins.path` and a locked input name, before
/// it finds their hash wrong, and the store is for all to read. So an evaluation can open nothing
/// it has no need of: not the daemon's state, not the owner's clone, no key.
sandbox::Files files_for(const Nix& nix, const FlakeSource& source) {
    sandbox::Files files{.need = nix.settings().files,
                         .readable = {source.repository,
                                      "/usr",
                                      "/bin",
                                      "/lib",
                                      "/lib64",
                                      "/run/current-system",
                                      "/etc/ld.so.cache",
                                      "/etc/passwd",
                                      "/etc/group",
                                      "/etc/nsswitch.conf",
                                      "/etc/localtime",
                                      "/etc/gitconfig",
                                      "/proc/self",
                                      "/proc/cpuinfo",
                                      "/proc/meminfo",
                                      "/proc/stat",
                                      "/proc/filesystems",
                                      "/sys/devices/system/cpu",
                                      "/dev/urandom",
                                      "/dev/random"},
                         .writable = {"/nix", nix.settings().scratch, "/dev/null", "/dev/zero"}};
    for (const auto& program :
         {nix.installation().programs().nix, nix.installation().programs().git}) {
        std::error_code error;
        for (const auto& place :
             {std::filesystem::path(program), std::filesystem::canonical(program, error)}) {
            files.readable.push_back(place.parent_path().string());
        }
    }
    std::erase(files.readable, "");
    files.readable.insert(files.readable.end(), nix.settings().libraries.begin(),
                          nix.settings().libraries.end());
    return files;
}

/// Those of this one question.
NixSettings settings_for(const Nix& nix, const HowAsked& how) {
    NixSettings settings = nix.settings();
    if (how.deadline) {
        settings.evaluation_deadline = std::min(settings.evaluation_deadline, *how.deadline);
    }
    if (how.memory) {
        settings.evaluation_memory = std::min(settings.evaluation_memory, *how.memory);
    }
    return settings;
}

sandbox::Command command_for(const Nix& nix, const FlakeSource& source, std::string expression,
                             const NixSettings& settings, const HowAsked& how,
                             const std::stop_token& stop) {
    auto command =
        nix.nix(NixPurpose::evaluate, {"eval", "--json", "--no-eval-cache", "--no-update-lock-file",
                                       "--no-write-lock-file", "--log-format", "internal-json",
                                       "--expr", std::move(expression)});
    // Its inputs are in the store, where their hashes put them; that they may be named is all.
    if (auto uris = input_uris(nix, source, stop); !uris.empty()) {
        uris.insert(uris.end(), settings.allowed_uris.begin(), settings.allowed_uris.end());
        command.environment["NIX_CONFIG"] += "allowed-uris = " + core::join(uris, " ") + "\n";
    }
    if (how.read_only) {
        command.arguments.emplace_back("--read-only");
    }
    if (how.on_line) {
        command.on_line = [&how](sandbox::Stream stream, std::string_view line) {
            if (stream == sandbox::Stream::err) {
                how.on_line(line);
            }
        };
    }
    command.deadline = settings.evaluation_deadline;
    command.wanted = [room = Room("/nix/store", settings.disk_reserve)] { return room.left(); };
    command.profile->limits.address_space = settings.evaluation_memory;
    command.profile->files = files_for(nix, source);
    command.err = {.bytes = settings.evaluation_log, .above = sandbox::Cap::Above::stop};
    command.out = {.bytes = settings.evaluation_answer, .above = sandbox::Cap::Above::stop};
    return command;
}

} // namespace

FlakeAsked ask_flake(const Nix& nix, const FlakeSource& source, std::string_view script,
                     const std::map<std::string, std::string>& arguments,
                     const std::stop_token& stop, const HowAsked& how) {
    if (auto same = as_committed(nix, source, stop); !same) {
        return EvaluationRefused{.problem = same.problem()};
    }
    const auto settings = settings_for(nix, how);
    const auto outcome = sandbox::run(
        command_for(nix, source, expression(source, script, arguments), settings, how, stop), stop);
    const auto nix_time = rounded(outcome.wall);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return EvaluationCancelled{nix_time};
    }
    auto speech = hear(outcome.err.bytes, how.hidden);
    if (!outcome.succeeded()) {
        // Stdout may hold half an answer (Nix 2.8 prints as it goes): it is not looked at.
        auto refused = refusal_of(outcome, std::move(speech), settings);
        look_into_repository(nix, source, refused, stop);
        refused.nix_time = nix_time;
        return refused;
    }
    const std::string text = how.any_text ? core::to_utf8(outcome.out.bytes) : std::string();
    auto value = core::parse_json(how.any_text ? text : outcome.out.bytes,
                                  {.bytes = settings.evaluation_answer, .depth = 32});
    if (!value) { // a text of the flake's that is no UTF-8, say
        return EvaluationRefused{
            .problem = {.code = "unreadable_answer",
                        .message = "what Nix answers cannot be read: " + value.problem().message,
                        .where = "flake.nix",
                        .hint = "is some text of the configuration no UTF-8?"},
            .warnings = std::move(speech.warnings),
            .log = std::move(speech.log),
            .nix_time = nix_time};
    }
    if (!value->is_object()) {
        throw core::Failure(core::FailureKind::internal, "Nix answered something unexpected",
                            "nix eval");
    }
    return FlakeAnswer{std::make_unique<core::Json>(std::move(value).value()),
                       std::move(speech.warnings), nix_time};
}

core::Problem problem_of(const FlakeAsked& asked) {
    if (const auto* refused = std::get_if<EvaluationRefused>(&asked)) {
        return refused->problem;
    }
    return {.code = "cancelled", .message = "the evaluation was stopped on request"};
}

std::vector<std::string> host_names(const core::Json& answer) {
    std::vector<std::string> hosts;
    if (const auto list = answer.find("hosts"); list != answer.end() && list->is_array()) {
        for (const auto& name : *list) {
            if (name.is_string() && hosts.size() < most_hosts) {
                hosts.push_back(core::shorten(without_colours(name.get<std::string>()), 256));
            }
        }
    }
    return hosts;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~' ||
                           c == '/';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

} // namespace agentd::evaluator
