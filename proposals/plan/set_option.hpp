/// @file
/// Setting one option; for plan_values*.cpp only.
#pragma once

#include "proposals/plan/planner.hpp"

#include <string>
#include <vector>

namespace agentd::proposals::plan {

/// In parentheses where it is no argument by itself.
std::string as_one(const std::string& expression);

class SetOption {
  public:
    SetOption(Workspace& space, const Ask& ask)
        : space_(space), ask_(ask), option_(*ask.wish.option),
          wanted_(expression_of(*ask.wish.value, space.map().style)),
          written_(ask.wish.weak ? "lib.mkDefault " + as_one(wanted_) : wanted_) {}

    Steps run();

  private:
    /// Something else is said already, under whatever condition.
    std::optional<core::Problem> taken() const;
    /// A default that a program has written is said over elsewhere, not changed.
    void pass_over_generated();
    /// It says what is wanted, as weakly where that is wanted too.
    bool is_so(const Definition& one) const;
    bool is_written_by_program(const Definition& one) const;
    Steps in_module();
    /// Into the file that is named; over what other files say for the same hosts.
    Steps insert_beside_others();
    Steps change(const Definition& one);
    /// No host is named: what most of them are made of.
    Steps anywhere();
    /// The binding, and those that say the same as strongly for some of its hosts.
    Steps with_its_likes(const Definition& best);
    struct Winner {
        const Definition* one{};
        bool several{};
    };
    Winner winner(const std::string& host, const Definitions& among) const;
    Steps for_hosts();
    /// Where the value is another option's, that one is changed for these hosts.
    Steps at_source(const OptionPath& source, const Definition& one, const HostNames& hosts);
    /// Other hosts share the binding: these hosts say otherwise for themselves.
    Steps over(const Definition& one, const HostNames& hosts);
    Steps for_the_first_time(const HostNames& hosts);
    Steps toggle();
    /// The only definition, under a switch of the repository's own that is on somewhere.
    Steps under_switch(const Definition& one, const OptionPath& by);

    Workspace& space_;
    const Ask& ask_;
    const OptionPath& option_;
    std::string wanted_;
    std::string written_; ///< with mkDefault, where hosts may say otherwise
    std::vector<Candidate> candidates_{};
    Workspace::Said said_{};
    Definitions firm_{};
    Definitions loose_{};
};

} // namespace agentd::proposals::plan
