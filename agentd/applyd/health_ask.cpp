#include "agentd/applyd/health_ask.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::applyd {

namespace {

using core::Json;
using namespace std::chrono;

constexpr std::size_t longest_answer = 4096;

std::string one_line(std::string_view text) {
    return core::printable(core::trim(text.substr(0, text.find('\n'))));
}

Asked broken(std::string why) {
    return {.impossible = true, .detail = "agentd-probe " + std::move(why)};
}

} // namespace

Asked read_answer(const sandbox::Outcome& outcome) {
    if (std::holds_alternative<sandbox::TimedOut>(outcome.ending) ||
        std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return {.detail = sandbox::describe(outcome.ending)};
    }
    if (!outcome.succeeded()) {
        const auto last_words = core::shorten(one_line(outcome.err.bytes), 100);
        return broken(sandbox::describe(outcome.ending) + " and gave no answer" +
                      (last_words.size() < 2 ? "" : ": " + last_words)); // `+` says: it began
    }
    const auto said = core::parse_json(outcome.out.bytes, {.bytes = longest_answer, .depth = 1});
    if (!said) {
        return broken("answered nonsense: " + one_line(said.problem().message));
    }
    core::ObjectReader reader(*said, "answer");
    const Asked asked{.ok = reader.boolean("ok"),
                      .impossible = reader.boolean("impossible"),
                      .detail = one_line(reader.text("detail", longest_answer))};
    const auto done = reader.finish();
    if (!done || (asked.ok && asked.impossible)) {
        return broken("answered nonsense: " +
                      (done ? "both well and impossible" : one_line(done.problem().message)));
    }
    return asked;
}

Json Asker::question(const HealthCheck& check, const CheckWay& way) const {
    const bool disk = check.kind == HealthKind::disk;
    const bool key = check.kind == HealthKind::ssh && !check.ssh_user.empty();
    return {{"kind", to_string(check.kind)},
            {"target", disk                  ? machine_.on_host(check.target)
                       : way.program.empty() ? check.target
                                             : way.program},
            {"seconds", check.timeout.count()},
            {"arguments", check.arguments},
            {"free_mb", check.free_mb},
            {"free_inodes", check.free_inodes},
            {"user", key ? check.ssh_user : ""},
            {"key", key ? machine_.on_host(check.ssh_key) : ""},
            {"outside", check.kind == HealthKind::ssh && !way.from_inside}};
}

Asked Asker::ask_probe(const HealthCheck& check, const Json& question,
                       const std::stop_token& stop) {
    auto command = machine_.in_network(probe_, {});
    try {
        command.input = core::canonical(question);
        // A program that had all its time still gets some to end in.
        const bool program = question.at("kind") == "command";
        command.deadline = check.timeout + (program ? 2 * command.grace : seconds(2));
        command.out = {.bytes = longest_answer, .above = sandbox::Cap::Above::stop};
        command.err.bytes = longest_answer;
        return read_answer(sandbox::run(command, stop));
    } catch (const core::Failure& failure) {
        return {.impossible = true, .detail = failure.what()};
    }
}

/// The detail is the file in the store that the program is now: what a switch puts in its place
/// judges nothing.
Asked Asker::find_program(const HealthCheck& check, const std::stop_token& stop) {
    constexpr std::string_view current = "/run/current-system/";
    const auto running = machine_.links().running;
    Json where = question(check, {});
    where["kind"] = "find";
    where["arguments"] = Json::array();
    where["target"] = check.target.starts_with(current) && running
                          ? running->str() + check.target.substr(current.size() - 1)
                          : machine_.on_host(check.target);
    return ask_probe(check, where, stop);
}

Asker::First Asker::ask_first(const HealthCheck& check, const std::stop_token& stop) {
    First first;
    if (check.kind == HealthKind::command) {
        const Asked found = find_program(check, stop);
        first.way.program = found.ok ? found.detail : "";
    }
    HealthCheck soon = check;
    if (check.kind == HealthKind::ssh) { // it may have to be asked twice
        soon.timeout = std::min(check.timeout, seconds(3));
    }
    first.asked = ask(soon, first.way, stop);
    if (check.kind == HealthKind::ssh && !first.asked.ok) {
        const CheckWay inside{.from_inside = true, .why_inside = first.asked.detail};
        Asked there = ask(soon, inside, stop);
        if (there.ok || first.asked.impossible) { // else it answers nobody
            first = {.way = inside, .asked = std::move(there)};
        }
    }
    return first;
}

Asked Asker::ask(const HealthCheck& check, const CheckWay& way, const std::stop_token& stop) {
    if (check.kind == HealthKind::unit) {
        return ask_unit(check);
    }
    const bool lost = check.kind == HealthKind::command && way.program.empty();
    Asked asked = lost ? find_program(check, stop) : ask_probe(check, question(check, way), stop);
    if (lost && asked.ok) {
        asked = ask_probe(check, question(check, {.program = asked.detail}), stop);
    }
    asked.detail = check.target + ": " + core::shorten(asked.detail, 200);
    if (!way.why_inside.empty()) {
        asked.detail += " (asked from inside; from outside: " + way.why_inside + ")";
    }
    return asked;
}

Asked Asker::ask_unit(const HealthCheck& check) {
    try {
        const auto units = machine_.units().list();
        const auto* unit = machine::find_unit(units, check.target);
        return {.ok = unit != nullptr && unit->active == "active",
                .detail = check.target + ": " +
                          (unit == nullptr ? "there is no such unit"
                                           : unit->active + " (" + unit->sub + ")")};
    } catch (const core::Failure& failure) {
        return {.detail = failure.what()};
    }
}

} // namespace agentd::applyd
