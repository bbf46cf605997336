// Packages: of the system, or of a user.
#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/text.hpp"
#include "agentd/planners/goal/names.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

std::optional<Problem> unknown(const Situation& in, const std::string& name) {
    const CatalogView* catalog = in.scene.around.catalog;
    if (catalog == nullptr || catalog->has_package(name)) {
        return std::nullopt;
    }
    const auto near = catalog->nearest_packages(name);
    return Problem{.code = "unknown_package",
                   .message = "this host's packages have no " + quoted(name),
                   .hint = near.empty() ? "look its name up: agentctl packages search WORD"
                                        : "did you mean `" + core::join(near, "` or `") + "`?"};
}

/// Where the packages of whoever is meant are listed.
Wish in_list(const Situation& in, WishKind kind, const std::string& user, Value value) {
    const bool home = !user.empty() && in.scene.is_user(user);
    const std::string option = user.empty() ? "environment.systemPackages"
                               : home       ? "home.packages"
                                            : below_user(user, "packages");
    Wish out = kind == WishKind::add_to_list ? add(option, std::move(value))
                                             : remove(option, std::move(value));
    out.user = home ? user : "";
    return out;
}

/// "a web browser", "a text editor".
bool is_kind_of_program(std::string_view word) {
    static constexpr std::array<std::string_view, 12> kinds{
        "web",  "text",    "image",  "mail",     "email", "pdf",
        "file", "browser", "editor", "terminal", "music", "video"};
    return std::find(kinds.begin(), kinds.end(), word) != kinds.end();
}

Result<Made> packages(const State& match, const Situation& in, WishKind kind) {
    std::string user = match.text("owner");
    if (!user.empty() && !in.scope.user.empty() && user != in.scope.user) {
        return Problem{.code = "contradiction", .message = "two users are named"};
    }
    user = user.empty() ? in.scope.user : user;
    if (auto problem = user.empty() ? std::nullopt : nobody(in, user)) {
        return *problem;
    }
    Made out;
    for (const Item& item : match.items("packages")) {
        if (is_kind_of_program(item.text)) {
            return Problem{.code = "unknown_package",
                           .message = quoted(item.text) + " says what kind of program is meant, "
                                                          "and not which",
                           .hint = "say the name of the package"};
        }
        if (auto problem = kind == WishKind::add_to_list ? unknown(in, item.text) : std::nullopt) {
            return *problem;
        }
        out.wishes.push_back(in_list(in, kind, user, attribute(item.text)));
    }
    return out;
}

Result<Made> install(const State& match, const Situation& in) {
    return packages(match, in, WishKind::add_to_list);
}
Result<Made> uninstall(const State& match, const Situation& in) {
    return packages(match, in, WishKind::remove_from_list);
}

/// The option that turns on what is called so, where there is one and it is no program.
std::optional<std::string_view> switch_called(const Situation& in, const std::string& name) {
    const Service* service = service_called(core::to_lower(name));
    const CatalogView* catalog = in.scene.around.catalog;
    const bool there = service != nullptr && !service->enable.starts_with("programs.") &&
                       (catalog == nullptr || catalog->has_option(service->enable));
    return there ? std::optional(service->enable) : std::nullopt;
}

/// "install docker": the package alone is seldom what is meant, and may be.
Result<Made> install_bare(const State& match, const Situation& in) {
    auto installed = install(match, in);
    if (!installed) {
        return installed;
    }
    std::vector<std::vector<Made>> out;
    const Items& items = match.items("packages");
    for (std::size_t i = 0; i < items.size(); ++i) {
        out.push_back({only(installed->wishes.at(i))});
        if (const auto option = switch_called(in, items[i].more)) {
            out.back().push_back({.wishes = {set(*option, true)}, .service = std::string(*option)});
        }
    }
    return all_of(out);
}

/// "web should have docker": installed, or running?
Result<Made> have(const State& match, const Situation& in) {
    if (in.scene.around.catalog == nullptr) {
        return Problem{.code = "two_readings",
                       .message = "whether something shall be installed, or turned on, is not said",
                       .hint = "say install it, or enable it"};
    }
    return install_bare(match, in);
}

/// "from bob's command-line packages": the module of that name.
Result<Made> there(const State& match, Result<Made> out) {
    if (out) {
        for (Wish& wish : out.value().wishes) {
            wish.in = match.text("category");
        }
    }
    return out;
}
Result<Made> install_there(const State& match, const Situation& in) {
    return there(match, install(match, in));
}
Result<Made> uninstall_there(const State& match, const Situation& in) {
    return there(match, uninstall(match, in));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(install|get) [package|packages|program|programs|tool|tools|app|apps] {packages} "
     "[package|packages|program|programs|tool|tools|app|apps|browser|editor] "
     "[[,] (system-wide|systemwide|system wide)]",
     install_bare, "install ripgrep and fd", About::users},
    {"(install|get) (package|packages|program|programs) [:] {packages}", install, "", About::users},
    {"(install|get|add|put|include) [package|packages|program|programs|tool|tools] {packages} "
     "[package|packages|program|programs|tool|tools] (to|into|in|among) [list of] "
     "[system|installed|system-wide|base|basic|common|default|shared|general] (packages|path)",
     install, "add htop to the system packages", About::users},
    {"(add|put|include) [package|packages|program|programs|tool|tools] {packages} "
     "[package|packages|program|programs|tool|tools] [[,] (system-wide|systemwide)]",
     install_bare, "", About::users},
    {"(install|get|add|put) [package|packages|program|programs] {packages} "
     "[package|packages|program|programs] (next to|beside|alongside|along with|among|with|to|to "
     "list of|into) other {category} (packages|programs|apps|applications|tools)",
     install_there, "install element-desktop next to the other chat programs", About::users},
    {"(add|put) (package|packages) {packages}", install, "", About::users},
    {"(add|install|put) [package|packages] {packages} (to|into|in|for|among) {word:owner} 's "
     "[home|user|own] packages",
     install, "add ripgrep to bob's packages", About::users},
    {"have {packages} installed", install, "", About::users},
    {"have {packages}", have, "", About::users},
    {"(i|we) (want|need) {packages} (installed|in [system|base|basic|common|default|shared] "
     "packages)",
     install, "", About::users},
    {"(i|we) (want|need) (package|packages|program|tool) {packages}", install, "", About::users},
    {"(i|we) (want|need|would like) [to have] {packages}", install_bare, "", About::users},
    {"(i'd|we'd) like [to have] {packages}", install_bare, "", About::users},
    {"{packages} (should|must|needs to|has to|ought to) be (installed|available)", install, "",
     About::users},
    {"{packages} (is|are) (installed|available)", install, "", About::users},
    {"(remove|uninstall|delete|drop|get rid of|take out|deinstall) "
     "[package|packages|program|programs|tool|tools|app|apps] {packages} "
     "[package|packages|program|programs|tool|tools|app|apps|browser|editor] "
     "[(from|out of) [list of] [system|installed|system-wide|base|basic|common|default|shared|"
     "general] packages]",
     uninstall, "remove nano", About::users},
    {"(remove|uninstall|delete|drop|take) [package|packages] {packages} (from|out of) "
     "{word:owner} 's [home|user|own] packages",
     uninstall, "remove nano from bob's packages", About::users},
    {"(remove|uninstall|delete|drop|take) [package|packages] {packages} (from|out of) "
     "{word:owner} 's {category} packages",
     uninstall_there, "", About::users},
    {"{packages} can go [(from|out of) [system|installed|base|basic|common|default|shared] "
     "packages]",
     uninstall, "", About::users},
    {"{packages} (is|are) (no longer needed|not needed (any more|any longer|anymore))", uninstall,
     "", About::users},
});

} // namespace

Patterns package_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
