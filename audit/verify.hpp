/// @file
/// Whether a log is what was written: needs the directory and nothing else, best with a key and a
/// checkpoint that were kept elsewhere.
#pragma once

#include "agentd/core/digest.hpp"
#include "audit/layout.hpp"
#include "audit/seal.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace agentd::audit {

struct VerifyOptions {
    bool strict = false; ///< also: canonical form, ids given once, monotonic time within a boot
    /// The writer may be at work: a tail that is not sealed yet is no flaw.
    bool live = false;
    /// The key as it was printed at setup; else the one in the first entry is believed.
    std::optional<VerifierKey> key{};
    /// What was once seen signed: the log must hold it still.
    std::optional<Checkpoint> anchor{};
    std::uint64_t segment_leaves = default_segment_leaves;
};

enum class Flaw {
    no_log,     ///< there is nothing to verify
    altered,    ///< an entry's bytes are not those that were sealed
    missing,    ///< an entry was taken out
    inserted,   ///< a line was put in or doubled
    reordered,  ///< entries changed places
    seal,       ///< a seal's bytes are damaged
    wrong_key,  ///< signed with another key, or another log
    truncated,  ///< the end is cut off
    unsealed,   ///< bytes behind the last seal: never acknowledged, a crash leaves them
    forked,     ///< not a continuation of the anchor or checkpoint
    checkpoint, ///< the checkpoint file is not readable
    tile,       ///< a tile does not agree with the sealed log
    not_strict, ///< sealed, but not written as the format says
    stranger,   ///< files in log/ that do not belong there
};
std::string_view to_string(Flaw flaw) noexcept;

/// The first thing that is wrong.
struct Finding {
    Flaw flaw{};
    std::uint64_t entry = 0;  ///< number of the entry; for a seal, the last entry it covers
    std::string segment{};    ///< file name below `log/`, or the file concerned
    std::uint64_t offset = 0; ///< in that file
    std::string message{};    ///< one sentence for a person
};

struct VerifyReport {
    std::uint64_t size = 0;                   ///< entries that were found good
    core::Digest root{core::Digest::Bytes{}}; ///< of those
    std::uint64_t seals = 0;                  ///< signatures checked
    std::string vkey{}; ///< the key believed; compare it with the one printed at setup
    std::optional<Finding> problem{};
    bool ok() const noexcept { return !problem.has_value(); }
};

/// Never changes anything. Failure only when the directory cannot be read.
VerifyReport verify_directory(const std::string& directory, const VerifyOptions& options = {});

} // namespace agentd::audit
