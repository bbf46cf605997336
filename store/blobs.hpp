/// @file
/// Bytes kept under the digest of themselves.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace agentd::store {

struct Collected {
    std::size_t kept = 0;
    std::size_t removed = 0;
    std::size_t bytes_removed = 0;
};

/// `<directory>/sha256/ab/cdef…`. What `put` returned survives a power cut; what `get` returns has
/// the digest that was asked for. One thread puts and collects; any may get.
class Blobs {
  public:
    static constexpr std::size_t max_bytes = 64U << 20;

    /// @param directory made when missing, e.g. `<state>/blobs`.
    explicit Blobs(std::string directory);

    /// Problem `too_large` above max_bytes. Bytes that are there already are checked, and mended
    /// when they are damaged.
    core::Result<core::Digest> put(std::string_view bytes);
    /// nullopt when it is not there; Failure corrupt when the stored bytes are not those.
    std::optional<std::string> get(const core::Digest& digest) const;
    bool contains(const core::Digest& digest) const;

    /// Removes every blob that is not in `live` and was last put more than `grace` before `now`,
    /// and what writers that died left behind. Files that are no blobs are left alone.
    Collected collect(const std::set<core::Digest>& live, core::Instant now,
                      std::chrono::seconds grace);

  private:
    std::string path_of(const core::Digest& digest) const;
    void write(const core::Digest& digest, std::string_view bytes);
    std::string directory_;
};

} // namespace agentd::store
