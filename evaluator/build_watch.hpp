/// @file
/// Follows a build by what Nix says: which derivation is being built, what it wrote, which one
/// failed.
#pragma once

#include "evaluator/build.hpp"
#include "evaluator/nix_message.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

class BuildWatch {
  public:
    static constexpr std::size_t last_lines_kept = 25;
    static constexpr std::size_t most_line = 4096;

    /// @param log_limit bytes of log kept
    BuildWatch(const BuildCallback& on_event, std::size_t log_limit);

    /// One line of Nix's stderr.
    void line(std::string_view line);

    /// One derivation said more than is kept of all: a Nix daemon of others need not have a limit.
    bool flooded() const noexcept { return flooded_; }
    BuildLog take_log() { return std::move(log_); }
    std::vector<std::string> take_built() { return std::move(built_); }
    /// The first derivation an error named while, or after, it was built; "" when there is none.
    const std::string& failed() const noexcept { return failed_; }
    std::vector<std::string> last_lines(const std::string& derivation) const;
    /// What Nix said was wrong, in order, at most 32.
    const std::vector<std::string>& errors() const noexcept { return errors_; }

  private:
    void started(const NixMessage& message);
    void stopped(const NixMessage& message);
    void result(const NixMessage& message);
    void said(const NixMessage& message);
    void note(const std::string& who, std::string_view text);
    void tell(BuildEvent::Kind kind, const std::string& derivation, std::string line = {});

    const BuildCallback& on_event_;
    std::size_t log_limit_;
    std::map<std::int64_t, std::string> running_{}; ///< activity -> derivation
    std::deque<std::string> ended_{};               ///< the last derivations that stopped
    std::map<std::string, std::deque<std::string>> tails_{};
    std::int64_t builds_ = -1; ///< the activity that counts them
    int done_ = 0;
    int expected_ = 0;
    int busy_ = 0;
    int failures_ = 0;
    std::string failed_{};
    std::vector<std::string> errors_{};
    std::vector<std::string> built_{};
    std::map<std::string, std::size_t> said_{}; ///< bytes, by who runs
    bool flooded_ = false;
    BuildLog log_{};
};

} // namespace agentd::evaluator
