// What the host's flake can be asked for: its options and packages.
#include "agentd/api/api.hpp"
#include "agentd/planners/operation_check.hpp"
#include "evaluator/index/index_json.hpp"

#include <nlohmann/json.hpp>

namespace agentd::api {

using core::Json;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t most_words = 512;

struct Question {
    std::string words{};
    std::size_t limit = evaluator::default_hits;
};

Result<Question> question_of(const Json& params) {
    core::ObjectReader reader(params, "params");
    Question out{.words = reader.text("words", most_words)};
    if (reader.has("limit")) {
        out.limit = static_cast<std::size_t>(reader.integer("limit", 1, evaluator::most_hits));
    }
    const auto done = reader.finish();
    return done ? Result<Question>(std::move(out)) : done.problem();
}

} // namespace

Result<std::unique_ptr<evaluator::OptionIndex>> Api::index_now(const std::stop_token& stop) {
    const auto head = pipeline_.head();
    return head ? pipeline::index_at(in_, *head, stop)
                : Result<std::unique_ptr<evaluator::OptionIndex>>(head.problem());
}

/// What is wrong with operations is told before anything is made of them. Where the branch itself
/// cannot be evaluated nothing is checked, and the test of the proposal says why.
Result<std::vector<std::string>> Api::unchecked_in(const proposals::plan::Request& wanted,
                                                   const std::stop_token& stop) {
    const auto index = index_now(stop);
    if (index) {
        return planners::check_operations(wanted, **index);
    }
    if (stop.stop_requested()) {
        return index.problem();
    }
    std::vector<std::string> all;
    for (const auto& wish : wanted.operations) {
        for (const auto& operation : on_options(wish)) {
            all.push_back(operation.option.str());
        }
    }
    return all;
}

Result<Json> Api::options_search(const Call& call) {
    const auto question = question_of(call.params);
    if (!question) {
        return question.problem();
    }
    const auto index = index_now(call.stop);
    return index ? evaluator::options_found(**index, question->words, question->limit)
                 : Result<Json>(index.problem());
}

Result<Json> Api::options_show(const Call& call) {
    core::ObjectReader reader(call.params, "params");
    const std::string text = reader.text("path", proposals::OptionPath::max_bytes);
    if (const auto done = reader.finish(); !done) {
        return done.problem();
    }
    const auto index = index_now(call.stop);
    if (!index) {
        return index.problem();
    }
    const auto found = (*index)->show(text);
    return found ? evaluator::to_json(*found) : Result<Json>(found.problem());
}

Result<Json> Api::packages_search(const Call& call) {
    const auto question = question_of(call.params);
    if (!question) {
        return question.problem();
    }
    const auto index = index_now(call.stop);
    return index ? evaluator::packages_found(**index, question->words, question->limit)
                 : Result<Json>(index.problem());
}

} // namespace agentd::api
