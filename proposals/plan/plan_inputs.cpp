// Inputs of the flake: add, move, take out.
#include "proposals/plan/planner.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

/// `inputs.x` in another file than the flake's own, whose uses the edit itself looks at.
std::string use_of_input(Workspace& space, const std::string& flake, const std::string& name) {
    const std::array<std::string, 2> spelled{"inputs." + name, "inputs'." + name};
    for (const std::string& file : space.files().nix_files()) {
        const nix::Tree* tree = file == flake ? nullptr : space.tree(file);
        for (nix::NodeId node = 0; tree != nullptr && node < tree->size(); ++node) {
            if (tree->kind(node) != nix::NodeKind::select) {
                continue;
            }
            const auto text = tree->text(node);
            for (const std::string& of : spelled) {
                const auto at = text.find(of);
                const auto end = at == text.npos ? at : at + of.size();
                if (end == text.size() || (end < text.size() && text[end] == '.')) {
                    return file + ":" + std::to_string(tree->position(node).line);
                }
            }
        }
    }
    return {};
}

/// Inputs that frameworks look up by their names.
bool is_used_by_a_framework(const map::RepoMap& map, std::string_view input) {
    static constexpr std::array<std::string_view, 7> frameworks{
        "snowfall-lib", "snowfall", "blueprint", "flakelight", "nixos-unified", "den", "clan-core"};
    static constexpr std::array<std::string_view, 7> looked_up{
        "nixpkgs", "home-manager", "darwin", "nix-darwin", "disko", "devshell", "treefmt-nix"};
    return std::find(looked_up.begin(), looked_up.end(), input) != looked_up.end() &&
           std::any_of(map.inputs.begin(), map.inputs.end(), [](const map::FlakeInput& one) {
               return std::find(frameworks.begin(), frameworks.end(), one.name) != frameworks.end();
           });
}

} // namespace

Steps plan_input(Workspace& space, const Ask& ask) {
    const std::string folder = space.map().flake;
    const std::string file = folder.empty() ? "flake.nix" : folder + "/flake.nix";
    const nix::Tree& tree = *space.tree(file); // a map is only made of a flake that is Nix
    const Wish& wish = ask.wish;
    if (wish.kind == WishKind::remove_input && is_used_by_a_framework(space.map(), wish.input)) {
        return Problem{.code = "used",
                       .message =
                           "the flake gives its inputs as a whole to another flake, which may "
                           "use " +
                           wish.input + " by that name",
                       .where = file,
                       .hint = "take it out by hand, and evaluate the flake"};
    }
    const std::string used =
        wish.kind == WishKind::remove_input ? use_of_input(space, file, wish.input) : std::string();
    if (!used.empty()) {
        return Problem{.code = "used",
                       .message = "the flake input " + wish.input + " is used at " + used,
                       .where = used,
                       .hint = "take it out there first: " + used};
    }
    auto edit =
        wish.kind == WishKind::add_input
            ? nix::add_input(tree, {.name = wish.input, .url = wish.url, .follows = wish.follows})
        : wish.kind == WishKind::set_input_url ? nix::set_input_url(tree, wish.input, wish.url)
                                               : nix::remove_input(tree, wish.input);
    const bool changed = edit && !edit->splices.empty();
    if (auto done = take(space, file, std::move(edit), {}); !done) {
        return done.problem();
    }
    Step step = step_at(ask, {.file = file}, changed, changed ? "" : "it is so already");
    if (changed) {
        step.notes.push_back("flake.lock is as before: Nix moves it when the flake is locked");
    }
    return std::vector{std::move(step)};
}

} // namespace agentd::proposals::plan
