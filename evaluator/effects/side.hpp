/// @file
/// One of the two systems that are compared: its tree, its closure and the store both live in, read
/// and parsed once for all who look at it.
#pragma once

#include "evaluator/effects/store_reader.hpp"
#include "evaluator/effects/tree.hpp"
#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// The lines `path<TAB>narHash<TAB>narSize<LF>` of a closure manifest. Refused when one line has
/// another form, a path repeats, or there are more than 200,000.
core::Result<Closure> parse_manifest(std::string_view text, std::string_view prefix = "/nix/store");

struct Side {
    StoreReader store; ///< kept to the closure
    std::string toplevel{};
    Tree tree{};
    Closure closure{};
    Units units{};      ///< of `etc/systemd/system`
    Units user_units{}; ///< of `etc/systemd/user`
    /// Names at which the trees of the two sides differ, sorted; the same on both.
    std::vector<std::string> differences{};
    /// Store paths of the parts that classifiers read in full: `toplevel`, `etc`, `sw`, `accounts`.
    /// Only these may change their hash without a word from the text that names them.
    std::map<std::string, std::string> parts{};
};

/// Reads a toplevel. Refused when it is not a directory of the store itself.
core::Result<Side> read_side(const StoreReader& store, const std::string& toplevel,
                             Closure closure);

/// Makes the two the sides of one comparison.
void set_against(Side& before, Side& after);

} // namespace agentd::evaluator::effects
