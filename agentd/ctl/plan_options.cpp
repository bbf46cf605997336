#include "agentd/ctl/plan_options.hpp"

#include "agentd/planners/operation_check.hpp"

#include <algorithm>

namespace agentd::ctl {

using core::Problem;
using proposals::OptionPath;
using proposals::plan::Candidate;
using proposals::plan::Wish;
using proposals::plan::WishKind;

namespace {

/// What a file of the repository sets already is an option: its hosts could not be built otherwise.
bool seen(const Wish& wish, proposals::map::Files& files, const proposals::map::RepoMap& map) {
    const std::string path = wish.option->str();
    const bool own =
        std::any_of(map.own_options.begin(), map.own_options.end(),
                    [&](const proposals::map::OwnOption& option) { return option.path == path; });
    if (own) {
        return true;
    }
    proposals::plan::Workspace space(files, map);
    std::vector<Candidate> used;
    for (const std::string& file : files.nix_files()) {
        if (!map.hosts_of(file).empty()) {
            used.push_back({.file = file});
        }
    }
    for (const proposals::map::Aspect& aspect : map.aspects) {
        used.push_back({.file = aspect.file, .prefix = aspect.prefix});
    }
    return !space.said(used, *wish.option).definitions.empty();
}

/// The wishes about options, those of a new module among them.
std::vector<Wish> about_options(const proposals::plan::Request& request) {
    std::vector<Wish> out;
    for (const Wish& wish : request.operations) {
        if (wish.option) {
            out.push_back(wish);
        }
        for (const auto& setting : wish.settings) {
            out.push_back({.kind = WishKind::set_option,
                           .option = setting.option,
                           .value = setting.value,
                           .user = wish.user});
        }
    }
    return out;
}

} // namespace

core::Result<std::vector<std::string>> check_options(const proposals::plan::Request& request,
                                                     proposals::map::Files& files,
                                                     const proposals::map::RepoMap& map,
                                                     const KnownOptions& known) {
    if (known.index != nullptr) {
        return planners::check_operations(request, *known.index);
    }
    std::vector<std::string> unchecked;
    for (const Wish& wish : about_options(request)) {
        const bool adds = wish.kind == WishKind::set_option || wish.kind == WishKind::add_to_list;
        if (adds && !known.assume && !seen(wish, files, map)) {
            return Problem{.code = "unchecked",
                           .message = "whether there is an option " + wish.option->str() +
                                      " was not checked: no file of the repository sets it, and "
                                      "there is no index of options",
                           .where = wish.option->str(),
                           .hint = "--options FILE, or --assume-options if you know it"};
        }
        if (std::string path = wish.option->str();
            std::find(unchecked.begin(), unchecked.end(), path) == unchecked.end()) {
            unchecked.push_back(std::move(path));
        }
    }
    return unchecked;
}

} // namespace agentd::ctl
