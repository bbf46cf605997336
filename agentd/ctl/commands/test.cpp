#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/interrupt.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/patch_input.hpp"
#include "agentd/ctl/scratch.hpp"
#include "agentd/ctl/trial.hpp"
#include "agentd/ctl/trial_rehearsal.hpp"
#include "agentd/ctl/trial_text.hpp"
#include "agentd/ctl/view.hpp"
#include "agentd/programs.hpp"
#include "evaluator/isolation.hpp"
#include "evaluator/nix_probe.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <ostream>
#include <unistd.h>

namespace agentd::ctl::commands {

namespace {

using core::Problem;
using proposals::EvidenceLevel;

constexpr const char* example = "git diff | agentctl test --repo DIR --host H --patch -";

std::variant<EvidenceLevel, Trouble> level_of(const Asked& asked) {
    const std::string given = asked.value("--level").value_or("effects");
    const auto level = proposals::parse_evidence_level(given);
    if (!level || *level == EvidenceLevel::dry_activate || *level == EvidenceLevel::hosts) {
        return usage("`" + one_line(given, 40) + "` is no level",
                     "intake, parse, evaluate, build, effects, checks or rehearsal");
    }
    return *level;
}

std::variant<Trial, Trouble> trial_of(Context& context) {
    const Asked& asked = context.asked();
    const auto host = core::HostName::parse(asked.value("--host").value_or(""));
    if (!host) {
        return usage(asked.value("--host")
                         ? "`" + one_line(*asked.value("--host"), 60) + "` is no name of a host"
                         : "--host is missing: a host of the flake",
                     "the names below nixosConfigurations in flake.nix");
    }
    const auto level = level_of(asked);
    if (const auto* trouble = std::get_if<Trouble>(&level)) {
        return *trouble;
    }
    std::error_code error;
    const std::string given = context.absolute(asked.value("--repo").value_or("."));
    const auto repository = std::filesystem::canonical(given, error);
    if (error) {
        return trouble_of(Problem{.code = "no_repository",
                                  .message = "there is no such folder: " + error.message(),
                                  .where = given,
                                  .hint = "give your clone of the flake: --repo DIR"});
    }
    Trial trial{.repository = repository.string(),
                .host = *host,
                .base = asked.value("--base"),
                .candidate = asked.value("--candidate"),
                .level = std::get<EvidenceLevel>(level)};
    if (const auto policy = asked.value("--policy")) {
        trial.policy = context.absolute(*policy);
    }
    trial.title = "The commit " + trial.candidate.value_or("HEAD");
    if (const auto name = asked.value("--patch")) {
        auto patch = read_input(context, *name, example);
        if (auto* trouble = std::get_if<Trouble>(&patch)) {
            return std::move(*trouble);
        }
        trial.patch = std::move(std::get<std::string>(patch));
        trial.title = title_of_patch(*trial.patch, *name);
    }
    return trial;
}

/// Where the built system shall be kept; before anything is done for it.
std::optional<Trouble> check_link(const std::string& link) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto status = fs::symlink_status(link, error);
    const bool ours =
        fs::is_symlink(status) && fs::read_symlink(link, error).string().starts_with("/nix/store/");
    if (fs::exists(status) && !ours) {
        return usage("--keep would overwrite what is no link into the store: " +
                         one_line(link, 200),
                     "name a link that is not there yet");
    }
    const auto folder = fs::path(link).parent_path();
    if (!fs::is_directory(folder, error) || ::access(folder.c_str(), W_OK) != 0) {
        return usage("--keep: you cannot make a link in " + one_line(folder.string(), 200));
    }
    return std::nullopt;
}

core::Result<core::Done> keep_at(const evaluator::Nix& nix, const core::StorePath& system,
                                 const std::string& link) {
    const auto outcome =
        sandbox::run(nix.nix_store(evaluator::NixPurpose::query,
                                   {"--realise", system.str(), "--add-root", link, "--indirect"}));
    return outcome.succeeded()
               ? core::Result<core::Done>(core::Done{})
               : Problem{.code = "not_kept",
                         .message = "the built system cannot be kept: " +
                                    core::shorten(core::trim(outcome.err.bytes), 500),
                         .where = link};
}

/// A message may be blank.
std::string first_line(std::string_view message) {
    const auto all = core::lines(core::trim(message));
    return all.empty() ? "no reason was given" : std::string(all.front());
}

class Testing {
  public:
    Testing(Context& context, const std::optional<Config>& config)
        : context_(context), interrupt_(context.around().stop),
          nix_(own_nix(config, scratch_.path(), context.asked().has("--offline"))),
          worker_{.program = program_path(config ? config->programs.analyze : "", "agentd-analyze"),
                  .scratch = scratch_.path() + "/manifests"},
          theatre_(own_theatre(config)) {
        for (const std::string& left : Scratch::sweep()) {
            forget_roots(left);
        }
    }
    ~Testing() { forget_roots(scratch_.path()); }
    Testing(const Testing&) = delete;
    Testing& operator=(const Testing&) = delete;

    /// Who was stopped early is told the same as who was stopped late.
    int run(const Trial& trial) {
        const int exit = go(trial);
        return exit == status::failed && interrupt_.token().stop_requested() ? status::stopped
                                                                             : exit;
    }

  private:
    int go(const Trial& trial) {
        Terminal& terminal = context_.terminal();
        std::vector<std::string> notes;
        const auto note = [&](std::string_view text) {
            notes.emplace_back(text);
            ctl::note(context_.around(), text);
        };
        if (trial.level > EvidenceLevel::intake) {
            if (const auto taken = usable(); !taken) {
                return terminal.fail(trouble_of(taken.problem()));
            }
            const auto missing = evaluator::missing_isolation(nix_, interrupt_.token());
            for (const auto& one : missing) {
                if (!interrupt_.token().stop_requested()) { // else it was only not looked for
                    note(one);
                }
            }
        }
        auto tried = try_out(trial,
                             {.nix = nix_,
                              .worker = worker_,
                              .theatre = theatre_,
                              .clock = context_.around().clock,
                              .scratch = scratch_.path(),
                              .tell = [&](std::string_view text) { terminal.progress(text); },
                              .note = note},
                             interrupt_.token());
        if (!tried) {
            return terminal.fail(trouble_of(tried.problem()));
        }
        for (const auto& more : tried->notes) {
            ctl::note(context_.around(), more);
        }
        tried->notes.insert(tried->notes.begin(), notes.begin(), notes.end());
        return report(trial, *tried);
    }

    /// A Nix that does not do as it is told is not used.
    core::Result<core::Done> usable() const {
        if (auto answers = evaluator::store_answers(nix_); !answers) {
            return answers;
        }
        for (const auto purpose : {evaluator::NixPurpose::evaluate, evaluator::NixPurpose::build}) {
            if (auto taken = evaluator::read_back(nix_, purpose, interrupt_.token()); !taken) {
                return taken;
            }
        }
        return core::Done{};
    }

    int report(const Trial& trial, const Tried& tried) {
        Terminal& terminal = context_.terminal();
        auto shown = to_json(trial, tried);
        const auto link = context_.asked().value("--keep");
        const bool built = tried.toplevel && trial.level >= EvidenceLevel::build;
        std::optional<Problem> not_kept;
        shown["kept"] = nullptr;
        if (link && built) {
            const auto kept = keep_at(nix_, *tried.toplevel, context_.absolute(*link));
            not_kept = kept ? std::nullopt : std::optional(kept.problem());
            shown["kept"] = kept ? core::Json(context_.absolute(*link)) : core::Json();
        }
        print_trial(terminal, shown);
        if (built) {
            terminal.line();
            terminal.line("built: " + tried.toplevel->str());
            terminal.line(raw(shown, "kept").empty()
                              ? "  kept until the next collection of garbage; --keep LINK keeps it"
                              : "  kept by " + one_line(raw(shown, "kept")));
        }
        terminal.result(shown);
        say_how_it_ended(tried);
        if (not_kept) {
            complain(context_.around(), *not_kept);
        }
        if (!context_.around().out.flush()) {
            complain(context_.around(), {.code = "failed",
                                         .message = "the answer could not be written out",
                                         .hint = "is the disk full, or the reader gone?"});
            return status::failed;
        }
        const int exit = exit_of(tried);
        return not_kept && exit == status::ok ? status::failed : exit;
    }

    void say_how_it_ended(const Tried& tried) const {
        if (tried.cancelled) {
            complain(context_.around(),
                     {.code = "stopped",
                      .message = "stopped; nothing is left behind but what was built until then"});
        } else if (tried.refusal) {
            complain(context_.around(), {.code = tried.refusal->code,
                                         .message = "not passed at " + tried.refused_at + ": " +
                                                    first_line(tried.refusal->message),
                                         .where = tried.refusal->where,
                                         .hint = tried.refusal->hint});
        } else if (const int exit = exit_of(tried); exit == status::rehearsal) {
            complain(context_.around(),
                     {.code = "rehearsal_failed",
                      .message = "not passed at rehearsal: " + rehearsal_summary(tried)});
        } else if (exit == status::unjudged) {
            complain(context_.around(),
                     {.code = "not_judged",
                      .message = "no rehearsal could tell: " + rehearsal_summary(tried)});
        }
    }

    Context& context_;
    Interrupt interrupt_;
    Scratch scratch_{};
    evaluator::Nix nix_;
    analysis::Worker worker_;
    rehearsal::Theatre theatre_;
};

} // namespace

int test(Context& context) {
    Terminal& terminal = context.terminal();
    auto trial = trial_of(context);
    if (const auto* trouble = std::get_if<Trouble>(&trial)) {
        return terminal.fail(*trouble);
    }
    if (const auto link = context.asked().value("--keep")) {
        if (std::get<Trial>(trial).level < EvidenceLevel::build) {
            return terminal.fail(usage("--keep keeps what is built: not with that --level",
                                       "--level build or effects"));
        }
        if (const auto trouble = check_link(context.absolute(*link))) {
            return terminal.fail(*trouble);
        }
    }
    const auto config = own_settings(context);
    if (const auto* trouble = std::get_if<Trouble>(&config)) {
        return terminal.fail(*trouble);
    }
    return Testing(context, std::get<std::optional<Config>>(config)).run(std::get<Trial>(trial));
}

} // namespace agentd::ctl::commands
