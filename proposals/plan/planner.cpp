#include "proposals/plan/planner.hpp"

#include "agentd/core/text.hpp"
#include "proposals/plan/new_file.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

/// What no home has: asked for a user, it would be said to home-manager.
bool is_of_the_system(const OptionPath& option) {
    static constexpr std::array<std::string_view, 10> first{
        "boot",       "console",  "environment", "fileSystems",    "hardware",
        "networking", "security", "users",       "virtualisation", "zramSwap"};
    return std::find(first.begin(), first.end(), option.parts().front()) != first.end() ||
           option.str().starts_with("services.openssh.");
}

const OptionPath* system_option_for_a_user(const Wish& wish) {
    if (wish.user.empty()) {
        return nullptr;
    }
    if (wish.option && is_of_the_system(*wish.option)) {
        return &*wish.option;
    }
    const auto found =
        std::find_if(wish.settings.begin(), wish.settings.end(),
                     [](const Setting& each) { return is_of_the_system(each.option); });
    return found == wish.settings.end() ? nullptr : &found->option;
}

/// `password`, `services.x.apiToken`: what the repository says of it, anybody can read.
bool is_secret(const OptionPath& option, const std::optional<Value>& value) {
    static constexpr std::array<std::string_view, 11> words{
        "password", "passwd",     "secret",    "token", "apikey",      "privatekey",
        "psk",      "passphrase", "secretkey", "pin",   "presharedkey"};
    const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
    const std::string last = core::to_lower(option.parts().back());
    return text != nullptr && !text->empty() && text->front() != '/' &&
           std::any_of(words.begin(), words.end(), [&](std::string_view word) {
               return last == word ||
                      (word.size() > 3 && last.ends_with(word) && !last.starts_with("hashed"));
           });
}

std::optional<Problem> secret_in(const Workspace& space, const Wish& wish) {
    const OptionPath* found =
        wish.option && is_secret(*wish.option, wish.value) && wish.kind == WishKind::set_option
            ? &*wish.option
            : nullptr;
    for (const Setting& setting : wish.settings) {
        found = is_secret(setting.option, setting.value) ? &setting.option : found;
    }
    if (found == nullptr) {
        return std::nullopt;
    }
    const std::string& tool = space.map().secrets;
    return Problem{.code = "secret",
                   .message = found->str() + " is a secret, and what a repository says can be "
                                             "read in every store that it is built for",
                   .hint = tool.empty() ? "set the option that takes a file instead (…File)"
                                        : "put it into " + tool +
                                              ", and set the option that takes a file (…File)"};
}

/// The same option is said twice, and not the same.
std::optional<Problem> contradiction(const Request& request) {
    const auto& all = request.operations;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t k = i + 1; k < all.size(); ++k) {
            const bool same = all[i].kind == WishKind::set_option &&
                              all[k].kind == WishKind::set_option &&
                              all[i].option == all[k].option && all[i].user == all[k].user &&
                              all[i].in == all[k].in;
            if (same && all[i].value != all[k].value) {
                return Problem{.code = "contradiction",
                               .message = "one of these undoes the other: " + describe(all[i]) +
                                          ", and " + describe(all[k]),
                               .where = describe(all[k]),
                               .hint = "say one of them"};
            }
        }
    }
    return std::nullopt;
}

Steps plan_one(Workspace& space, const Ask& ask) {
    if (auto problem = secret_in(space, ask.wish)) {
        return *std::move(problem);
    }
    if (const auto* option = system_option_for_a_user(ask.wish)) {
        return Problem{.code = "not_of_a_user",
                       .message =
                           option->str() + " is an option of the system, and not of a user's home",
                       .hint = "say it without the user"};
    }
    switch (ask.wish.kind) {
    case WishKind::set_option:
        return plan_set(space, ask);
    case WishKind::unset_option:
        return plan_unset(space, ask);
    case WishKind::add_to_list:
    case WishKind::remove_from_list:
        return plan_list(space, ask);
    case WishKind::add_import:
        return plan_import(space, ask);
    case WishKind::remove_import:
        return plan_import_removal(space, ask);
    case WishKind::create_module:
        return plan_module(space, ask);
    case WishKind::add_input:
    case WishKind::set_input_url:
    case WishKind::remove_input:
        return plan_input(space, ask);
    case WishKind::bump_input:
        return Problem{.code = "apart",
                       .message = "new revisions of inputs are a proposal of their own",
                       .hint = "ask for the rest apart from it"};
    }
    return Problem{.code = "bad_value", .message = "an operation of no known kind"};
}

bool moves_modules(WishKind kind) {
    return kind == WishKind::add_import || kind == WishKind::remove_import ||
           kind == WishKind::create_module;
}

/// The files of the hosts are told once more from what is edited: no host that was not asked for
/// may be made of other files.
std::optional<Problem> wrong_modules(Workspace& space, const Request& request) {
    const auto& all = request.operations;
    const bool moved = std::any_of(all.begin(), all.end(),
                                   [](const Wish& wish) { return moves_modules(wish.kind); });
    if (!moved || request.hosts.empty()) {
        return std::nullopt;
    }
    const auto targets = space.targets(request, all.front());
    const auto after = map_after(space);
    if (!targets || !after) {
        return targets ? after.problem() : targets.problem();
    }
    return changed_others(space.map(), *after, *targets);
}

/// What an option is called was not read, but concluded: policy hears of no path.
void say_which_names_were_taken(const std::map<std::string, std::string>& taken,
                                std::vector<Step>& steps) {
    for (Step& step : steps) {
        const auto found = step.changed ? taken.find(step.file) : taken.end();
        if (found != taken.end()) {
            step.by_other_means = true;
            step.notes.push_back(found->second);
        }
    }
}

/// Hosts that are no NixOS are not asked for with all others: it is said where they go without.
void say_who_is_left_out(const map::RepoMap& map, const Ask& ask, std::vector<Step>& steps) {
    std::set<std::string> left;
    for (const map::Host& host : map.hosts) {
        if (host.kind == "darwin") {
            left.insert(host.name);
        }
    }
    for (const Step& step : steps) {
        for (const std::string& host : step.hosts) {
            left.erase(host);
        }
    }
    for (const map::Host& host : map.hosts) { // homes of their own: `bob@mac`
        const auto at = host.name.find('@');
        const bool his = !ask.wish.user.empty() && host.kind == "home" && at != host.name.npos &&
                         host.name.substr(0, at) == ask.wish.user &&
                         ask.targets.count(host.name.substr(at + 1)) == 0;
        if (his && ask.targets.count(host.name) == 0) {
            left.insert(host.name);
        }
    }
    const bool asked = ask.request.every_host && ask.wish.option;
    if (ask.request.every_host && !map.hosts_known && !steps.empty()) {
        steps.front().notes.push_back(
            "there may be hosts that could not be told without Nix: "
            "all hosts are here " +
            core::join(std::vector<std::string>(ask.targets.begin(), ask.targets.end()), ", "));
    }
    const auto changed =
        std::find_if(steps.begin(), steps.end(), [](const Step& step) { return step.changed; });
    if (asked && !left.empty() && changed != steps.end()) {
        changed->notes.push_back(
            "not on " + core::join(std::vector<std::string>(left.begin(), left.end()), ", ") +
            ": all hosts are those of NixOS");
    }
}

} // namespace

core::Result<Plan> make_plan(map::Files& files, const map::RepoMap& map, const Request& request) {
    Workspace space(files, map);
    Plan out;
    if (auto problem = contradiction(request)) {
        return *std::move(problem);
    }
    for (std::size_t i = 0; i < request.operations.size(); ++i) {
        const Wish& wish = request.operations[i];
        Ask ask{.request = request, .wish = wish};
        if (wish.kind < WishKind::add_input) {
            auto targets = space.targets(request, wish);
            if (!targets) {
                return targets.problem();
            }
            ask.targets = std::move(targets).value();
        }
        auto steps = plan_one(space, ask);
        if (!steps) {
            Problem problem = steps.problem();
            if (problem.where.empty()) {
                problem.where = describe(wish);
            }
            return problem;
        }
        say_who_is_left_out(map, ask, steps.value());
        say_which_names_were_taken(space.taken_names(), steps.value());
        out.steps.insert(out.steps.end(), steps->begin(), steps->end());
    }
    out.edits = space.edits();
    auto problem = wrong_modules(space, request);
    if (problem || (problem = disagreement(request, out))) {
        return std::move(*problem);
    }
    return out;
}

} // namespace agentd::proposals::plan
