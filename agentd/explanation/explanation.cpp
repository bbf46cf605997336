#include "agentd/explanation/explanation.hpp"

#include "agentd/core/look_alikes.hpp"
#include "agentd/core/text.hpp"
#include "agentd/explanation/combine.hpp"
#include "agentd/explanation/naming.hpp"
#include "agentd/explanation/places.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;
using proposals::Effects;

/// What a reader asks first, among what is equally grave.
constexpr std::array<std::string_view, 16> areas{
    "unclassified", "act",  "ssh", "accounts", "network", "trust", "secrets",  "storage",
    "environment",  "boot", "nix", "scripts",  "system",  "units", "packages", "etc"};

std::size_t rank_of(const Effect& effect) {
    return static_cast<std::size_t>(std::find(areas.begin(), areas.end(), effect.area) -
                                    areas.begin());
}

std::string by_number(char32_t code_point) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "\\u{%04lX}", static_cast<unsigned long>(code_point));
    return text.data();
}

/// A capital where the sentence begins with a word of ours; a name keeps its own letters.
std::string begun(std::string text, const std::vector<Effect>& effects, const Sentence& sentence) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = std::string_view(text).substr(0, end);
    const bool is_word = !word.empty() && std::all_of(word.begin(), word.end(),
                                                      [](char c) { return c >= 'a' && c <= 'z'; });
    const bool is_name =
        word != "the" &&
        std::any_of(sentence.facts.begin(), sentence.facts.end(),
                    [&](std::size_t fact) { return effects[fact].subject.starts_with(word); });
    if (is_word && !is_name) {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text;
}

bool is_flake(const std::optional<Place>& place) {
    return place && !place->built;
}

/// That of the first fact whose line in the flake is known, else of the first fact.
std::optional<Place> place_of(const Sentence& sentence, const std::vector<Effect>& effects,
                              const Places& places) {
    constexpr std::size_t most_tried = 8;
    std::optional<Place> found;
    for (std::size_t i = 0; i < std::min(sentence.facts.size(), most_tried); ++i) {
        auto place = places.of(effects[sentence.facts[i]]);
        if (is_flake(place)) {
            return place;
        }
        found = found ? std::move(found) : std::move(place);
    }
    // Of many things at once one file says nothing.
    return sentence.facts.size() > most_tried ? std::nullopt : found;
}

std::string headline_of(const Effects& effects, const std::vector<Sentence>& sentences) {
    if (sentences.empty() && effects.truncated) {
        return "More changes than can be listed";
    }
    if (sentences.empty()) {
        return effects.from == effects.to ? "Changes nothing"
               : effects.closure == proposals::ClosureChange{}
                   ? "Changes nothing that can be seen"
                   : "Changes only the build, nothing that runs";
    }
    const std::size_t more = sentences.size() - 1;
    std::string out = core::shorten(sentences.front().text, 160);
    if (more != 0) {
        out += ", and " + std::to_string(more) + (effects.truncated ? " or more" : "") +
               (more == 1 ? " more change" : " more changes");
    }
    return out;
}

core::Json to_json(const std::optional<Place>& place) {
    return place ? core::Json{{"file", place->file},
                              {"line", place->line ? core::Json(*place->line) : core::Json()},
                              {"built", place->built}}
                 : core::Json();
}

} // namespace

std::string drawn(std::string_view text) {
    std::string out;
    const std::string whole = core::to_utf8(text);
    std::set<std::size_t> marked;
    for (const auto& mark : core::deceiving_code_points(whole)) {
        marked.insert(mark.column);
    }
    if (marked.empty()) {
        return whole;
    }
    std::size_t column = 0;
    for (std::size_t at = 0; at < whole.size(); ++column) {
        std::size_t length = 1;
        while (at + length < whole.size() &&
               (static_cast<unsigned char>(whole[at + length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        const auto character = whole.substr(at, length);
        if (marked.contains(column)) {
            const auto lead = static_cast<unsigned char>(character.front());
            char32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
            for (std::size_t i = 1; i < length; ++i) {
                value = (value << 6U) | (static_cast<unsigned char>(character[i]) & 0x3FU);
            }
            out += by_number(value);
        } else {
            out += character;
        }
        at += length;
    }
    return out;
}

Explanation explain(const Effects& effects, const Sources& sources) {
    Explanation out{.sentences = combine(effects.effects)};
    const Places places(sources);
    for (auto& sentence : out.sentences) {
        sentence.text = drawn(clipped(begun(std::move(sentence.text), effects.effects, sentence),
                                      Sentence::max_text));
        sentence.place = place_of(sentence, effects.effects, places);
    }
    std::stable_sort(out.sentences.begin(), out.sentences.end(),
                     [&](const Sentence& a, const Sentence& b) {
                         const auto rank = [&](const Sentence& one) {
                             return rank_of(effects.effects[one.facts.front()]);
                         };
                         return a.risk != b.risk ? a.risk > b.risk : rank(a) < rank(b);
                     });
    out.headline = headline_of(effects, out.sentences);
    out.doubts = doubts_of(sources.title, sources.rationale, effects);
    return out;
}

std::string headline(const Effects& effects) {
    return explain(effects).headline;
}

core::Json to_json(const Explanation& explanation) {
    core::Json sentences = core::Json::array();
    for (const auto& sentence : explanation.sentences) {
        sentences.push_back({{"risk", proposals::to_string(sentence.risk)},
                             {"text", sentence.text},
                             {"facts", sentence.facts},
                             {"place", to_json(sentence.place)}});
    }
    core::Json doubts = core::Json::array();
    for (const auto& doubt : explanation.doubts) {
        doubts.push_back(
            {{"claim", drawn(doubt.claim)}, {"text", drawn(doubt.text)}, {"facts", doubt.facts}});
    }
    return {{"schema", "agentd.explanation/1"},
            {"headline", explanation.headline},
            {"doubts", std::move(doubts)},
            {"sentences", std::move(sentences)}};
}

} // namespace agentd::explanation
