// Which list an element goes into.
#include "proposals/plan/list_edit.hpp"
#include "proposals/plan/topic.hpp"

#include <algorithm>
#include <variant>

namespace agentd::proposals::plan {

ListEdit::Rank ListEdit::rank_of(const Definition& one) {
    return {one.at->hosts.size(), -static_cast<long>(one.at->distance), one.value.size()};
}

namespace {

/// Of lists, also of several that are joined.
std::size_t elements_of(std::string_view text) {
    const auto read = nix::parse(std::string(text));
    const auto* tree = std::get_if<nix::Tree>(&read);
    std::size_t out = 0;
    for (nix::NodeId node = 0; tree != nullptr && node < tree->size(); ++node) {
        out += tree->kind(node) == nix::NodeKind::list ? tree->children(node).size() : 0;
    }
    return out;
}

bool is_of_ports(const OptionPath& option) {
    return option.str().starts_with("networking.firewall.");
}

} // namespace

bool ListEdit::is_fitting(const Definition& one) {
    const std::pair key(one.at, one.priority != 100);
    const auto known = fitting_.find(key);
    return known != fitting_.end() ? known->second : (fitting_[key] = fits_now(one));
}

bool ListEdit::fits_now(const Definition& one) {
    const nix::Tree& tree = *space_.tree(one.at->file);
    if (is_generated(tree, one.at->file)) {
        return false;
    }
    const std::size_t elements = elements_of(one.value);
    if (element_.package && ask_.targets.size() > 1 && one.at->hosts == ask_.targets &&
        elements > 8) {
        return true; // a long list that all of them share is of programs of every kind
    }
    const Topic topic = topic_of(tree, one.at->file, option_, one.at->prefix);
    if (is_of_ports(option_) && one.at->distance > 0 && !topic.called && !topic.general) {
        return false;
    }
    const bool shared = !ask_.named() && ask_.targets.size() > 1;
    // A few programs in a small file beside the host's own are of what that file is about.
    const bool aside = one.at->distance > 0 && elements < 7 && !topic.named_entry;
    const bool strange = element_.package && (aside || !space_.is_home_of(*one.at, one.at->hosts));
    return takes(space_, *one.at, option_, shared || strange) || one.priority != 100 ||
           (element_.package && is_about(one.at->file, element_.text));
}

bool ListEdit::is_at_home(const Definition& one) {
    const std::pair key(one.at, one.priority != 100);
    const auto known = at_home_.find(key);
    return known != at_home_.end() ? known->second : (at_home_[key] = is_at_home_now(one));
}

bool ListEdit::is_at_home_now(const Definition& one) {
    const auto home = places_for(space_, candidates_, option_, one.at->hosts);
    return one.at->hosts.size() > 1 || one.priority != 100 || home.empty() ||
           std::find(home.begin(), home.end(), one.at) != home.end();
}

const Definition* ListEdit::in_place_of_new(const HostNames& hosts,
                                            const std::vector<const Definition*>& all) {
    const auto apart = apart_from(candidates_, said_);
    for (const Candidate* place : places_for(space_, apart, option_, hosts)) {
        if (!takes(space_, *place, option_, hosts.size() > 1)) {
            continue;
        }
        const auto found = std::find_if(all.begin(), all.end(), [&](const Definition* one) {
            return one->at->file == place->file && one->at->prefix == place->prefix;
        });
        return found == all.end() ? nullptr : *found;
    }
    return nullptr;
}

const Definition* ListEdit::best_for(const HostNames& missing,
                                     const std::vector<const Definition*>& all) {
    const Definition* best = nullptr;
    for (const Definition* one : all) {
        const bool better = best == nullptr || rank_of(*one) > rank_of(*best);
        const bool whole =
            one->at->own() && std::includes(missing.begin(), missing.end(), one->at->hosts.begin(),
                                            one->at->hosts.end());
        if (better && whole && is_fitting(*one) && is_at_home(*one)) {
            best = one;
        }
    }
    return best;
}

} // namespace agentd::proposals::plan
