/// @file
/// One element of a list; for plan_lists*.cpp only.
#pragma once

#include "proposals/plan/planner.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace agentd::proposals::plan {

class ListEdit {
  public:
    ListEdit(Workspace& space, const Ask& ask);
    Steps run();

  private:
    nix::EditStyle style(const Definition& one) const;
    /// Of the list that is written out in the file of the binding, or in a file that it reads: one
    /// edit for all bindings of that file, until something is taken over.
    const nix::EditResult& removal(const Definition& one);
    nix::EditResult addition(const Definition& one);
    /// Takes an edit over where the list is; `generated` and `shared` are refused.
    core::Result<Step> taken(const Definition& one, nix::EditResult edit, const std::string& how);
    /// Something of it is in a list there; under a condition it counts where `in` names the place.
    bool has(const Definition& one);
    bool counts(const Definition& one) const { return !one.conditional || !ask_.wish.in.empty(); }
    /// Of the definitions that count for a host those that are strongest; others are not heard.
    std::vector<const Definition*> heard() const;
    /// A package that a list under a condition has already.
    const Definition* under_condition();
    Steps add();
    Steps add_anywhere(const std::vector<const Definition*>& all);
    /// A list in a module of something else is no place, nor is a file that a program writes.
    /// Where packages of every kind are listed the file is about them, or about much.
    bool is_fitting(const Definition& one);
    bool fits_now(const Definition& one);
    /// A module that one host alone imports today is not the host's own.
    bool is_at_home(const Definition& one);
    bool is_at_home_now(const Definition& one);
    using Rank = std::tuple<std::size_t, long, std::size_t>;
    static Rank rank_of(const Definition& one);
    const Definition* best_for(const HostNames& missing, const std::vector<const Definition*>& all);
    /// In the file where a new one would go.
    const Definition* in_place_of_new(const HostNames& hosts,
                                      const std::vector<const Definition*>& all);
    Steps add_for(HostNames missing, const std::vector<const Definition*>& all);
    Steps put(const Definition& one);
    Steps new_list(const HostNames& hosts);
    Steps remove();
    /// No list that is known has it: one of a file that may be of the hosts does, or it is a
    /// program that a switch brings.
    std::optional<core::Problem> elsewhere();
    std::optional<core::Problem> switched_on();
    /// Lists of packages of these hosts and their users that have it, for people; a few.
    std::vector<std::string> other_lists();
    /// The user has it by `users.users.NAME.packages`.
    std::optional<Step> there_for_the_user();
    /// By the list of an interface; services that open their ports by themselves are noted.
    std::optional<core::Problem> opened_elsewhere(std::vector<std::string>& notes);
    /// That it is off, or that something else opens the port.
    void say_what_the_firewall_does(std::vector<Step>& steps);

    Workspace& space_;
    const Ask& ask_;
    const OptionPath& option_;
    nix::Element element_;
    std::vector<Candidate> candidates_{};
    Workspace::Said said_{};
    const Definition* there_{}; ///< one that has the element already
    std::map<std::pair<std::string, bool>, nix::EditResult> removals_{};
    /// By file, and whether the binding has another priority than the usual.
    std::map<std::pair<const Candidate*, bool>, bool> fitting_{};
    std::map<std::pair<const Candidate*, bool>, bool> at_home_{};
};

} // namespace agentd::proposals::plan
