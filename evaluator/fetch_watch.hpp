/// @file
/// Follows what is taken from caches by what Nix says, and notices a cache that sends more than it
/// said.
#pragma once

#include "evaluator/build.hpp"
#include "evaluator/nix_message.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

class FetchWatch {
  public:
    /// @param most bytes of all paths together, unpacked
    FetchWatch(const BuildCallback& on_event, std::uint64_t most, std::size_t log_limit)
        : on_event_(on_event), most_(most), log_limit_(log_limit) {}

    /// One line of Nix's stderr.
    void line(std::string_view line);
    /// How many paths are expected, for the counts.
    void expect(std::size_t paths) noexcept { expected_ = static_cast<int>(paths); }
    void phase(std::string text);
    /// The question is asked anew: what was named and complained about is forgotten.
    void ask_again();

    /// Why it has to end at once.
    const std::optional<core::Problem>& wrong() const noexcept { return wrong_; }
    /// The store paths that were named alone in a message: what Nix would fetch or build.
    const std::vector<core::StorePath>& named() const noexcept { return named_; }
    /// The last 32 errors and warnings, in order, without what logs in to a cache.
    const std::vector<std::string>& complaints() const noexcept { return complaints_; }
    /// The last cache that was asked for this path; "" when none was.
    std::string cache_of(const core::StorePath& path) const;
    BuildLog take_log() { return std::move(log_); }

  private:
    struct Copy {
        std::string path{};
        std::int64_t done = 0;
        std::int64_t said = 0; ///< bytes, by the cache
    };
    void started(const NixMessage& message);
    void progress(const NixMessage& message);
    void limit(std::int64_t bytes);
    void said(const NixMessage& message);
    void note(std::string text);
    void tell(BuildEvent::Kind kind, std::string path, std::string line = {});

    const BuildCallback& on_event_;
    std::uint64_t most_;
    std::size_t log_limit_;
    std::map<std::int64_t, Copy> copies_{};
    std::map<std::string, std::string> caches_{}; ///< path -> cache
    std::vector<core::StorePath> named_{};
    std::vector<std::string> complaints_{};
    std::optional<core::Problem> wrong_{};
    std::uint64_t bytes_ = 0;
    int done_ = 0;
    int expected_ = 0;
    BuildLog log_{};
};

} // namespace agentd::evaluator
