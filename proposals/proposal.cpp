#include "proposals/proposal.hpp"

#include "proposals/names.hpp"

#include "agentd/core/names.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<Source, 5> source_names{"words", "playbook", "patch", "operations", "model"};

Json maybe(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}

void read_proposer(ObjectReader& outer, Draft& draft) {
    auto proposer = proposer_from_json(outer.any("proposer"));
    if (!proposer) {
        return outer.refuse("proposer", proposer.problem().message);
    }
    draft.proposer = std::move(proposer).value();
}

} // namespace

std::string_view to_string(Source source) noexcept {
    return name_of(source_names, source);
}
std::optional<Source> parse_source(std::string_view text) noexcept {
    return value_of(source_names, text);
}

Json to_json(const Draft& draft) {
    Json out = to_json(draft.revision);
    out.update(Json{{"number", draft.number},
                    {"host", draft.host},
                    {"title", draft.title},
                    {"rationale", draft.rationale},
                    {"proposer", to_json(draft.proposer)},
                    {"source", to_string(draft.source)},
                    {"goal", maybe(draft.goal)},
                    {"observation", maybe(draft.observation)}});
    return out;
}

core::Result<Draft> draft_from_json(const Json& value) {
    ObjectReader in(value, "draft");
    Draft draft{.number = in.integer("number", 1, 1'000'000),
                .host = in.text("host", 63),
                .title = in.text("title", Draft::max_title),
                .rationale = in.text("rationale", Draft::max_rationale)};
    read_proposer(in, draft);
    draft.source =
        parse_source(in.one_of("source", {"words", "playbook", "patch", "operations", "model"}))
            .value_or(Source::patch);
    draft.goal = in.optional_text("goal", 4096);
    draft.observation = in.optional_text("observation", 512);
    draft.revision = read_revision(in);
    if (!core::HostName::parse(draft.host)) {
        in.refuse("host", "is not a host name");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return draft;
}

} // namespace agentd::proposals
