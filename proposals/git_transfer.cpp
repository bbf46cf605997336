#include "proposals/git_fsck.hpp"
#include "proposals/git_handles.hpp"
#include "proposals/git_locks.hpp"

#include <chrono>
#include <thread>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

struct Upstream {
    std::string path{};
    GitRepository repository{};
};

/// A repository on this machine, named by its absolute path. Nothing of it is run.
Result<Upstream> open_upstream(const std::string& path) {
    git_repository* opened = nullptr;
    if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
        return Problem{.code = "bad_upstream",
                       .message = "the upstream has to be an absolute path on this machine",
                       .where = path};
    }
    const int code =
        git_repository_open_ext(&opened, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
    GitRepository repository(opened);
    refuse_foreign(code, path);
    if (code == GIT_ENOTFOUND) {
        return Problem{.code = "bad_upstream",
                       .message = "there is no git repository here",
                       .where = path,
                       .hint = "set the path of the flake's repository in agentd.toml"};
    }
    check_git(code, "opening the upstream repository", path);
    return Upstream{.path = path, .repository = std::move(repository)};
}

Problem bad_branch(std::string_view branch) {
    return {.code = "bad_branch",
            .message = "this is not a branch name agentd takes",
            .where = std::string(branch.substr(0, 80))};
}

Problem no_such_branch(const std::string& name, const std::string& path) {
    return {.code = "no_such_branch",
            .message = "the upstream has no " + name,
            .where = path,
            .hint = "push a first commit to it, or set [flake] branch in agentd.toml"};
}

/// Brings `want` and all it needs as one pack, which appears whole or not at all. `have` is what
/// the other side has.
void copy_history(git_repository* from, git_repository* to, const git_oid& want,
                  const std::vector<git_oid>& have) {
    if (has_object(to, want)) {
        return;
    }
    git_revwalk* walk = nullptr;
    check_git(git_revwalk_new(&walk, from), "listing commits");
    const GitWalk walk_owner(walk);
    check_git(git_revwalk_push(walk, &want), "listing commits", hex_of(want));
    for (const git_oid& known : have) {
        if (has_object(from, known)) {
            check_git(git_revwalk_hide(walk, &known), "listing commits", hex_of(known));
        }
    }
    git_packbuilder* pack = nullptr;
    check_git(git_packbuilder_new(&pack, from), "packing commits");
    const GitPack pack_owner(pack);
    git_packbuilder_set_threads(pack, 1);
    check_git(git_packbuilder_insert_walk(pack, walk), "packing commits", hex_of(want));
    const std::string folder = std::string(git_repository_commondir(to)) + "objects/pack";
    check_git(git_packbuilder_write(pack, folder.c_str(), 0, nullptr, nullptr), "writing a pack",
              folder);
    git_odb* odb = nullptr;
    check_git(git_repository_odb(&odb, to), "opening the objects", folder);
    const GitOdb odb_owner(odb);
    check_git(git_odb_refresh(odb), "opening the objects", folder);
}

/// The mirrors we have, whatever branch is asked for next.
std::vector<git_oid> mirrored(git_repository* own) {
    std::vector<git_oid> heads;
    const auto add = [](const char* name, void* payload) {
        auto& [repository, into] =
            *static_cast<std::pair<git_repository*, std::vector<git_oid>*>*>(payload);
        if (const auto head = ref_target(repository, name)) {
            into->push_back(*head);
        }
        return 0;
    };
    std::pair<git_repository*, std::vector<git_oid>*> payload(own, &heads);
    check_git(git_reference_foreach_glob(own, "refs/upstream/*", add, &payload), "listing refs");
    return heads;
}

/// Whoever has a ref locked is waited for, two seconds long. @return libgit2's last word
template <class Try> int when_unlocked(Try attempt) {
    constexpr int patience = 400;
    int code = attempt();
    for (int more = patience; code == GIT_ELOCKED && more > 0; --more) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        code = attempt();
    }
    return code;
}

/// Several threads mirror with handles of their own.
void set_mirror(git_repository* repository, const std::string& name, const git_oid& oid) {
    const auto attempt = [&] {
        // A mirror that is right already is not even locked.
        const auto now = ref_target(repository, name);
        if (now && git_oid_equal(&*now, &oid) != 0) {
            return 0;
        }
        git_reference* made = nullptr;
        const int code = git_reference_create(&made, repository, name.c_str(), &oid, 1, nullptr);
        const GitReference owner(made);
        return code;
    };
    check_git(when_unlocked(attempt), "setting a ref", name);
}

/// Notes that the upstream has beyond ours come along, so that ours can be pushed again later.
void follow_notes(git_repository* upstream, git_repository* own) {
    const auto theirs = ref_target(upstream, notes_ref);
    const auto ours = ref_target(own, notes_ref);
    if (!theirs || (ours && git_oid_equal(&*ours, &*theirs) != 0)) {
        return;
    }
    copy_history(upstream, own, *theirs, ours ? std::vector{*ours} : std::vector<git_oid>{});
    if (!ours || is_ancestor(own, *ours, *theirs)) {
        set_mirror(own, notes_ref, *theirs);
    }
}

/// True when a work tree shows the branch: moving it would leave every change staged backwards.
bool is_checked_out(git_repository* repository, const git_reference* branch) {
    const int code = git_branch_is_checked_out(branch);
    check_git(code, "looking at the work trees", git_repository_path(repository));
    return code == 1;
}

struct Swap {
    std::string name{}; ///< of the ref
    git_oid to{};
    std::optional<git_oid> expected{}; ///< nullopt: it must not be there yet
};

int try_swap(git_repository* upstream, const Swap& swap) {
    git_reference* made = nullptr;
    const int code =
        swap.expected ? git_reference_create_matching(&made, upstream, swap.name.c_str(), &swap.to,
                                                      1, &*swap.expected, "agentd: fast-forward")
                      : git_reference_create(&made, upstream, swap.name.c_str(), &swap.to, 0,
                                             "agentd: first notes");
    const GitReference owner(made);
    return code;
}

/// Waits for whoever has the ref locked; a lock from before `booted` is nobody's. In that order:
/// the wall clock may have been set since the machine came up, and then a lock that somebody holds
/// looks as old. Nobody holds one for as long as is waited here.
Result<Done> compare_and_swap(git_repository* upstream, const Swap& swap, core::Instant booted) {
    const std::string folder = git_repository_commondir(upstream);
    const auto attempt = [&] { return try_swap(upstream, swap); };
    int code = when_unlocked(attempt);
    if (code == GIT_ELOCKED && drop_dead_locks(folder, booted) > 0) {
        code = when_unlocked(attempt);
    }
    if (code == GIT_ELOCKED) {
        return Problem{.code = "locked",
                       .message = swap.name + " of the upstream is locked by another git",
                       .where = folder + swap.name + ".lock",
                       .hint =
                           "when no git runs there, delete that file; then run `agentctl pull`"};
    }
    if (code == GIT_EMODIFIED || code == GIT_EEXISTS) {
        return Problem{.code = "branch_moved",
                       .message = swap.name + " moved in the meantime",
                       .where = swap.name,
                       .hint = "fetch and verify the proposal again on the new head"};
    }
    check_git(code, "moving a ref", swap.name);
    return Done{};
}

/// Whether it landed there already, as when the power went before that was in the log.
bool is_in(git_repository* repository, const git_oid& commit, const git_oid& head) {
    return has_object(repository, commit) && is_ancestor(repository, commit, head);
}

Problem not_fast_forward(const std::string& name) {
    return {.code = "not_fast_forward",
            .message = name + " of the upstream is not an ancestor of what would be pushed",
            .where = name,
            .hint = "fetch and verify the proposal again on the new head"};
}

} // namespace

Result<core::Commit> Repository::fetch_from(const std::string& upstream, std::string_view branch) {
    if (!core::is_branch_name(branch)) {
        return bad_branch(branch);
    }
    const auto opened = open_upstream(upstream);
    if (!opened) {
        return opened.problem();
    }
    git_repository* theirs = opened->repository.get();
    git_repository* own = state_->repository.get();
    const std::string name = "refs/heads/" + std::string(branch);
    const auto head = ref_target(theirs, name);
    if (!head) {
        return no_such_branch(name, upstream);
    }
    if (!has_object(own, *head)) {
        if (const auto fit = check_objects(theirs, *head); !fit) {
            return fit.problem();
        }
    }
    const std::string mirror = "refs/upstream/" + std::string(branch);
    copy_history(theirs, own, *head, mirrored(own));
    set_mirror(own, mirror, *head);
    follow_notes(theirs, own);
    return commit_of(*head);
}

Result<Done> Repository::push_fast_forward(const Landing& landing) {
    if (!core::is_branch_name(landing.branch)) {
        return bad_branch(landing.branch);
    }
    const auto opened = open_upstream(landing.upstream);
    if (!opened) {
        return opened.problem();
    }
    git_repository* theirs = opened->repository.get();
    git_repository* own = state_->repository.get();
    const std::string name = "refs/heads/" + landing.branch;
    git_reference* found = nullptr;
    const int code = git_reference_lookup(&found, theirs, name.c_str());
    const GitReference branch(found);
    if (code == GIT_ENOTFOUND) {
        return no_such_branch(name, landing.upstream);
    }
    check_git(code, "reading a ref", name);
    if (is_checked_out(theirs, found)) {
        return Problem{.code = "checked_out",
                       .message =
                           name + " is checked out in a work tree and is not moved underneath it",
                       .where = landing.upstream,
                       .hint = "run `agentctl pull` in that work tree"};
    }
    const git_oid expected = oid_of(landing.expected_old);
    const git_oid to = oid_of(landing.commit);
    const auto now = ref_target(theirs, name);
    if (now && is_in(theirs, to, *now)) {
        return Done{};
    }
    if (!now || git_oid_equal(&*now, &expected) == 0) {
        return Problem{.code = "branch_moved",
                       .message = name + " moved in the meantime",
                       .where = landing.upstream,
                       .hint = "fetch and verify the proposal again on the new head"};
    }
    if (!has_commit(landing.expected_old) || !proposals::is_ancestor(own, expected, to)) {
        return not_fast_forward(name);
    }
    copy_history(own, theirs, to, {expected});
    return compare_and_swap(theirs, {.name = name, .to = to, .expected = expected}, landing.booted);
}

Result<Done> Repository::push_notes(const std::string& upstream, core::Instant booted) {
    const auto opened = open_upstream(upstream);
    if (!opened) {
        return opened.problem();
    }
    git_repository* theirs = opened->repository.get();
    git_repository* own = state_->repository.get();
    const auto ours = ref_target(own, notes_ref);
    if (!ours) {
        return Problem{.code = "nothing", .message = "there are no notes to push"};
    }
    const auto old = ref_target(theirs, notes_ref);
    if (old && (!has_object(own, *old) || !proposals::is_ancestor(own, *old, *ours))) {
        return not_fast_forward(notes_ref);
    }
    copy_history(own, theirs, *ours, old ? std::vector{*old} : std::vector<git_oid>{});
    return compare_and_swap(theirs, {.name = notes_ref, .to = *ours, .expected = old}, booted);
}

} // namespace agentd::proposals
