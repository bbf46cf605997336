/// @file
/// What the base of a change was, for comparing: known from an earlier proposal, or found out
/// beside the build.
#pragma once

#include "agentd/stages/options.hpp"
#include "evaluator/evaluation_shelf.hpp"

#include <functional>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

struct Base {
    core::Result<evaluator::OptionValues> options;      ///< as the words of the change read them
    std::optional<std::vector<std::string>> warnings{}; ///< nullopt where it was not evaluated
    std::optional<evaluator::agreement::Statements> declared{}; ///< likewise
};

struct BaseAsked {
    const evaluator::Nix& nix;
    evaluator::EvaluationShelf* shelf =
        nullptr; ///< nullptr: nothing is kept, only options are read
    const OptionScope& scope;
    core::HostName host;
};

/// Begins at once, on a thread of its own: two evaluations at a time would take twice the memory,
/// so it is made when the candidate's is done. What goes wrong with it is told, and is not the
/// candidate's fault.
class BaseLook {
  public:
    BaseLook(const BaseAsked& asked, const std::stop_token& stop);
    ~BaseLook() { stop_.request_stop(); } // nobody waits for it when the build has failed
    BaseLook(const BaseLook&) = delete;
    BaseLook& operator=(const BaseLook&) = delete;

    /// Waits.
    Base get() { return base_.get(); }

  private:
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> forward_;
    std::future<Base> base_; ///< waits where it is destroyed
};

/// Those that the base did not have; nullopt where that is not known.
std::optional<std::vector<std::string>>
new_warnings(const std::vector<std::string>& now,
             const std::optional<std::vector<std::string>>& before);

/// As people are shown them: those that the change brings first, then the others, 20 in all.
struct ShownWarnings {
    std::vector<std::string> all{};
    std::optional<std::vector<std::string>> fresh{}; ///< those of `all`; nullopt where not known
};
ShownWarnings shown_warnings(const std::vector<std::string>& all,
                             const std::optional<std::vector<std::string>>& fresh);

} // namespace agentd::stages
