/// @file
/// The colours of Nix for the lines of a diff.
#pragma once

#include "proposals/diff.hpp"
#include "proposals/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace agentd::proposals {

struct ColourLimits {
    std::size_t source = 1U << 20;    ///< bytes of one side of a file
    std::size_t sources = 16U << 20;  ///< bytes of all that is read
    std::size_t message = 640U << 10; ///< bytes of JSON that the diff may grow to, about
};

/// Fills `colours` of the `.nix` files' lines: removed ones as the text before has them, all others
/// as the text after. A side that is no Nix, no UTF-8 or too large stays plain, and so does a file
/// whose colours find no more room; that is no error.
void colour(std::vector<DiffFile>& files, const TreeReader& before, const TreeReader& after,
            const ColourLimits& limits = {});
/// The same of one file; nullopt: it is not there on that side.
void colour(DiffFile& file, const std::optional<std::string>& before,
            const std::optional<std::string>& after, const ColourLimits& limits = {});

} // namespace agentd::proposals
