#include "agentd/ctl/effects_text.hpp"

#include "agentd/ctl/view.hpp"
#include "agentd/explanation/explanation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Json;
using explanation::Sentence;

namespace {

constexpr std::size_t most_sentences = 200;
constexpr std::size_t most_facts = 6;
const std::string indent(12, ' ');

std::string bytes_text(std::int64_t bytes) {
    constexpr std::int64_t kib = 1024;
    const std::int64_t size = bytes < 0 ? -bytes : bytes;
    const std::string sign = bytes < 0 ? "-" : "+";
    if (size < kib * kib) {
        return sign + std::to_string((size + kib - 1) / kib) + " KiB";
    }
    return sign + std::to_string(size / (kib * kib)) + " MiB";
}

/// What it was and becomes; of one among several that has no sides, its own sentence.
void print_fact(Terminal& terminal, const proposals::Effect& fact, bool only) {
    const auto side = [](const std::optional<std::string>& text) {
        const auto line = one_line(text.value_or(""), 120);
        return line.empty() ? std::string("(none)") : line;
    };
    const auto subject = indent + one_line(fact.subject, 120) + ": ";
    if (fact.before || fact.after) {
        terminal.line(
            terminal.paint(Colour::dim, subject + side(fact.before) + " -> " + side(fact.after)));
    } else if (!only) {
        terminal.line(terminal.paint(Colour::dim, subject + one_line(fact.sentence, 200)));
    }
}

/// The gravest first: what a proposer names cannot crowd them out.
void print_facts(Terminal& terminal, const Sentence& sentence, const proposals::Effects& effects,
                 Told told) {
    auto facts = sentence.facts;
    std::stable_sort(facts.begin(), facts.end(), [&](auto a, auto b) {
        return effects.effects[a].risk > effects.effects[b].risk;
    });
    const auto shown = told == Told::whole ? facts.size() : std::min(facts.size(), most_facts);
    for (std::size_t i = 0; i < shown; ++i) {
        print_fact(terminal, effects.effects[facts[i]], facts.size() == 1);
    }
    if (facts.size() > shown) {
        terminal.line(terminal.paint(Colour::dim, indent + "… and " +
                                                      count(facts.size() - shown, "more fact") +
                                                      ": all are in --json"));
    }
}

/// Of the daemon's explanation, where it tells the same of the same facts.
std::string place_of(const Sentence& sentence, const std::vector<Json>& told) {
    const auto same = std::find_if(told.begin(), told.end(), [&](const Json& each) {
        return raw(each, "text") == sentence.text && part(each, "facts") == Json(sentence.facts);
    });
    const Json& place = same == told.end() ? Json() : part(*same, "place");
    const std::string file = shown(place, "file", 200);
    const auto line = number(place, "line");
    return file.empty()            ? ""
           : truth(place, "built") ? "seen in the built system in " + file
                                   : "from " + file + (line > 0 ? ":" + std::to_string(line) : "");
}

void print_sentence(Terminal& terminal, const Sentence& sentence, const proposals::Effects& effects,
                    const std::vector<Json>& told, Told how) {
    const std::string risk(proposals::to_string(sentence.risk));
    terminal.line("  " + terminal.paint_risk(pad(risk, 9)) + " " +
                  one_line(sentence.text, Sentence::max_text));
    print_facts(terminal, sentence, effects, how);
    if (const auto place = place_of(sentence, told); !place.empty()) {
        terminal.line(terminal.paint(Colour::dim, indent + place));
    }
}

void print_doubts(Terminal& terminal, const std::vector<explanation::Doubt>& doubts) {
    for (const auto& doubt : doubts) {
        terminal.line("  " + terminal.paint(Colour::bad, pad("claim", 9)) + " It says \"" +
                      one_line(doubt.claim, 200) + "\"; " +
                      one_line(explanation::drawn(doubt.text)));
    }
}

void print_closure(Terminal& terminal, const proposals::Effects& effects) {
    if (effects.truncated) {
        terminal.line("  " + terminal.paint(Colour::bad, "more was found than is listed"));
    }
    if (effects.reboot_needed) {
        terminal.line("  " + terminal.paint(Colour::warn, "a reboot is needed"));
    }
    const auto& closure = effects.closure;
    terminal.line(
        terminal.paint(Colour::dim, "  store paths +" + std::to_string(closure.paths_added) + " -" +
                                        std::to_string(closure.paths_removed) + ", size " +
                                        bytes_text(closure.bytes_after - closure.bytes_before)));
}

} // namespace

core::Result<proposals::Effects> effects_of(const Json& detail) {
    const Json& effects = part(detail, "effects");
    if (effects.is_null()) {
        return core::Problem{.code = "not_known",
                             .message = "not known yet: it has not been built and compared"};
    }
    return proposals::effects_from_json(effects);
}

void print_effects(Terminal& terminal, const Json& detail, Told how) {
    terminal.line(terminal.paint(Colour::bold, "What changes on this machine"));
    const auto effects = effects_of(detail);
    if (!effects) {
        const auto& problem = effects.problem();
        terminal.line("  " + (problem.code == "not_known"
                                  ? problem.message
                                  : terminal.paint(Colour::bad, "the daemon's answer cannot be "
                                                                "understood: ") +
                                        one_line(problem.message)));
        return;
    }
    const auto title = raw(detail, "title"), rationale = raw(detail, "rationale");
    const auto explained = explanation::explain(*effects, {.title = title, .rationale = rationale});
    const auto& sentences = explained.sentences;
    print_doubts(terminal, explained.doubts);
    const auto told = list(part(detail, "explanation"), "sentences");
    const auto shown =
        how == Told::whole ? sentences.size() : std::min(sentences.size(), most_sentences);
    for (std::size_t i = 0; i < shown; ++i) {
        print_sentence(terminal, sentences[i], *effects, told, how);
    }
    if (sentences.size() > shown) {
        terminal.line("  … and " + count(sentences.size() - shown, "less risky change") +
                      ": all are in --json");
    }
    if (sentences.empty()) {
        terminal.line("  nothing");
    }
    print_closure(terminal, *effects);
}

} // namespace agentd::ctl
