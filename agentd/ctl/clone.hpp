/// @file
/// The owner's clone, moved forward only where nothing can be lost.
#pragma once

#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "sandbox/outcome.hpp"

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace agentd::ctl {

/// A clone with a work tree, driven by git with hooks and file-system monitors off. Nothing of the
/// daemon's repository but its objects is read: its configuration could name programs.
class Clone {
  public:
    struct Options {
        std::string git{};       ///< absolute path
        std::string directory{}; ///< the clone, or a folder inside it
        std::string home{};      ///< the owner's, for his own git configuration
        std::stop_token stop{};
    };
    /// Problem `no_repository`: there is none, or it has no work tree.
    static core::Result<Clone> open(Options options);

    const std::string& top() const noexcept { return top_; }
    core::Result<core::Commit> head();
    bool contains(const core::Commit& commit);

    struct Wanted {
        std::string branch{};
        core::Commit commit;
        std::string repository{}; ///< the daemon's bare repository
    };
    /// Takes the objects over and fast-forwards. Problems, each found before anything is written:
    /// `other_branch`, `dirty`, `unreadable`, `missing`, `diverged`; and `failed` with git's own
    /// words.
    core::Result<core::Done> fast_forward(const Wanted& wanted);

  private:
    Clone(Options options, std::string top) : options_(std::move(options)), top_(std::move(top)) {}
    sandbox::Outcome git(std::vector<std::string> arguments,
                         std::map<std::string, std::string> more = {},
                         std::optional<std::string> input = {});
    std::optional<core::Problem> check_branch(const std::string& branch);
    std::optional<core::Problem> check_clean();
    std::optional<core::Problem> check_history(const Wanted& wanted,
                                               const std::map<std::string, std::string>& see);

    Options options_;
    std::string top_;
};

} // namespace agentd::ctl
