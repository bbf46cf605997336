/// @file
/// Deleting old generations, and what nothing in the store keeps any more.
#pragma once

#include "agentd/applyd/activation.hpp"
#include "proposals/act.hpp"

#include <string>

namespace agentd::applyd {

/// An act on its way: its programs are found again by the nonce.
struct Course {
    const Tools& tools;
    std::string nonce{};
};

/// What machine::kept_systems names is rooted first, then the generations go by their numbers, then
/// Nix collects; afterwards everything that was to be kept is looked for. Says what was done.
core::Result<std::string> collect_garbage(const proposals::GcOlderThan& act, const Course& course);

} // namespace agentd::applyd
