// Which list an element goes into.
#include "proposals/plan/list_edit.hpp"
#include "proposals/plan/topic.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

ListEdit::Rank ListEdit::rank_of(const Definition& one) {
    return {one.at->hosts.size(), -static_cast<long>(one.at->distance), one.value.size()};
}

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
    const bool shared = !ask_.named() && ask_.targets.size() > 1;
    const bool strange = element_.package && !space_.is_home_of(*one.at, one.at->hosts);
    return takes(tree, *one.at, option_, shared || strange) || one.priority != 100 ||
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

const Definition* ListEdit::best_for(const HostNames& missing,
                                     const std::vector<const Definition*>& all) {
    const Definition* best = nullptr;
    for (const Definition* one : all) {
        const bool better = best == nullptr || rank_of(*one) > rank_of(*best);
        const bool whole = one->at->own() &&
                           std::includes(missing.begin(), missing.end(), one->at->hosts.begin(),
                                         one->at->hosts.end());
        if (better && whole && is_fitting(*one) && is_at_home(*one)) {
            best = one;
        }
    }
    return best;
}

} // namespace agentd::proposals::plan
