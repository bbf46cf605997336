#include "agentd/stages/base.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

using evaluator::KnownEvaluation;
using evaluator::OptionValues;
using evaluator::OptionWords;

core::Result<OptionValues> options_alone(const BaseAsked& asked, const OptionWords& words,
                                         const std::stop_token& stop) {
    return evaluator::option_values(asked.nix, asked.scope.base, asked.host, words, stop);
}

/// Evaluated whole, once; nullopt when that cannot be.
std::optional<KnownEvaluation> evaluate_base(const BaseAsked& asked, const std::stop_token& stop) {
    const auto& words = asked.scope.words;
    auto outcome = evaluator::evaluate(asked.nix, asked.scope.base, asked.host, stop, words);
    auto* done = std::get_if<evaluator::Evaluated>(&outcome);
    if (done == nullptr) {
        return std::nullopt;
    }
    const bool read = done->options.has_value();
    return KnownEvaluation{.evaluated = std::move(*done), .words = read ? words : OptionWords{}};
}

/// What is known learns the words it lacks.
bool read_more(const BaseAsked& asked, KnownEvaluation& known, const std::stop_token& stop) {
    OptionWords words = known.words;
    words.insert(asked.scope.words.begin(), asked.scope.words.end());
    auto values = options_alone(asked, words, stop);
    if (values) {
        known.evaluated.options = std::move(*values);
        known.words = std::move(words);
    }
    return values.has_value();
}

Base look(const BaseAsked& asked, const std::stop_token& stop) {
    auto known = asked.shelf->find(asked.scope.base, asked.host);
    auto options = known ? known->options_for(asked.scope.words) : std::nullopt;
    if (!options) {
        bool learned = false;
        if (known) {
            learned = read_more(asked, *known, stop);
        } else {
            known = evaluate_base(asked, stop);
            learned = known.has_value();
        }
        if (learned) {
            asked.shelf->keep(asked.scope.base, asked.host, *known);
            options = known->options_for(asked.scope.words);
        }
    }
    return {.options = options ? core::Result<OptionValues>(std::move(*options))
                               : options_alone(asked, asked.scope.words, stop),
            .warnings = known ? std::optional(std::move(known->evaluated.warnings)) : std::nullopt,
            .declared = known ? std::move(known->evaluated.declared) : std::nullopt};
}

Base safely(const BaseAsked& asked, const std::stop_token& stop) try {
    return asked.shelf != nullptr ? look(asked, stop)
                                  : Base{.options = options_alone(asked, asked.scope.words, stop)};
} catch (const core::Failure& failure) {
    return {.options = core::Problem{.code = "unavailable", .message = failure.what()}};
}

} // namespace

BaseLook::BaseLook(const BaseAsked& asked, const std::stop_token& stop)
    : forward_(stop, [this] { stop_.request_stop(); }),
      base_(std::async(std::launch::async,
                       [asked, own = stop_.get_token()] { return safely(asked, own); })) {}

std::optional<std::vector<std::string>>
new_warnings(const std::vector<std::string>& now,
             const std::optional<std::vector<std::string>>& before) {
    if (!before) {
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const auto& warning : now) {
        if (std::find(before->begin(), before->end(), warning) == before->end()) {
            out.push_back(warning);
        }
    }
    return out;
}

ShownWarnings shown_warnings(const std::vector<std::string>& all,
                             const std::optional<std::vector<std::string>>& fresh) {
    constexpr std::size_t most = 20;
    constexpr std::size_t longest = 1000;
    ShownWarnings shown;
    const auto is_fresh = [&](const std::string& warning) {
        return fresh && std::find(fresh->begin(), fresh->end(), warning) != fresh->end();
    };
    auto sorted = all;
    const auto old = std::stable_partition(sorted.begin(), sorted.end(), is_fresh);
    const auto news = std::min(most, static_cast<std::size_t>(old - sorted.begin()));
    for (const auto& warning : sorted) {
        if (shown.all.size() < most) {
            shown.all.push_back(core::shorten(core::to_utf8(warning), longest));
        }
    }
    if (fresh) {
        shown.fresh.emplace(shown.all.begin(),
                            shown.all.begin() + static_cast<std::ptrdiff_t>(news));
    }
    return shown;
}

} // namespace agentd::stages
