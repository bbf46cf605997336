/// @file
/// Files below `etc` whose meaning is known by their place: one row a file or folder, told with the
/// lines that change.
#pragma once

#include "evaluator/effects/classifier.hpp"

#include <span>
#include <string_view>

namespace agentd::evaluator::effects {

struct FileRow {
    std::string_view path{}; ///< a file, or a folder when it ends with a slash
    std::string_view area{};
    std::string_view kind{};
    Risk risk = Risk::high;
    std::string_view sentence{};
    bool table = false; ///< made by a program for a program: no text to show
};

/// Tells and claims what differs in the rows' places and nobody claimed before. What is a link out
/// of the closure, unreadable or no text (but for a `table`) is left to be unclassified.
void tell_rows(std::span<const FileRow> rows, const Side& before, const Side& after, Claims& claims,
               Sink& sink);

} // namespace agentd::evaluator::effects
