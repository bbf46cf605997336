#include "evaluator/agreement/statements.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace agentd::evaluator::agreement {

namespace {

using core::Json;
using core::Problem;

constexpr std::array names{std::pair{Topic::firewall, std::string_view("firewall")},
                           std::pair{Topic::port, std::string_view("port")},
                           std::pair{Topic::unit, std::string_view("unit")},
                           std::pair{Topic::user, std::string_view("user")},
                           std::pair{Topic::member, std::string_view("member")},
                           std::pair{Topic::key, std::string_view("key")},
                           std::pair{Topic::sudo, std::string_view("sudo")},
                           std::pair{Topic::sshd, std::string_view("sshd")},
                           std::pair{Topic::wrapper, std::string_view("wrapper")},
                           std::pair{Topic::nix, std::string_view("nix")},
                           std::pair{Topic::kernel, std::string_view("kernel")},
                           std::pair{Topic::kernel_param, std::string_view("kernel_param")},
                           std::pair{Topic::mount, std::string_view("mount")},
                           std::pair{Topic::etc, std::string_view("etc")},
                           std::pair{Topic::package, std::string_view("package")}};

constexpr auto topics_in_order = [] {
    std::array<Topic, names.size()> out{};
    for (std::size_t at = 0; at < names.size(); ++at) {
        out[at] = names[at].first;
    }
    return out;
}();

Problem bad(const char* what) {
    return {.code = "bad_statements", .message = what};
}

bool is_text(const Json& value) {
    return value.is_string() &&
           value.get_ref<const std::string&>().size() <= Statements::longest + 3;
}

core::Result<Subjects> subjects_of(const Json& rows) {
    if (!rows.is_array() || rows.size() > Statements::most_subjects) {
        return bad("the subjects of a topic are no list, or too many");
    }
    Subjects out;
    for (const auto& row : rows) {
        if (!row.is_array() || row.size() != 4 || !is_text(row[0]) || !is_text(row[1]) ||
            !is_text(row[2]) || !row[3].is_boolean()) {
            return bad("a subject is not told as it should be");
        }
        if (!out.emplace(row[0].get<std::string>(), Statement{.value = row[1].get<std::string>(),
                                                              .from = row[2].get<std::string>(),
                                                              .optional = row[3].get<bool>()})
                 .second) {
            return bad("a subject is told twice");
        }
    }
    return out;
}

} // namespace

std::string_view to_string(Topic topic) noexcept {
    const auto it = std::find_if(names.begin(), names.end(),
                                 [&](const auto& each) { return each.first == topic; });
    return it == names.end() ? "?" : it->second;
}

std::optional<Topic> parse_topic(std::string_view text) noexcept {
    const auto it = std::find_if(names.begin(), names.end(),
                                 [&](const auto& each) { return each.second == text; });
    return it == names.end() ? std::nullopt : std::optional(it->first);
}

std::span<const Topic> all_topics() noexcept {
    return topics_in_order;
}

const Subjects* Statements::find(Topic topic) const noexcept {
    const auto it = topics.find(topic);
    return it == topics.end() ? nullptr : &it->second;
}

Json to_json(const Statements& statements) {
    Json topics = Json::array();
    for (const auto& [topic, subjects] : statements.topics) {
        Json rows = Json::array();
        for (const auto& [subject, each] : subjects) {
            rows.push_back(Json::array({subject, each.value, each.from, each.optional}));
        }
        topics.push_back({{"topic", to_string(topic)}, {"subjects", std::move(rows)}});
    }
    return {{"topics", std::move(topics)}, {"unit_packages", statements.unit_packages}};
}

core::Result<Statements> statements_from_json(const Json& value) {
    core::ObjectReader in(value, "statements");
    const Json& topics = in.any("topics");
    const auto packages = in.texts("unit_packages", Statements::most_subjects);
    if (const auto done = in.finish(); !done) {
        return done.problem();
    }
    if (!topics.is_array() || topics.size() > names.size()) {
        return bad("the topics are no list");
    }
    Statements out{.unit_packages = {packages.begin(), packages.end()}};
    for (const auto& each : topics) {
        core::ObjectReader one(each, "topic");
        const auto topic = parse_topic(one.text("topic", 64));
        const Json& rows = one.any("subjects");
        if (const auto done = one.finish(); !done) {
            return done.problem();
        }
        auto subjects = subjects_of(rows);
        if (!subjects) {
            return subjects.problem();
        }
        if (!topic || !out.topics.emplace(*topic, std::move(*subjects)).second) {
            return bad("a topic is not known, or told twice");
        }
    }
    return out;
}

} // namespace agentd::evaluator::agreement
