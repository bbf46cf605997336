#include "agentd/observers/inputs.hpp"

#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

namespace agentd::observers {

namespace {

using core::Json;

constexpr std::size_t largest_lock = 4U << 20;
constexpr std::size_t most_inputs = 64;
constexpr std::int64_t day = 86'400;

const Json* member(const Json* value, const std::string& key) {
    if (value == nullptr || !value->is_object()) {
        return nullptr;
    }
    const auto it = value->find(key);
    return it == value->end() ? nullptr : &*it;
}

} // namespace

std::map<std::string, std::int64_t> input_times(std::string_view lock_file) {
    const auto parsed = core::parse_json(lock_file, {.bytes = largest_lock});
    std::map<std::string, std::int64_t> out;
    if (!parsed) {
        return out;
    }
    const Json* version = member(&*parsed, "version");
    const Json* nodes = member(&*parsed, "nodes");
    const Json* root = member(&*parsed, "root");
    const bool known = version != nullptr && version->is_number_integer() &&
                       version->get<std::int64_t>() >= 5 && version->get<std::int64_t>() <= 7;
    if (!known || root == nullptr || !root->is_string()) {
        return out;
    }
    const Json* inputs = member(member(nodes, root->get<std::string>()), "inputs");
    if (inputs == nullptr || !inputs->is_object()) {
        return out;
    }
    for (const auto& [name, node] : inputs->items()) {
        // A list is a path to an input of another input: it follows that one's age.
        const Json* locked =
            node.is_string() ? member(member(nodes, node.get<std::string>()), "locked") : nullptr;
        const Json* time = member(locked, "lastModified");
        if (time != nullptr && time->is_number_integer() && out.size() < most_inputs) {
            out.emplace(name, time->get<std::int64_t>());
        }
    }
    return out;
}

Findings Inputs::look(Sight& sight) {
    const auto& head = sight.moment().head;
    if (head.commit.empty()) {
        return {.blind = true};
    }
    const auto lock = lock_file_ ? lock_file_(head.commit) : std::nullopt;
    const auto times = input_times(lock.value_or(""));
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(sight.moment().now.time_since_epoch())
            .count();
    Findings findings;
    std::int64_t oldest = 0;
    for (const auto& [name, time] : times) {
        const auto days = (now - time) / day;
        oldest = std::max(oldest, days);
        if (days <= 30) {
            continue;
        }
        const std::string shown = quoted(name, 80);
        findings.conditions.push_back({.key = "input_old:" + shown,
                                       .kind = "input_old",
                                       .subject = shown,
                                       .title = "the input " + shown + " is old",
                                       .detail = "it is " + std::to_string(days / 10 * 10) +
                                                 " days old or more: what was mended since is not "
                                                 "on this machine",
                                       .severity = days > 90 ? Severity::warning : Severity::info,
                                       .trusted = false});
    }
    findings.facts.push_back(
        {.name = "inputs",
         .owner = "you",
         .state = findings.conditions.empty() ? Fact::State::good : Fact::State::amiss,
         .text = times.empty() ? "none that are locked"
                               : std::to_string(times.size()) + ", the oldest " +
                                     std::to_string(oldest) + " days old"});
    return findings;
}

} // namespace agentd::observers
