#include "proposals/disagreement.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {

core::Json or_null(const std::optional<std::string>& text) {
    return text ? core::Json(*text) : core::Json();
}

} // namespace

std::optional<bool> disagree(const Disagreements& found) noexcept {
    if (!found.items.empty() || found.more) {
        return true;
    }
    return found.not_compared.empty() && found.trouble.empty() ? std::optional(false)
                                                               : std::nullopt;
}

core::Json to_json(const Disagreements& found) {
    core::Json rows = core::Json::array();
    for (const auto& each : found.items) {
        rows.push_back({{"topic", each.topic},
                        {"subject", each.subject},
                        {"options", or_null(each.options)},
                        {"built", or_null(each.built)},
                        {"text", each.text}});
    }
    return {{"schema", "agentd.disagreement/1"},
            {"items", std::move(rows)},
            {"more", found.more},
            {"not_compared", found.not_compared},
            {"trouble", found.trouble}};
}

core::Result<Disagreements> disagreements_from_json(const core::Json& value) {
    core::ObjectReader in(value, "disagreement");
    in.one_of("schema", {"agentd.disagreement/1"});
    const core::Json& rows = in.any("items");
    Disagreements out{.more = in.boolean("more"),
                      .not_compared = in.texts("not_compared", 64),
                      .trouble = in.text("trouble")};
    if (!rows.is_array() || rows.size() > Disagreements::max_items) {
        in.refuse("items", "is no list, or too long");
    }
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    for (const auto& row : rows) {
        core::ObjectReader one(row, "disagreement");
        Disagreement each{.topic = one.text("topic", 64),
                          .subject = one.text("subject"),
                          .options = one.optional_text("options"),
                          .built = one.optional_text("built"),
                          .text = one.text("text")};
        if (const auto done = one.finish(); !done) {
            return done.problem();
        }
        out.items.push_back(std::move(each));
    }
    return out;
}

} // namespace agentd::proposals
