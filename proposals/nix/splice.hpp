/// @file
/// Puts splices into a text and holds that they did what they were meant to, and nothing else.
#pragma once

#include "proposals/nix/edit.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace agentd::proposals::nix {

/// What an edit is meant to change. Counted are the outermost nodes only: a binding with all that
/// is inside counts once.
struct Expected {
    std::size_t inserted{};
    std::size_t removed{};
    bool new_function{}; ///< the whole text becomes the body of a function
};

/// `splices` in any order, not overlapping. Refuses (`would_break`) when the result is no Nix,
/// breaks a rule of `check` that held before, or when other nodes than those inside the splices
/// are new, gone or of another kind; `generated` when the file says that it is written by a
/// program.
EditResult finish(const Tree& tree, std::vector<Splice> splices, const Expected& expected);

/// A refusal with the place of `node` ("line:column"), said in the sentence too.
core::Problem refuse(const Tree& tree, NodeId node, std::string code, std::string message,
                     std::string hint = {});

} // namespace agentd::proposals::nix
