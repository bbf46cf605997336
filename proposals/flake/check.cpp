#include "proposals/flake/check.hpp"

#include "proposals/flake/rules.hpp"
#include "proposals/refusals.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace agentd::proposals::flake {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr std::string_view nix_name = "flake.nix";
constexpr std::string_view lock_name = "flake.lock";

std::string path_of(const FlakeFiles& files, std::string_view name) {
    return std::string(files.folder) + std::string(name);
}

/// The lock as far as it can be read; `problem` says why not.
struct Read {
    Flake flake{};
    std::optional<Problem> problem{};
};

Read read(const FlakeFiles& files) {
    Read out{.flake = {.text = read_flake(files.nix, path_of(files, nix_name)),
                       .flakes_below = files.flakes_below,
                       .is_loose = files.is_loose}};
    if (!core::trim(files.lock).empty()) {
        auto lock = read_lock(files.lock, path_of(files, lock_name));
        if (lock) {
            out.flake.lock = std::move(lock).value();
        } else {
            out.problem = lock.problem();
        }
    }
    return out;
}

Result<Done> check_settings(const Flake& before, const Flake& after, const FlakeFiles& files) {
    const bool changed = before.text.settings != after.text.settings;
    if (!changed && after.text.settings_are_plain) {
        return Done{};
    }
    return Problem{
        .code = "nix_config",
        .message = changed ? "nixConfig of flake.nix is " +
                                 std::string(after.text.settings.empty()    ? "removed"
                                             : before.text.settings.empty() ? "added"
                                                                            : "changed") +
                                 ": it tells every Nix that meets this flake what to trust"
                           : "nixConfig of flake.nix is computed, and flake.nix changes",
        .where =
            path_of(files, nix_name) +
            (after.text.settings_line == 0 ? "" : ":" + std::to_string(after.text.settings_line)),
        .hint = "settings of Nix belong into nix.settings of the machine; change "
                "nixConfig yourself, by hand"};
}

/// Nix numbers nodes of one name anew whenever one comes or goes: `nixpkgs_4` is `nixpkgs_5` then.
std::string without_numbers(const std::string& message) {
    std::string out;
    for (std::size_t at = 0; at < message.size(); ++at) {
        const auto end = message.find_first_not_of("0123456789", at + 1);
        const bool numbers =
            message[at] == '_' && end != message.npos && end > at + 1 && message[end] == '`';
        out += numbers ? '`' : message[at];
        at = numbers ? end : at;
    }
    return out;
}

/// A line may have moved: a problem is the same by its words.
std::set<std::pair<std::string, std::string>> words_of(const std::vector<Problem>& problems) {
    std::set<std::pair<std::string, std::string>> out;
    for (const Problem& problem : problems) {
        out.emplace(problem.code, without_numbers(problem.message));
    }
    return out;
}

std::vector<Problem> all_of(const Flake& flake, std::string_view lock_path) {
    std::vector<Problem> out = flake.text.problems;
    auto more = findings(flake, lock_path);
    std::move(more.begin(), more.end(), std::back_inserter(out));
    return out;
}

Result<Done> first_new(const std::vector<Problem>& before, const std::vector<Problem>& after) {
    const auto known = words_of(before);
    const auto found = std::find_if(after.begin(), after.end(), [&](const Problem& problem) {
        return !known.contains({problem.code, without_numbers(problem.message)});
    });
    return found == after.end() ? Result<Done>(Done{}) : *found;
}

bool has_folder(const std::map<std::string, DeclaredInput>& inputs) {
    return std::any_of(inputs.begin(), inputs.end(), [](const auto& one) {
        return value_of(one.second.place, "type") == "path" || has_folder(one.second.inputs);
    });
}

/// Whether the flakes below belong to the one at the root: it has one of them as an input, or is
/// none itself.
bool leads_inside(const std::string& root) {
    const auto text = read_flake(root, nix_name);
    return root.empty() || !text.problems.empty() || has_folder(text.inputs);
}

std::string folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string() : std::string(path.substr(0, slash + 1));
}

/// Where a link of the base leads, as far as other links; "" when it leads out of the tree.
std::string behind(const TreeReader& base, std::string path) {
    constexpr int longest = 8;
    for (int i = 0; i < longest; ++i) {
        const auto found = base.find(path);
        if (!found || found->mode != FileMode::symlink) {
            return path;
        }
        const auto slash = path.rfind('/');
        const auto to = std::filesystem::path(slash == path.npos ? "" : path.substr(0, slash)) /
                        base.read(path).value_or("");
        path = to.lexically_normal().generic_string();
        if (path.starts_with('/') || path.starts_with("..")) {
            return {};
        }
    }
    return {};
}

/// What flake.nix and flake.lock say would not be where it is compared.
Result<Done> check_links(const std::vector<IntakeFile>& files, const TreeReader& base,
                         const std::set<std::string>& folders) {
    for (const std::string& folder : folders) {
        for (const auto name : {nix_name, lock_name}) {
            const std::string path = folder + std::string(name);
            const auto found = base.find(path);
            if (!found || found->mode != FileMode::symlink) {
                continue;
            }
            const std::string to = behind(base, path);
            const bool touched =
                std::any_of(files.begin(), files.end(), [&](const IntakeFile& file) {
                    const auto own = folder_of(file.edit.path);
                    const auto called = std::string_view(file.edit.path).substr(own.size());
                    return file.edit.path == to ||
                           (own == folder && (called == nix_name || called == lock_name));
                });
            if (touched || to.empty()) {
                return Problem{.code = "symlink",
                               .message = path + " is a link: what it says is not compared",
                               .where = path,
                               .hint = "make it a file of its own, by hand; then make the patch "
                                       "again"};
            }
        }
    }
    return Done{};
}

} // namespace

Result<Done> check_flake(const FlakeFiles& before, const FlakeFiles& after) {
    const Read was = read(before);
    const Read is = read(after);
    if (before.nix != after.nix) {
        const auto& problems = is.flake.text.problems;
        if (!problems.empty() && problems.front().code == "flake_unreadable") {
            return problems.front();
        }
        if (auto done = check_settings(was.flake, is.flake, after); !done) {
            return done;
        }
        if (auto done = first_new(was.flake.text.problems, problems); !done) {
            return done;
        }
    }
    // What a lock that cannot be read led to, and leads to, is nobody's to compare.
    if (const auto& problem = is.problem ? is.problem : was.problem) {
        const bool same = (before.lock == after.lock || core::trim(after.lock).empty()) &&
                          was.flake.text.inputs == is.flake.text.inputs;
        return same ? Result<Done>(Done{}) : *problem;
    }
    const std::string lock_path = path_of(after, lock_name);
    if (auto done = first_new(all_of(was.flake, lock_path), all_of(is.flake, lock_path)); !done) {
        return done;
    }
    const auto moved = rewired(was.flake, is.flake, lock_path);
    return moved.empty() ? Result<Done>(Done{}) : moved.front();
}

Result<Done> check_flakes(const std::vector<IntakeFile>& files, const TreeReader& base) {
    std::set<std::string> folders;
    for (const IntakeFile& file : files) {
        const auto folder = folder_of(file.edit.path);
        const auto name = std::string_view(file.edit.path).substr(folder.size());
        if (name == nix_name || name == lock_name) {
            folders.insert(folder);
        }
    }
    auto above = folders;
    above.insert("");
    for (const IntakeFile& file : files) {
        for (auto folder = folder_of(file.edit.path); !folder.empty();
             folder = folder_of(folder.substr(0, folder.size() - 1))) {
            above.insert(folder);
        }
    }
    if (auto done = check_links(files, base, above); !done) {
        return with_remedy(done.problem());
    }
    const auto text_after = [&](const std::string& path) {
        const auto edit = std::find_if(files.begin(), files.end(), [&](const IntakeFile& file) {
            return file.edit.path == path;
        });
        return edit == files.end() ? base.read(path).value_or("") : edit->edit.bytes.value_or("");
    };
    const bool whole = leads_inside(text_after(std::string(nix_name)));
    const auto below = [&](const std::string& folder) {
        return std::any_of(folders.begin(), folders.end(), [&](const std::string& other) {
            return other != folder && other.starts_with(folder);
        });
    };
    for (const std::string& folder : folders) {
        const std::string old_nix = base.read(folder + std::string(nix_name)).value_or("");
        const std::string old_lock = base.read(folder + std::string(lock_name)).value_or("");
        const std::string nix = text_after(folder + std::string(nix_name));
        const std::string lock = text_after(folder + std::string(lock_name));
        const bool loose = !whole && !folder.empty() && old_lock.empty() && lock.empty();
        if (auto done =
                check_flake({.nix = old_nix, .lock = old_lock, .folder = folder, .is_loose = loose},
                            {.nix = nix,
                             .lock = lock,
                             .folder = folder,
                             .flakes_below = below(folder),
                             .is_loose = loose});
            !done) {
            return with_remedy(done.problem());
        }
    }
    return Done{};
}

} // namespace agentd::proposals::flake
