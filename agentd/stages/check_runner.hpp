/// @file
/// The flake's own checks, evaluated together and built one after the other.
#pragma once

#include "agentd/stages/checks.hpp"
#include "evaluator/flake_checks.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::stages {

/// Has the time of all checks together, from its making.
class CheckRunner {
  public:
    /// All of it outlives this.
    CheckRunner(const ChecksAsked& asked, const TestTools& tools, const Reporter& report,
                const std::stop_token& stop);

    /// Those that the setting and the base want, sorted.
    core::Result<std::vector<std::string>> names();
    /// One for each, in their order. Where all together end by time or by what is around them each
    /// has that end; what throws is asked alone, so that it is known why.
    std::vector<OneCheck> run(const std::vector<std::string>& names);

    const std::string& log() const noexcept { return log_; } ///< of every builder
    std::chrono::milliseconds nix_time() const noexcept { return nix_time_; }

  private:
    std::chrono::milliseconds left() const;
    evaluator::Nix nix() const;
    core::Result<std::vector<evaluator::CheckDerivation>>
    derivations(const evaluator::FlakeSource& source, const std::vector<std::string>& names);
    OneCheck run(const std::string& name, const evaluator::CheckDerivation& found);
    core::Result<core::StorePath> attempt(OneCheck& check, const evaluator::CheckDerivation& found);
    core::Result<core::StorePath> built(const core::StorePath& drv);
    void look_at_base(std::vector<OneCheck>& checks);
    template <class Outcome> std::optional<core::Problem> refused(Outcome& outcome);
    void note(const std::string& text, std::chrono::milliseconds nix);

    const ChecksAsked& asked_;
    const TestTools& tools_;
    const Reporter& report_;
    const std::stop_token& stop_;
    std::int64_t began_us_;
    std::string log_{};
    std::chrono::milliseconds nix_time_{};
};

} // namespace agentd::stages
