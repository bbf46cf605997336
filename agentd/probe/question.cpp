#include "agentd/probe/question.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace agentd::probe {

namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 7> kinds{{{"tcp", Kind::tcp},
                                                                  {"http", Kind::http},
                                                                  {"dns", Kind::dns},
                                                                  {"disk", Kind::disk},
                                                                  {"ssh", Kind::ssh},
                                                                  {"find", Kind::find},
                                                                  {"command", Kind::command}}};

Kind kind_of(std::string_view name) {
    for (const auto& [known, kind] : kinds) {
        if (known == name) {
            return kind;
        }
    }
    return Kind::tcp; // refused by one_of already
}

} // namespace

core::Result<Question> parse_question(std::string_view json) {
    const auto document = core::parse_json(json, {.bytes = longest_question, .depth = 2});
    if (!document) {
        return document.problem();
    }
    constexpr std::int64_t most = std::int64_t{1} << 30;
    core::ObjectReader in(*document, "question");
    Question question{
        .kind =
            kind_of(in.one_of("kind", {"tcp", "http", "dns", "disk", "ssh", "find", "command"})),
        .target = in.text("target", 4096),
        .limit = std::chrono::seconds(in.integer("seconds", 1, 600)),
        .arguments = in.texts("arguments", 64),
        .free_mb = in.integer("free_mb", 0, most),
        .free_inodes = in.integer("free_inodes", 0, most),
        .user = in.text("user", 256),
        .key = in.text("key", 4096),
        .outside = in.boolean("outside"),
    };
    const auto done = in.finish();
    if (!done) {
        return done.problem();
    }
    return question;
}

} // namespace agentd::probe
