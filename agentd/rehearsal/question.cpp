#include "agentd/rehearsal/question.hpp"

#include <nlohmann/json.hpp>

namespace agentd::rehearsal {

core::Json to_json(const Question& question) {
    return {{"schema", "agentd.rehearse/1"},
            {"system", question.system.str()},
            {"seconds", question.seconds.count()},
            {"dry_activate",
             question.dry_activate ? core::Json(question.dry_activate->str()) : core::Json()},
            {"kept", question.kept}};
}

core::Result<Question> question_from(std::string_view line) {
    const auto json = core::parse_json(line, {.bytes = Question::max_bytes, .depth = 2});
    if (!json) {
        return json.problem();
    }
    core::ObjectReader in(*json, "question");
    in.one_of("schema", {"agentd.rehearse/1"});
    const auto system = core::StorePath::parse(in.text("system", 512));
    const auto other = in.optional_text("dry_activate", 512);
    const auto dry = other ? core::StorePath::parse(*other) : std::nullopt;
    const std::chrono::seconds seconds(in.integer("seconds", 1, 600));
    const bool kept = json->contains("kept") && in.boolean("kept");
    if (!system || system->is_derivation()) {
        in.refuse("system", "is not the path of a built system");
    }
    if (other && (!dry || dry->is_derivation())) {
        in.refuse("dry_activate", "is not the path of a built system");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return Question{.system = *system, .seconds = seconds, .dry_activate = dry, .kept = kept};
}

} // namespace agentd::rehearsal
