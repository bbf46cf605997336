/// @file
/// What came of typed operations: edits, and a step for each thing that was wished.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "proposals/plan/request.hpp"
#include "proposals/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::plan {

/// What was done for an operation, in one file.
struct Step {
    static constexpr std::size_t max_text = 500; ///< bytes of each text
    static constexpr std::size_t max_hosts = 64;
    static constexpr std::size_t max_notes = 8;

    std::string wish{}; ///< for people
    bool changed{};     ///< false: it is so already
    std::string file{};
    std::vector<std::string> hosts{}; ///< that are made of the file; empty where that is not known
    std::string how{};                ///< why there
    /// The file is not changed in what was asked for, but in something that brings it: a module
    /// that is imported, a switch of the repository's own. What else that brings the operations do
    /// not say.
    bool by_other_means = true;
    std::vector<std::string> notes{};
    friend bool operator==(const Step&, const Step&) = default;
};

struct Plan {
    static constexpr std::size_t max_steps = 256;
    static constexpr std::size_t max_bytes = 16U << 20; ///< as JSON

    std::vector<Step> steps{};
    std::vector<FileEdit> edits{};
};

/// For whom operations were meant, and what came of each: kept with a proposal.
struct Planned {
    std::vector<std::string> hosts{};
    bool every_host = false;
    std::vector<Step> steps{};
    friend bool operator==(const Planned&, const Planned&) = default;
};

/// Texts are made UTF-8 and cut to the bounds; hosts beyond them become a note.
core::Json to_json(const Step& step);
core::Json to_json(const Planned& planned);
/// `agentd.planned/1`. Problem `bad_encoding` where a file would be no UTF-8.
core::Result<core::Json> to_json(const Plan& plan);
/// A text as a step has it once it was written: UTF-8, safe to draw, within its bound.
std::string kept(std::string_view text);
/// What a plan tells and what it edits has to be the same: each operation has a step and no step is
/// for anything else, each file that is edited is named by a step that changes it. Problems:
/// `untold`; `taken_back` where a step changes a file that stays as it is.
std::optional<core::Problem> disagreement(const Request& request, const Plan& plan);
/// Strict, and within the bounds: who made the text is not believed.
core::Result<Step> step_from_json(const core::Json& value);
core::Result<Planned> planned_from_json(const core::Json& value);
core::Result<Plan> plan_from_json(const core::Json& value);

} // namespace agentd::proposals::plan
