#include "agentd/fetching/question.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/lock_node.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::fetching {

namespace {

using core::Json;
using core::Problem;

/// Of what a lock says, what is asked for; the rest is told by who gives it.
constexpr std::array<std::string_view, 13> asked{
    "type", "owner",   "repo",         "host",       "rev",     "url",    "ref",
    "lfs",  "allRefs", "exportIgnore", "submodules", "shallow", "narHash"};

Json locked_of(const std::string& text) {
    const auto all = core::parse_json(text, {.bytes = 1U << 20, .depth = 16});
    Json out = Json::object();
    for (const std::string_view each : asked) {
        if (all && all->is_object() && all->contains(each)) {
            out[std::string(each)] = all->at(std::string(each));
        }
    }
    return out;
}

bool only_known(const Json& locked) {
    return locked.is_object() &&
           std::all_of(locked.items().begin(), locked.items().end(), [](const auto& item) {
               return std::find(asked.begin(), asked.end(), item.key()) != asked.end() &&
                      (item.value().is_string() || item.value().is_boolean());
           });
}

core::Result<Asked> fetching_one(const Json& json) {
    constexpr std::size_t most = 16'384;
    if (core::canonical(json).size() > most) {
        return Problem{.code = "too_big", .message = "no input needs that many words"};
    }
    core::ObjectReader in(json, "question");
    in.one_of("schema", {"agentd.fetch/1"});
    const std::string name = in.text("name", 500);
    const std::chrono::seconds seconds(in.integer("seconds", 1, 604'800));
    const auto bytes = static_cast<std::uint64_t>(in.integer("bytes", 1, 1LL << 44));
    const Json& locked = in.any("locked");
    if (!only_known(locked)) {
        in.refuse("locked", "is not what a lock says of an input");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    auto node = evaluator::read_lock_node(name, {{"locked", locked}, {"original", locked}});
    if (!node.source) {
        return node.problem.value_or(
            Problem{.code = "input_type", .message = "a folder of the flake is not fetched"});
    }
    return Asked(Question{.name = core::printable(core::shorten(name, 100)),
                          .source = *std::move(node.source),
                          .seconds = seconds,
                          .bytes = bytes});
}

core::Result<Asked> relocking(const Json& json) {
    using evaluator::LockWanted;
    core::ObjectReader in(json, "question");
    in.one_of("schema", {"agentd.relock/1"});
    LockQuestion out{.wanted = {.flake = in.text("flake", LockWanted::max_text),
                                .lock = in.text("lock", LockWanted::max_text),
                                .inputs = in.texts("inputs", LockWanted::max_inputs),
                                .addresses = in.texts("addresses", LockWanted::max_inputs)},
                     .seconds = std::chrono::seconds(in.integer("seconds", 1, 604'800)),
                     .bytes = static_cast<std::uint64_t>(in.integer("bytes", 1, 1LL << 44))};
    const auto& names = out.wanted.inputs;
    if (names.empty() || !std::all_of(names.begin(), names.end(), evaluator::is_input_name)) {
        in.refuse("inputs", "has to be names of inputs, at least one");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return Asked(std::move(out));
}

} // namespace

Json to_json(const Question& question) {
    return {{"schema", "agentd.fetch/1"},
            {"name", question.name},
            {"locked", locked_of(question.source.locked)},
            {"seconds", question.seconds.count()},
            {"bytes", question.bytes}};
}

core::Json to_json(const LockQuestion& question) {
    return {{"schema", "agentd.relock/1"},
            {"flake", question.wanted.flake},
            {"lock", question.wanted.lock},
            {"inputs", question.wanted.inputs},
            {"addresses", question.wanted.addresses},
            {"seconds", question.seconds.count()},
            {"bytes", question.bytes}};
}

core::Result<Asked> asked_from(std::string_view line) {
    const auto json = core::parse_json(line, {.bytes = most_asked, .depth = 3});
    if (!json) {
        return json.problem();
    }
    const bool relock = json->is_object() && json->value("schema", Json()) == "agentd.relock/1";
    return relock ? relocking(*json) : fetching_one(*json);
}

} // namespace agentd::fetching
