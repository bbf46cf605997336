/// @file
/// Setting one option; for plan_values*.cpp only.
#pragma once

#include "proposals/plan/planner.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals::plan {

/// In parentheses where it is no argument by itself.
std::string as_one(const std::string& expression);

/// NixOS refuses a login shell of some kinds that is not turned on as a program.
void say_what_a_shell_needs(Workspace& space, const Ask& ask, std::vector<Step>& steps);

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
    /// Of a set that is said as a whole (`settings = mkDefault { … }`): there, or not at all.
    std::optional<Steps> in_whole();
    /// A list stands there, and one value is wanted; or a text where a number is.
    std::optional<core::Problem> other_kind() const;
    /// What is above it in its path is a value, not a set.
    std::optional<core::Problem> below_a_value() const;
    /// Into the file that is named; over what other files say for the same hosts.
    Steps insert_beside_others();
    Steps change(const Definition& one) { return change(one, written_); }
    /// `written`: the value with its mkForce or mkDefault.
    Steps change(const Definition& one, const std::string& written);
    /// A number where a text is said, here or for other hosts, is meant as a text.
    void read_as_text();
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
    struct Chosen {
        std::map<const Definition*, HostNames> winners{};
        std::map<const Definition*, HostNames> raised{}; ///< their own, forced over what they share
        std::map<const Definition*, HostNames> guarded{}; ///< forced over what a condition hides
        HostNames without{};
    };
    std::optional<core::Problem> choose(const std::string& host, Chosen& out) const;
    /// Several say it as strongly for a host.
    std::optional<core::Problem> choose_among(const std::string& host, int priority,
                                              Chosen& out) const;
    /// Of its hosts, that are asked for, every one has it.
    bool is_firm(const Definition& one) const;
    Definitions loose_of(const std::string& host) const;
    Steps raise(const Definition& one);
    /// A value under a condition that cannot be told is said over.
    Steps over_guarded(const Definition& one, const HostNames& hosts);
    /// Where the value is another option's, that one is changed for these hosts.
    Steps at_source(const OptionPath& source, const Definition& one, const HostNames& hosts);
    /// Other hosts share the binding: these hosts say otherwise for themselves.
    Steps over(const Definition& one, const HostNames& hosts);
    Steps for_the_first_time(const HostNames& hosts);
    /// An option of the repository's own, of a file that other hosts are made of and these not.
    std::optional<core::Problem> not_declared_for(const HostNames& hosts) const;
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
