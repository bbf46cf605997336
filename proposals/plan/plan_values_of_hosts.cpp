// One value of an option: which of its bindings is changed, for the hosts that are meant.
#include "proposals/plan/set_option.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

Steps SetOption::anywhere() {
    const auto all_so = [&](const Definitions& all) {
        return std::all_of(all.begin(), all.end(),
                           [&](const Definition* one) { return is_so(*one); });
    };
    HostNames told;
    for (const Definition* one : firm_) {
        told.insert(one->at->hosts.begin(), one->at->hosts.end());
    }
    if (is_few(ask_, told)) {
        return few(ask_, told, firm_.front()->where());
    }
    if (all_so(firm_) && all_so(loose_)) {
        const bool shared = std::any_of(firm_.begin(), firm_.end(), [&](const Definition* one) {
            return !is_few(ask_, one->at->hosts);
        });
        return shared || told == ask_.targets || !ask_.wish.in.empty()
                   ? change(*firm_.front())
                   : Steps(not_all(ask_, told, firm_.front()->where()));
    }
    const auto rank = [](const Definition* one) {
        return std::pair(one->at->hosts.size(), -one->priority);
    };
    Definitions best;
    for (const Definition* one : firm_) {
        if (best.empty() || rank(one) > rank(best.front())) {
            best = {one};
        } else if (rank(one) == rank(best.front())) {
            best.push_back(one);
        }
    }
    if (is_few(ask_, best.front()->at->hosts)) {
        return few(ask_, best.front()->at->hosts, best.front()->where());
    }
    if (best.size() > 1) {
        return several(option_, best);
    }
    if (is_so(*best.front())) {
        return several(option_, firm_); // it is so but where something else says otherwise
    }
    return with_its_likes(*best.front());
}

Steps SetOption::with_its_likes(const Definition& best) {
    Definitions all{&best};
    for (const Definition* other : firm_) {
        HostNames both;
        std::set_intersection(other->at->hosts.begin(), other->at->hosts.end(),
                              best.at->hosts.begin(), best.at->hosts.end(),
                              std::inserter(both, both.end()));
        if (other == &best || other->priority > best.priority || both.empty()) {
            continue;
        }
        const bool like =
            other->priority == best.priority && same_expression(other->value, best.value);
        if (!like && (other->priority == best.priority || both == best.at->hosts)) {
            return several(option_, {&best, other});
        }
        if (like) { // Nix takes two that say the same, and no two that do not
            all.push_back(other);
        }
    }
    std::vector<Step> out;
    for (const Definition* one : all) {
        Steps made = change(*one);
        if (!made) {
            return made.problem();
        }
        out.insert(out.end(), made->begin(), made->end());
    }
    return out;
}

SetOption::Winner SetOption::winner(const std::string& host, const Definitions& among) const {
    Winner out;
    for (const Definition* one : among) {
        if (one->at->hosts.count(host) == 0) {
            continue;
        }
        if (out.one == nullptr || one->priority < out.one->priority) {
            out = {.one = one};
        } else if (one->priority == out.one->priority && one != out.one) {
            out.several = true;
        }
    }
    return out;
}

Definitions SetOption::loose_of(const std::string& host) const {
    Definitions out;
    for (const Definition* one : loose_) {
        // What says the same is not in the way, nor what is off.
        if (one->at->hosts.count(host) > 0 && !is_so(*one) &&
            holds(space_, candidates_, *one, host) != false) {
            out.push_back(one);
        }
    }
    return out;
}

std::optional<Problem> SetOption::choose_among(const std::string& host, int priority,
                                               Chosen& out) const {
    Definitions equal;
    Definitions own;
    for (const Definition* one : firm_) {
        if (one->at->hosts.count(host) > 0 && one->priority == priority) {
            equal.push_back(one);
            if (is_for(space_, ask_, *one->at)) {
                own.push_back(one);
            }
        }
    }
    const bool same = std::all_of(equal.begin(), equal.end(), [&](const Definition* one) {
        return same_expression(one->value, equal.front()->value);
    });
    const bool plain = priority == 100 && !ask_.wish.weak;
    if (same && own.size() == equal.size()) {
        for (const Definition* one : equal) {
            out.winners[one].insert(host);
        }
    } else if (same && plain && own.size() == 1 && !is_so(*own.front())) {
        out.raised[own.front()].insert(host);
    } else {
        return several(option_, equal);
    }
    return std::nullopt;
}

std::optional<Problem> SetOption::choose(const std::string& host, Chosen& out) const {
    const Winner firm = winner(host, firm_);
    const Winner loose = winner(host, loose_of(host));
    if (firm.several) {
        return choose_among(host, firm.one->priority, out);
    }
    const bool open = loose.one != nullptr && loose.one->priority <= 100 &&
                      (firm.one == nullptr || loose.one->priority <= firm.one->priority);
    if (open) {
        const bool forced_there = loose.one->priority < 100 || ask_.wish.weak;
        const bool own = firm.one != nullptr && is_for(space_, ask_, *firm.one->at);
        if (own && !forced_there && !loose.one->at->own() && firm.one->priority == 100) {
            out.raised[firm.one].insert(host);
            return std::nullopt;
        }
        if (forced_there || own || loose.one->at->own()) {
            return conditional(option_, *loose.one);
        }
        out.guarded[loose.one].insert(host);
    } else if (firm.one == nullptr) {
        out.without.insert(host);
    } else {
        out.winners[firm.one].insert(host);
    }
    return std::nullopt;
}

Steps SetOption::raise(const Definition& one) {
    Steps made = change(one, "lib.mkForce " + as_one(wanted_));
    if (made) {
        made.value().front().how += ", where other hosts share another binding of it: forced";
    }
    return made;
}

Steps SetOption::over_guarded(const Definition& one, const HostNames& hosts) {
    Steps made = insert(space_, ask_, candidates_, hosts, "lib.mkForce " + as_one(wanted_));
    if (made) {
        for (Step& step : made.value()) {
            step.how = "said over " + one.where() + ", which says it under a condition";
        }
    }
    return made;
}

Steps SetOption::for_hosts() {
    Chosen chosen;
    for (const std::string& host : ask_.targets) {
        if (auto problem = choose(host, chosen)) {
            return *std::move(problem);
        }
    }
    std::vector<Step> out;
    const auto take_over = [&](Steps more) -> std::optional<Problem> {
        if (!more) {
            return more.problem();
        }
        out.insert(out.end(), more->begin(), more->end());
        return std::nullopt;
    };
    for (const auto& [one, hosts] : chosen.winners) {
        const bool so = is_so(*one);
        const auto source = so || ask_.wish.weak ? std::nullopt : source_of(space_, *one, option_);
        const bool here = so || is_for(space_, ask_, *one->at);
        if (auto problem = take_over(source ? at_source(*source, *one, hosts)
                                     : here ? change(*one)
                                            : over(*one, hosts))) {
            return *std::move(problem);
        }
    }
    for (const auto& [one, hosts] : chosen.raised) {
        if (auto problem = take_over(raise(*one))) {
            return *std::move(problem);
        }
    }
    for (const auto& [one, hosts] : chosen.guarded) {
        if (auto problem = take_over(over_guarded(*one, hosts))) {
            return *std::move(problem);
        }
    }
    if (!chosen.without.empty()) {
        if (auto problem = take_over(for_the_first_time(chosen.without))) {
            return *std::move(problem);
        }
    }
    return out;
}

Steps SetOption::at_source(const OptionPath& source, const Definition& one,
                           const HostNames& hosts) {
    if (space_.said(candidates_, source).definitions.empty()) {
        return one.at->own() ? change(one) : over(one, hosts);
    }
    Wish wish = ask_.wish;
    wish.option = source;
    Ask instead{.request = ask_.request, .wish = wish, .targets = hosts};
    Steps made = SetOption(space_, instead).run();
    if (made) {
        for (Step& step : made.value()) {
            step.wish = describe(ask_.wish);
            step.how += "; it is taken from " + source.str() + " at " + one.where();
            step.notes.push_back("whatever else reads " + source.str() + " changes with it");
        }
    }
    return made;
}

Steps SetOption::over(const Definition& one, const HostNames& hosts) {
    if (one.priority < 100) {
        return forced(option_, one);
    }
    if (ask_.request.every_host) { // hosts of NixOS all of them; others are no such
        return of_others(option_, one);
    }
    if (ask_.wish.weak) {
        return Problem{.code = "shared",
                       .message = option_.str() + " is set at " + one.where() +
                                  ", which other hosts share: a default beside it is not heard",
                       .where = one.where(),
                       .hint =
                           "change it there for all of them, or say it plainly for these hosts"};
    }
    const bool strong = one.priority <= 100;
    const map::OwnOption* above = declared_above(space_, option_);
    if (strong && above != nullptr && above->path != option_.str()) {
        return Problem{.code = "shared",
                       .message = option_.str() + " is set at " + one.where() +
                                  ", which other hosts share; below the repository's own option " +
                                  above->path + " no value can be forced for some of them",
                       .where = one.where(),
                       .hint = "change it there by hand for all of them: " + one.where()};
    }
    Steps made = insert(space_, ask_, candidates_, hosts,
                        strong ? "lib.mkForce " + as_one(wanted_) : wanted_);
    if (made) {
        for (Step& step : *&made.value()) {
            step.how = "other hosts share " + one.where() + ", so it is said over for " +
                       core::join(std::vector<std::string>(hosts.begin(), hosts.end()), ", ");
        }
    }
    return made;
}

} // namespace agentd::proposals::plan
