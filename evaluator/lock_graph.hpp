/// @file
/// A flake.lock as a graph, for comparing: nodes and the names that lead from one to the other.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace agentd::evaluator {

class LockGraph {
  public:
    /// Problem `lock_unreadable`: no lock of version 5 to 7 with a root, or with more in it than
    /// Nix writes.
    static core::Result<LockGraph> read(std::string_view text);

    const core::Json& root() const;
    /// nullptr where there is none of that name.
    const core::Json* node(const std::string& name) const;
    /// The inputs of a node by name: a node's name, or a path of names from the root.
    static core::Json inputs(const core::Json& node);
    /// It is a path, and begins elsewhere than at this input of the root.
    static bool leads_out(const core::Json& edge, const std::string& top);
    /// Every node can be reached from the root without a path.
    bool all_reached() const;
    /// As Nix writes it.
    std::string text() const;

  private:
    explicit LockGraph(std::shared_ptr<const core::Json> whole) : whole_(std::move(whole)) {}
    std::shared_ptr<const core::Json> whole_;
};

/// `original` of a lock is what this address of flake.nix means.
bool names_place(std::string_view address, const core::Json& original);

} // namespace agentd::evaluator
