/// @file
/// The parts of a goal that say where: hosts, users, modules.
#pragma once

#include "agentd/planners/goal/pattern.hpp"

#include <utility>
#include <vector>

namespace agentd::planners::goal {

/// A scope with the place behind it.
using Scoped = std::vector<std::pair<std::size_t, Scope>>;

/// Finds scopes; each place of a goal is looked at once.
class ScopeReader {
  public:
    ScopeReader(const Scene& scene, Furthest& furthest) : scene_(scene), furthest_(furthest) {}

    /// `on host web`, also in parentheses or behind a comma.
    const Scoped& at(std::size_t place);
    /// What may open a clause: `On host web, …`, `Host web should …`, `could you please …`.
    Scoped opening(std::size_t place);

  private:
    Scoped plain(std::size_t place);
    Scoped fit(std::size_t place, bool opens);

    const Scene& scene_;
    Furthest& furthest_;
    std::map<std::size_t, Scoped> known_{};
};

/// Words of its phrases.
std::vector<std::string> scope_words();

} // namespace agentd::planners::goal
