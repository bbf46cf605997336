/// @file
/// The daemon's own bare repository: objects and refs only, no work tree, no hooks, no filters, no
/// network.
#pragma once

#include "agentd/core/clock.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/names.hpp"
#include "agentd/core/result.hpp"
#include "proposals/diff.hpp"
#include "proposals/tree.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals {

struct IntakeLimits;

/// What a candidate's commit says. Trailers `Agentd-Proposal` and `Agentd-Host` are added.
struct CommitMessage {
    std::string title{};
    std::string rationale{};
    core::ProposalId proposal;
    core::HostName host;
};
std::string format_message(const CommitMessage& message);

struct Landing {
    std::string upstream{}; ///< absolute path of a repository on this machine
    std::string branch{};
    core::Commit commit;       ///< what the branch shall be
    core::Commit expected_old; ///< what it has to be now
    core::Instant booted{};    ///< a lock from before is nobody's, and removed
};

/// One thread at a time. Broken surroundings are Failures (a repository of another user is
/// `misconfigured`).
class Repository {
  public:
    static constexpr std::size_t max_blob = 64U << 20;
    static constexpr std::size_t max_files = 200'000;

    /// Opens or makes a bare repository with the daemon's own fixed configuration. A repository
    /// that is not bare is a Failure.
    static Repository open_or_init_bare(const std::string& path);
    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    /// Mirrors `branch` of the local repository at `upstream` into `refs/upstream/<branch>`
    /// (forced, as a mirror is), shares nothing with it, and returns its head. Problems:
    /// `bad_branch`, `bad_upstream`, `no_such_branch`, `bad_object` (git_fsck.hpp).
    core::Result<core::Commit> fetch_from(const std::string& upstream, std::string_view branch);

    /// The commit that a full ref name (`refs/…`) names.
    std::optional<core::Commit> resolve(std::string_view ref) const;
    bool has_commit(const core::Commit& commit) const;
    /// True also when both are the same.
    bool is_ancestor(const core::Commit& ancestor, const core::Commit& commit) const;
    /// The best of what both come from.
    std::optional<core::Commit> merge_base(const core::Commit& a, const core::Commit& b) const;
    /// nullopt for a root commit. Failure{corrupt} for an unknown commit.
    std::optional<core::Commit> first_parent(const core::Commit& commit) const;

    /// The tree of a commit; it must not outlive this repository. Failure{corrupt} for an unknown
    /// commit.
    std::unique_ptr<TreeReader> tree(const core::Commit& commit) const;
    /// Every file, link and submodule, sorted by path.
    std::vector<std::string> list_files(const core::Commit& commit) const;
    /// SHA-256 over `mode SP sha256(blob) SP path LF`, sorted by path; for a submodule the blob is
    /// its id in hex.
    core::Digest tree_digest(const core::Commit& commit) const;
    std::optional<core::Digest> file_digest(const core::Commit& commit,
                                            std::string_view path) const;

    /// A commit of `edits` on `base`, made in memory; author and committer are `agentd`. The same
    /// input gives the same id. Problems: `no_change`, `bad_path` (git refuses the path),
    /// `no_such_file` (deleting what is not there).
    core::Result<core::Commit> commit_edits(const core::Commit& base,
                                            std::span<const FileEdit> edits,
                                            const CommitMessage& message, core::Instant when);
    /// Creates `refs/agentd/<id>`; Problem `ref_exists` when it names another commit already.
    core::Result<core::Done> set_ref(const core::ProposalId& id, const core::Commit& commit);

    /// What `candidate` has otherwise than `base`, for take_edits: a mode may be any, and beyond
    /// `limits` nothing is read. Problems, in the words of take_edits: `too_many_files`,
    /// `too_large`.
    core::Result<std::vector<FileEdit>> edits(const core::Commit& base,
                                              const core::Commit& candidate,
                                              const IntakeLimits& limits) const;

    /// Attributes, drivers and configuration have no say in it.
    std::vector<DiffFile> diff(const core::Commit& base, const core::Commit& candidate) const;

    /// Moves the upstream's branch by compare-and-swap; nothing where the commit is in it already.
    /// Problems: `bad_upstream`, `no_such_branch`, `branch_moved` (it is not `expected_old` now),
    /// `not_fast_forward`, `checked_out` (a work tree shows it), `locked` (another git is at it,
    /// for longer than two seconds).
    core::Result<core::Done> push_fast_forward(const Landing& landing);

    /// Adds or replaces the note on `commit` in `refs/notes/agentd`.
    void add_note(const core::Commit& commit, std::string_view text, core::Instant when);
    std::optional<std::string> note(const core::Commit& commit) const;
    /// Fast-forwards the upstream's `refs/notes/agentd`. Problems: `bad_upstream`,
    /// `not_fast_forward`, `nothing`, `locked`.
    core::Result<core::Done> push_notes(const std::string& upstream, core::Instant booted = {});

  private:
    struct State;
    explicit Repository(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace agentd::proposals
