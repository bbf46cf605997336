/// @file
/// A source that came as an archive (NAR) from somebody else: how it gets into the store.
#pragma once

#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/nix.hpp"

#include <cstdint>
#include <stop_token>
#include <string>

namespace agentd::evaluator {

/// A NAR on disk whose bytes were hashed while they were written.
struct SourceNar {
    std::string folder{}; ///< absolute, with `source.nar` in it and nothing else
    core::Digest hash;    ///< of it
    std::uint64_t bytes = 0;
};

/// Adds it as `path`; Nix hashes it once more, by its content. `folder` gets two more files.
/// Refused (`input_mismatch`): it is not what `path` names. (`input_not_fetched`): Nix did not take
/// it.
core::Result<core::Done> add_source(const Nix& nix, const SourceNar& nar,
                                    const SourceWanted& wanted, const std::stop_token& stop);

} // namespace agentd::evaluator
