/// @file
/// What classifiers of files below `etc` share: which names differ, and the companions NixOS writes
/// beside a file (`.mode`, `.uid`, `.gid`).
#pragma once

#include "evaluator/effects/classifier.hpp"

#include <set>
#include <string>
#include <string_view>

namespace agentd::evaluator::effects {

/// Names of the trees that begin with `start` and differ between the sides, companions left out.
std::set<std::string> differing(const Side& before, const Side& after, std::string_view start);

/// Claims `path`, and its companions as far as they come and go with it and give nobody but root
/// rights.
void claim_file(const Side& before, const Side& after, const std::string& path, Claims& claims);

/// True when each side has a readable file there or nothing.
bool is_text_or_absent(const Side& before, const Side& after, const std::string& path);

/// `added`, `removed` or `changed`.
std::string how_it_differs(const Side& before, const Side& after, const std::string& path);

/// A line without blanks at its ends, white space within it made one space.
std::string squeezed(std::string_view line);

/// Lines without comments (`#`) and blanks, white space within them made one space.
std::set<std::string> meaningful_lines(const std::string* text);

/// Says "other builds of the same packages" of a file, at risk `none`.
void tell_builds(const std::string& path, Sink& sink);

} // namespace agentd::evaluator::effects
