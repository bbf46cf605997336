#include "proposals/git_handles.hpp"

#include "proposals/intake_path.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

/// One line that a terminal and a mail show as it is.
std::string one_line(std::string_view text) {
    std::string out = core::printable(core::to_utf8(text));
    std::replace(out.begin(), out.end(), '\n', ' ');
    std::replace(out.begin(), out.end(), '\t', ' ');
    return std::string(core::trim(out));
}

/// The proposer's words. A line that looks like a trailer of ours is set off, so that none can be
/// forged.
std::string quoted_words(std::string_view text) {
    std::string out;
    const std::string shown = core::printable(core::to_utf8(core::trim(text)));
    for (const auto line : core::lines(shown)) {
        out += core::to_lower(line).starts_with("agentd-") ? " " : "";
        out += line;
        out += '\n';
    }
    return out;
}

Result<git_tree_update> update_of(git_repository* repository, const TreeReader& base,
                                  const FileEdit& edit) {
    git_tree_update update{};
    update.path = edit.path.c_str();
    if (!edit.bytes) {
        if (!base.find(edit.path)) {
            return Problem{.code = "no_such_file",
                           .message = "a file that is not there cannot be removed",
                           .where = edit.path};
        }
        update.action = GIT_TREE_UPDATE_REMOVE;
        return update;
    }
    update.action = GIT_TREE_UPDATE_UPSERT;
    update.filemode =
        edit.mode == FileMode::executable ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
    check_git(
        git_blob_create_from_buffer(&update.id, repository, edit.bytes->data(), edit.bytes->size()),
        "writing a blob", edit.path);
    return update;
}

Result<std::vector<git_tree_update>> updates_of(git_repository* repository, const TreeReader& base,
                                                std::span<const FileEdit> edits) {
    std::vector<git_tree_update> updates;
    for (const FileEdit& edit : edits) {
        if (auto done = check_path(edit.path, {}); !done) {
            return done.problem();
        }
        auto update = update_of(repository, base, edit);
        if (!update) {
            return update.problem();
        }
        updates.push_back(*update);
    }
    return updates;
}

} // namespace

std::string format_message(const CommitMessage& message) {
    const std::string title = one_line(message.title);
    const std::string words = quoted_words(message.rationale);
    return (title.empty() ? "Proposal without a title" : title) + "\n\n" + words +
           (words.empty() ? "" : "\n") + "Agentd-Proposal: " + message.proposal.str() +
           "\nAgentd-Host: " + message.host.str() + "\n";
}

Result<core::Commit> Repository::commit_edits(const core::Commit& base,
                                              std::span<const FileEdit> edits,
                                              const CommitMessage& message, core::Instant when) {
    git_repository* repository = state_->repository.get();
    const GitTree base_tree = tree_of(repository, base);
    const auto updates = updates_of(repository, *tree(base), edits);
    if (!updates) {
        return updates.problem();
    }
    git_oid tree_id{};
    check_git(git_tree_create_updated(&tree_id, repository, base_tree.get(), updates->size(),
                                      updates->data()),
              "writing a tree", state_->path);
    if (git_oid_equal(&tree_id, git_tree_id(base_tree.get())) != 0) {
        return Problem{.code = "no_change", .message = "the proposal changes nothing"};
    }
    git_tree* new_tree = nullptr;
    check_git(git_tree_lookup(&new_tree, repository, &tree_id), "reading a tree", state_->path);
    const GitTree tree_owner(new_tree);
    const git_oid base_id = oid_of(base);
    git_commit* parent = nullptr;
    check_git(git_commit_lookup(&parent, repository, &base_id), "reading a commit", base.str());
    const GitCommit parent_owner(parent);
    const GitSignature who = signature_at(when);
    const git_commit* parents[] = {parent};
    git_oid made{};
    check_git(git_commit_create(&made, repository, nullptr, who.get(), who.get(), nullptr,
                                format_message(message).c_str(), new_tree, 1, parents),
              "writing a commit", state_->path);
    return commit_of(made);
}

Result<Done> Repository::set_ref(const core::ProposalId& id, const core::Commit& commit) {
    git_repository* repository = state_->repository.get();
    const std::string name = "refs/agentd/" + id.str();
    const git_oid oid = oid_of(commit);
    git_reference* made = nullptr;
    const int code = git_reference_create(&made, repository, name.c_str(), &oid, 0, nullptr);
    const GitReference owner(made);
    if (code == GIT_EEXISTS) {
        if (resolve(name) == commit) {
            return Done{};
        }
        return Problem{.code = "ref_exists",
                       .message = "this proposal's ref names another commit already",
                       .where = name};
    }
    check_git(code, "making a ref", name);
    return Done{};
}

void Repository::add_note(const core::Commit& commit, std::string_view text, core::Instant when) {
    const GitSignature who = signature_at(when);
    const git_oid target = oid_of(commit);
    git_oid made{};
    check_git(git_note_create(&made, state_->repository.get(), notes_ref, who.get(), who.get(),
                              &target, std::string(text).c_str(), 1),
              "writing a note", commit.str());
}

std::optional<std::string> Repository::note(const core::Commit& commit) const {
    const git_oid target = oid_of(commit);
    git_note* found = nullptr;
    const int code = git_note_read(&found, state_->repository.get(), notes_ref, &target);
    const GitNote owner(found);
    if (code == GIT_ENOTFOUND) {
        return std::nullopt;
    }
    check_git(code, "reading a note", commit.str());
    return std::string(git_note_message(found));
}

} // namespace agentd::proposals
