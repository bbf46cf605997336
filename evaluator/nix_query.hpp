/// @file
/// One expression evaluated against a flake at a commit: the way every question to a flake takes.
#pragma once

#include "agentd/core/json.hpp"
#include "evaluator/evaluation.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace agentd::evaluator {

struct FlakeAnswer {
    std::unique_ptr<core::Json> value{}; ///< an object
    std::vector<std::string> warnings{};
    std::chrono::milliseconds nix_time{};
};

using FlakeAsked = std::variant<FlakeAnswer, EvaluationRefused, EvaluationCancelled>;

/// What is special about one question.
struct HowAsked {
    bool read_only = false;                              ///< no derivation is written to the store
    std::string hidden{};                                ///< a mark of lines that nobody is to see
    std::function<void(std::string_view)> on_line{};     ///< each line of stderr as it comes
    std::optional<std::chrono::milliseconds> deadline{}; ///< sooner than that of every evaluation
    bool any_text = false;                 ///< what is no UTF-8 is drawn so; else it is no answer
    std::optional<std::uint64_t> memory{}; ///< bytes; less than that of every evaluation
};

/// Every evaluation comes through here, and none begins where the commit is not handed out as it is
/// (`attributes`). Calls `script` with `{ url = …; } // arguments`; the values of `arguments` are
/// Nix text already.
FlakeAsked ask_flake(const Nix& nix, const FlakeSource& source, std::string_view script,
                     const std::map<std::string, std::string>& arguments,
                     const std::stop_token& stop, const HowAsked& how = {});

/// The problem in what is not an answer; code `cancelled` when it was stopped.
core::Problem problem_of(const FlakeAsked& asked);

/// The list `hosts` of an answer, at most 4096.
std::vector<std::string> host_names(const core::Json& answer);

/// RFC 3986, with `/` kept.
std::string percent_encoded(std::string_view text);

} // namespace agentd::evaluator
