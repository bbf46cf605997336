#include "proposals/refusals.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals {

namespace {

constexpr std::array<Refusal, 33> all{{
    {"already_exists", "A file is added that is there already.",
     "make the patch again on the current head of the branch"},
    {"bad_encoding", "A text that is evaluated is not UTF-8, or begins with a byte order mark.",
     "write it as UTF-8 without a byte order mark"},
    {"bad_header",
     "A header of the patch cannot be understood, or its lines contradict one another.",
     "make the patch with `git diff --no-renames`, and change nothing in it"},
    {"bad_hunk", "A hunk does not hold what its header announces, changes nothing, or is cut off.",
     "make the patch with `git diff`, and change nothing in it"},
    {"bad_mode", "A mode is neither 100644 nor 100755.", "give the file the mode 100644 or 100755"},
    {"bad_path", "A path is too long or too deep, or has a part that no file should have.",
     "choose a short name of letters, digits, `-`, `_` and `.`"},
    {"binary", "A binary change, which nobody can read.",
     "commit it yourself, or fetch it as an input"},
    {"computed_flake",
     "A name or an address in flake.nix is computed where it has to be written out.",
     "write it out: names as they are, addresses as plain strings"},
    {"control_char", "A control character stands in a path or in a text that is evaluated.",
     "write it as an escape inside a string, with line feeds alone"},
    {"does_not_apply",
     "A hunk does not fit what stands at its place: nothing is shifted or guessed.",
     "make the patch again on the current head of the branch"},
    {"empty", "Nothing is changed.", "send the output of `git diff`"},
    {"file_twice", "The same file is changed twice.",
     "make one patch of all changes: git diff BASE"},
    {"flake_unreadable", "flake.nix is no Nix, or not one set written out.",
     "mend it, then make the patch again"},
    {"git_metadata", "A path belongs to git itself, however it is spelled, or to another program of versions.",
     "git's own files can be changed only by the owner, by hand"},
    {"hidden_unicode",
     "A text that is evaluated gets a character that cannot be seen or reorders others.",
     "remove it"},
    {"input_self", "An attribute of the flake's own input changes what its files are.",
     "leave it out: the files of a commit are taken as git has them"},
    {"input_type",
     "An input comes from where nobody else can fetch it: this machine, a key, an unknown kind.",
     "take it from github, gitlab, sourcehut, git over https or a tarball"},
    {"lock_extra_node", "flake.lock has a node that no input leads to.",
     "make the lock with Nix: nix flake lock"},
    {"lock_mismatch",
     "flake.lock does not say what flake.nix asks for, or leads elsewhere than before.",
     "lock it again: nix flake lock; a lock is written by Nix, from flake.nix"},
    {"lock_unreadable",
     "flake.lock is not as Nix writes it: no JSON, a key twice, another version, an unknown field.",
     "make it with Nix and by nothing else: nix flake lock"},
    {"nix_config", "nixConfig of flake.nix is added, changed, removed or computed.",
     "settings of Nix belong into nix.settings of the machine; change nixConfig yourself, by hand"},
    {"no_change", "A file would stay as it is.", "leave it out of the change"},
    {"no_such_file", "A file is changed or removed that is not there.",
     "make the patch again on the current head of the branch"},
    {"path_conflict", "A path is a file and a folder at once, or is another path but for its case.",
     "choose another path"},
    {"path_escape", "A path is absolute, or leaves its place.",
     "give paths from the root of the repository, with `/`"},
    {"prose", "Text that belongs to no file of the patch.",
     "send only the output of `git diff`; words go into the rationale"},
    {"rename_unsupported", "A rename or a copy.", "make the patch with `git diff --no-renames`"},
    {"stale_base", "The patch was made for another version of the file.",
     "make the patch again on the current head of the branch"},
    {"submodule", "A submodule is added or changed, or the flake would take its own.",
     "name it as an input of the flake instead"},
    {"symlink", "A symbolic link is added or changed, or a path goes through one.",
     "change the file that it points to; links are for the owner, by hand"},
    {"too_large", "The patch, or a file after it, is too large.",
     "split it into several proposals"},
    {"too_many_files", "The patch changes too many files.", "split it into several proposals"},
    {"unlocked_input", "An input is not locked to a revision and a hash.",
     "lock it in the same change: nix flake lock"},
}};

} // namespace

std::span<const Refusal> refusals() noexcept {
    return all;
}

core::Problem with_remedy(core::Problem problem) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Refusal& each) { return each.code == problem.code; });
    if (problem.hint.empty() && found != all.end()) {
        problem.hint = found->remedy;
    }
    return problem;
}

} // namespace agentd::proposals
