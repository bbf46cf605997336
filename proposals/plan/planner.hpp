/// @file
/// From typed operations to edits of a repository: which file, and how.
#pragma once

#include "proposals/plan/plan.hpp"
#include "proposals/plan/workspace.hpp"

#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals::plan {

/// All operations, or none. In this order: nothing where it is so already; an option of the owner's
/// that switches it; a module that is there and not imported; the binding that wins; the host's own
/// file, beside what is related; a new file. What is executable stays so. Problems, with `where` as
/// `file:line` or the index of the operation, beside those of the edits (`proposals/nix/edit.hpp`)
/// and of Workspace: `several_places`, `shared` (other hosts would change too), `conditional`,
/// `forced`, `generated`, `no_place`, `exists`.
core::Result<Plan> make_plan(map::Files& files, const map::RepoMap& map, const Request& request);

// The parts, for planner*.cpp only.

struct Ask {
    const Request& request;
    const Wish& wish;
    HostNames targets{};
    bool named() const { return !request.hosts.empty() || request.every_host; }
};
using Steps = core::Result<std::vector<Step>>;

Steps plan_set(Workspace& space, const Ask& ask);
Steps plan_unset(Workspace& space, const Ask& ask);
Steps plan_list(Workspace& space, const Ask& ask);
Steps plan_import(Workspace& space, const Ask& ask);
Steps plan_import_removal(Workspace& space, const Ask& ask);
Steps plan_module(Workspace& space, const Ask& ask);
Steps plan_input(Workspace& space, const Ask& ask);

/// As Nix, in the repository's own layout of lists.
std::string expression_of(const Value& value, const map::Style& style);
bool same_expression(std::string_view one, std::string_view other);
/// A refusal of an edit, with the file that it is of.
core::Problem in_file(core::Problem problem, const std::string& file);
/// Takes an edit over; `pkgs` and `lib` become arguments of the file where `names` use them.
core::Result<core::Done> take(Workspace& space, const std::string& file, nix::EditResult edit,
                              const std::vector<std::string>& names);
/// Where a new binding may go, the best of the candidates first. Where `every` is not empty, those
/// hosts and no others have to be made of it.
std::vector<const Candidate*> places_for(Workspace& space, const std::vector<Candidate>& candidates,
                                         const OptionPath& option, const HostNames& every);
/// The repository's own option that is the first names of this one, all of them or not.
const map::OwnOption* declared_above(const Workspace& space, const OptionPath& option);
/// The file is not about something else; for what is `common` it is about this, or about much.
bool takes(Workspace& space, const Candidate& at, const OptionPath& option, bool common);
/// `unread`: not all that the hosts are made of could be followed, and a file that is known to be
/// of no host sets the option.
std::optional<core::Problem> unread(Workspace& space, const OptionPath& option,
                                    const HostNames& hosts);
/// A new binding, for hosts that are named each in a file that is theirs alone.
Steps insert(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
             const HostNames& hosts, const std::string& expression);
using Definitions = std::vector<const Definition*>;
core::Problem several(const OptionPath& option, const Definitions& found);
/// No host is named, and what is found is of fewer than half of them.
core::Problem few(const Ask& ask, const HostNames& hosts, const std::string& where);
/// No host is named, and each of some has it for itself.
core::Problem not_all(const Ask& ask, const HostNames& hosts, const std::string& where);
bool is_few(const Ask& ask, const HostNames& hosts);
/// Others than who is named are made of the file.
core::Problem of_others(const OptionPath& option, const Definition& at);
/// Without the files where a computed name may be this one: Nix takes no set with both.
std::vector<Candidate> apart_from(const std::vector<Candidate>& all, const Workspace::Said& said);
/// It stands in a file that a program writes.
core::Problem by_program(const OptionPath& option, const Definition& at);
core::Problem forced(const OptionPath& option, const Definition& at);
core::Problem conditional(const OptionPath& option, const Definition& at);
/// A module of the repository that none of the hosts is made of, is called as a part of the option,
/// and sets it to true; nullopt where there is none, or several.
std::optional<std::string> module_for(Workspace& space, const OptionPath& option,
                                      const HostNames& hosts);
/// The repository's own option that the binding is under: `cfg.enable` where
/// `cfg = config.my.web`.
std::optional<OptionPath> switch_of(Workspace& space, const Definition& one,
                                    const OptionPath& option);
/// The switches that a binding is under are all on for a host, or one is off; nullopt where that
/// cannot be told.
std::optional<bool> holds(Workspace& space, const std::vector<Candidate>& candidates,
                          const Definition& one, const std::string& host);
/// The switch is about what the option turns on: it is called so, or says nothing else.
bool is_switch_of(Workspace& space, const OptionPath& by, const Definition& one,
                  const OptionPath& option);
/// The file is of the hosts that are asked for and of no others; what is said of all hosts may be
/// of those too that are no NixOS.
bool is_for(const Workspace& space, const Ask& ask, const Candidate& at);
/// The option that the value is taken from: `config.vars.zone`, also by way of a `let`.
std::optional<OptionPath> source_of(Workspace& space, const Definition& one,
                                    const OptionPath& option);
/// Into the file that imports its neighbours; for hosts that are named into one that is theirs
/// alone.
Steps import_into(Workspace& space, const Ask& ask, const std::vector<Candidate>& candidates,
                  const std::string& module, const HostNames& hosts);
/// By other means where the wish is none of those that were asked for.
Step step_at(const Ask& ask, const Candidate& at, bool changed, std::string how);
Step nothing_to_do(const Ask& ask, std::string how);
/// Imports that could not be followed, for people; at most three.
std::vector<std::string> doubts(const Workspace& space, const HostNames& hosts);

} // namespace agentd::proposals::plan
