#include "evaluator/evaluation.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/agreement/declared.hpp"
#include "evaluator/early_watch.hpp"
#include "evaluator/evaluation_refusal.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/nix_scripts.hpp"
#include "evaluator/option_answer.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace agentd::evaluator {
namespace {

core::Failure unexpected(const std::string& what) {
    return core::Failure(core::FailureKind::internal, "Nix answered something unexpected: " + what,
                         "nix eval");
}

std::string text_or_empty(const core::Json& answer, const char* key) {
    const auto it = answer.find(key);
    return it != answer.end() && it->is_string() ? core::shorten(it->get<std::string>(), 256) : "";
}

core::StorePath store_path(const core::Json& answer, const char* key) {
    auto path = core::StorePath::parse(text_or_empty(answer, key));
    if (!path) {
        throw unexpected(std::string("no store path in ") + key);
    }
    return *path;
}

/// What is asked beside the derivation. Whatever of it ends the evaluation is not asked again.
struct Beside {
    bool early = true;   ///< what is told before the toplevel
    bool options = true; ///< the words of the change
    bool declared = true;
};

FlakeAsked ask(const Nix& nix, const FlakeSource& source, const core::HostName& host,
               const OptionWords& words, const Beside& beside, EarlyWatch& early,
               const std::stop_token& stop) {
    HowAsked how;
    if (beside.early) {
        how.hidden = early.nonce();
        how.on_line = [&early](std::string_view line) { early.line(line); };
    }
    return ask_flake(
        nix, source, evaluate_script,
        {{"host", nix_string(host.str())},
         {"tell", "(" + std::string(options_script) + ")"},
         {"declare", beside.declared ? "(" + std::string(declared_script) + ")" : "null"},
         {"words", nix_words(beside.options ? words : OptionWords{})},
         {"nonce", beside.early ? nix_string(early.nonce()) : "null"}},
        stop, how);
}

/// What nobody but us wanted to see may have been the end of it: Nix ended while it read what is
/// told early, or behind the toplevel, or with the options it took too much. False when it is not.
bool ask_for_less(Beside& beside, const EvaluationRefused& refused, const EarlyWatch& early) {
    const auto& code = refused.problem.code;
    const bool too_much =
        code == "unreadable_answer" || code.ends_with("_limit") || code.ends_with("_timeout");
    if (early.past_toplevel() && beside.declared) {
        beside.declared = false;
        beside.options = beside.options && !too_much;
        return true;
    }
    if (too_much) {
        return std::exchange(beside.options, false);
    }
    if (!beside.early || early.seen() || code == "no_flake" || code == "unlocked_input" ||
        code == "attributes") {
        return false;
    }
    beside = {.early = false, .options = false, .declared = false};
    return true;
}

std::optional<agreement::Statements> read_declared(const core::Json& answer) {
    const auto text = answer.find("declared");
    const auto told =
        text != answer.end() && text->is_string()
            ? core::parse_json(text->get_ref<const std::string&>(),
                               {.bytes = agreement::Statements::most_bytes, .depth = 8})
            : core::Result<core::Json>(core::Problem{});
    return told ? std::optional(agreement::read_declared(*told)) : std::nullopt;
}

Evaluated read_answer(const core::Json& answer, FlakeAnswer& from) {
    const auto facts = answer.find("facts");
    const auto options = answer.find("options");
    return {.drv = store_path(answer, "drv"),
            .toplevel = store_path(answer, "toplevel"),
            .system = text_or_empty(answer, "system"),
            .state_version = text_or_empty(answer, "state_version"),
            .host_name = text_or_empty(answer, "host_name"),
            .warnings = std::move(from.warnings),
            .facts_json = facts == answer.end() ? "{}" : core::canonical(*facts),
            .hosts = host_names(answer),
            .options = options == answer.end() ? std::nullopt : read_option_values(*options),
            .declared = read_declared(answer),
            .nix_time = from.nix_time};
}

} // namespace

std::string FlakeSource::url() const {
    return "git+file://" + percent_encoded(repository) + "?" +
           (folder.empty() ? "" : "dir=" + percent_encoded(folder) + "&") +
           (ref.empty() ? "" : "ref=" + percent_encoded(ref) + "&") + "rev=" + commit.str();
}

EvaluationOutcome evaluate(const Nix& nix, const FlakeSource& source, const core::HostName& host,
                           std::stop_token stop, const OptionWords& words,
                           const EarlyCallback& on_early) {
    Beside beside{.options = !words.empty() && nix_words(words).size() <= most_word_bytes};
    std::chrono::milliseconds in_vain{};
    bool told = false;
    const EarlyCallback once = [&](EarlyFacts facts) {
        if (on_early && !std::exchange(told, true)) {
            on_early(std::move(facts));
        }
    };
    std::optional<EarlyWatch> early(once);
    auto asked = ask(nix, source, host, words, beside, *early, stop);
    auto* refused = std::get_if<EvaluationRefused>(&asked);
    while (refused != nullptr && ask_for_less(beside, *refused, *early)) {
        in_vain += refused->nix_time;
        early.emplace(once);
        asked = ask(nix, source, host, words, beside, *early, stop);
        refused = std::get_if<EvaluationRefused>(&asked);
    }
    if (refused != nullptr) {
        refused->nix_time += in_vain;
        return std::move(*refused);
    }
    if (auto* cancelled = std::get_if<EvaluationCancelled>(&asked)) {
        return *cancelled;
    }
    auto& answer = std::get<FlakeAnswer>(asked);
    answer.nix_time += in_vain;
    if (answer.value->contains("unknown_host")) {
        auto unknown = unknown_host(host, host_names(*answer.value));
        unknown.nix_time = answer.nix_time;
        return unknown;
    }
    return read_answer(*answer.value, answer);
}

/// What host_script says of a host.
static core::Result<MadeHost> asked_host(const Nix& nix, const FlakeSource& source,
                                         const core::HostName& host, const HowAsked& how,
                                         const std::stop_token& stop) {
    auto asked = ask_flake(nix, source, host_script, {{"host", nix_string(host.str())}}, stop, how);
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    if (answer->value->contains("unknown_host")) {
        return unknown_host(host, host_names(*answer->value)).problem;
    }
    return MadeHost{.drv = store_path(*answer->value, "drv"),
                    .source = text_or_empty(*answer->value, "source"),
                    .nar_hash = text_or_empty(*answer->value, "nar_hash"),
                    .revision = source.commit.str()};
}

core::Result<core::StorePath> host_derivation(const Nix& nix, const FlakeSource& source,
                                              const core::HostName& host, const HostLimits& limits,
                                              std::stop_token stop) {
    auto made =
        asked_host(nix, source, host,
                   {.read_only = true, .deadline = limits.time, .memory = limits.memory}, stop);
    return made ? core::Result<core::StorePath>(std::move(made).value().drv) : made.problem();
}

core::Result<MadeHost> made_host(const Nix& nix, const FlakeSource& source,
                                 const core::HostName& host, const HostLimits& limits,
                                 std::stop_token stop) {
    return asked_host(nix, source, host, {.deadline = limits.time, .memory = limits.memory}, stop);
}

core::Result<std::string> unit_text(const Nix& nix, const FlakeSource& source,
                                    const core::HostName& host, const std::string& unit,
                                    std::stop_token stop) {
    auto asked = ask_flake(nix, source, unit_script,
                           {{"host", nix_string(host.str())}, {"unit", nix_string(unit)}}, stop,
                           {.read_only = true});
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    if (answer->value->contains("unknown_host")) {
        return unknown_host(host, host_names(*answer->value)).problem;
    }
    const auto text = answer->value->find("text");
    return text != answer->value->end() && text->is_string() ? text->get<std::string>() : "";
}

core::Result<std::vector<std::string>> list_hosts(const Nix& nix, const FlakeSource& source,
                                                  std::stop_token stop) {
    auto asked = ask_flake(nix, source, hosts_script, {}, stop);
    if (auto* answer = std::get_if<FlakeAnswer>(&asked)) {
        return host_names(*answer->value);
    }
    return problem_of(asked);
}

} // namespace agentd::evaluator
