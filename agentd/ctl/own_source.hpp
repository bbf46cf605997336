/// @file
/// HEAD of somebody's clone where a Nix of ours may evaluate it, without the daemon.
#pragma once

#include "agentd/ctl/context.hpp"
#include "agentd/ctl/interrupt.hpp"
#include "agentd/ctl/scratch.hpp"
#include "evaluator/flake_source.hpp"
#include "evaluator/nix.hpp"
#include "proposals/git.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace agentd::ctl {

/// One host of the clone in --repo, of the flake in --flake, in a repository that goes with the
/// object. Nothing is written
/// into the clone.
class OwnSource {
  public:
    /// Problems: `usage` (that is no name of a host), those of ForeignClone and of take_over.
    static core::Result<std::unique_ptr<OwnSource>> open(Context& context, const Config* config,
                                                         std::string_view host);

    const core::HostName& host() const noexcept { return host_; }
    evaluator::FlakeSource head() const;
    /// HEAD with these edits on it; at most nine of them. Problems as of Repository::commit_edits.
    core::Result<evaluator::FlakeSource> edited(std::span<const proposals::FileEdit> edits);
    const evaluator::Nix& nix() const noexcept { return nix_; }
    const std::string& scratch() const noexcept { return scratch_->path(); }
    std::stop_token stop() const { return interrupt_.token(); }

    /// A Nix that does not do as it is told is not used; what of its isolation is missing is noted.
    core::Result<core::Done> ready(Context& context) const;

  private:
    OwnSource(Context& context, const Config* config, core::HostName host,
              std::unique_ptr<Scratch> scratch, proposals::Repository repository,
              core::Commit commit);

    std::unique_ptr<Scratch> scratch_;
    Interrupt interrupt_;
    core::HostName host_;
    proposals::Repository repository_;
    core::Commit commit_;
    std::string folder_;
    int edited_ = 0;
    evaluator::Nix nix_;
};

} // namespace agentd::ctl
