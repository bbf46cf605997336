// What an evaluation of the hosts says of an option, where one was made: it settles what reading
// leaves open, and never makes more files editable.
#include "proposals/plan/workspace.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using map::Host;

namespace {

/// The system of the host, or the home of one of its users, has the file define it.
bool defines(const Host& host, const std::string& file, const std::string& option) {
    return std::any_of(host.evaluated.begin(), host.evaluated.end(), [&](const auto& part) {
        const auto found = part.second.files.find(file);
        return found != part.second.files.end() && found->second.sets.count(option) > 0;
    });
}

} // namespace

void Workspace::settle(const Candidate& at, const OptionPath& option, Said& out,
                       std::size_t first) const {
    if (at.hosts.empty() || !at.prefix.empty() || edited_.count(at.file) > 0) {
        return;
    }
    const std::string path = option.str();
    const auto in_force = [&](const std::string& name) {
        const Host* host = map_.host(name);
        return host != nullptr && defines(*host, at.file, path);
    };
    const bool somewhere = std::any_of(at.hosts.begin(), at.hosts.end(), in_force);
    const bool everywhere = std::all_of(at.hosts.begin(), at.hosts.end(), in_force);
    const bool seen =
        out.definitions.size() > first ||
        std::any_of(out.hidden.begin(), out.hidden.end(), [&](const auto& problem) {
            return problem.where == at.file || problem.where.starts_with(at.file + ":");
        });
    if (somewhere && !seen) {
        out.hidden.push_back({.code = "opaque",
                              .message = "Nix says that " + path + " is set in " + at.file +
                                         ", and where that is written cannot be told",
                              .where = at.file,
                              .hint = "change it there by hand"});
    }
    // Of several it is not known which of them holds.
    if (everywhere && out.definitions.size() == first + 1) {
        out.definitions.back().conditional = at.maybe; // whose the file is may be open yet
    }
}

} // namespace agentd::proposals::plan
