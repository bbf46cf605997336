// One value of an option: what is said of it, and the ways to it.
#include "proposals/plan/set_option.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

Steps SetOption::run() {
    auto candidates = space_.candidates(ask_.wish, ask_.targets);
    if (!candidates) {
        return candidates.problem();
    }
    candidates_ = std::move(candidates).value();
    said_ = space_.said(candidates_, option_);
    for (const Definition& one : said_.definitions) {
        (is_firm(one) ? firm_ : loose_).push_back(&one);
    }
    pass_over_generated();
    read_as_text();
    if (auto problem = other_kind()) {
        return *std::move(problem);
    }
    if (auto problem = ask_.wish.fresh ? taken() : std::nullopt) {
        return *std::move(problem);
    }
    if (!ask_.wish.in.empty()) {
        return in_module();
    }
    if (!said_.hidden.empty()) {
        return said_.hidden.front();
    }
    if (auto made = in_whole()) {
        return *std::move(made);
    }
    // What would only be said twice does no harm, nor what is said over for sure.
    const bool merges = wanted_ == "true" || option_.parts().front() == "users" || !firm_.empty();
    if (!said_.unlikely.empty() && !merges) {
        return said_.unlikely.front();
    }
    const bool defaults = std::all_of(loose_.begin(), loose_.end(), [](const Definition* one) {
        return one->priority > 100; // said over by a plain value, whatever the condition is
    });
    if (firm_.empty() && !loose_.empty() && !(defaults && ask_.named())) {
        Steps made = toggle();
        if (made || !ask_.named() || made.problem().code != "conditional") {
            return made;
        }
    }
    if (firm_.empty() && (loose_.empty() || !ask_.named())) {
        return for_the_first_time(ask_.targets);
    }
    return ask_.named() ? for_hosts() : anywhere();
}

std::string as_one(const std::string& expression) {
    const bool several = expression.find(' ') != std::string::npos && expression.front() != '"' &&
                         expression.front() != '[';
    return several || expression.front() == '-' ? "(" + expression + ")" : expression;
}

bool SetOption::is_firm(const Definition& one) const {
    const auto& hosts = one.at->hosts;
    return !one.conditional ||
           (ask_.wish.in.empty() && !hosts.empty() && said_.definitions.size() == 1 &&
            std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
                return holds(space_, candidates_, one, host) == true;
            }));
}

bool SetOption::is_so(const Definition& one) const {
    return same_expression(one.value, wanted_) && (!ask_.wish.weak || one.priority > 100);
}

bool SetOption::is_written_by_program(const Definition& one) const {
    return is_generated(*space_.tree(one.at->file), one.at->file);
}

void SetOption::pass_over_generated() {
    for (Definitions* all : {&firm_, &loose_}) {
        std::erase_if(*all, [&](const Definition* one) {
            return one->priority > 100 && !is_so(*one) && is_written_by_program(*one);
        });
    }
}

Steps SetOption::in_module() {
    Definitions all = firm_;
    all.insert(all.end(), loose_.begin(), loose_.end());
    if (all.empty() && !said_.hidden.empty()) {
        return said_.hidden.front();
    }
    if (all.empty()) {
        return insert_beside_others();
    }
    const bool elsewhere = std::any_of(all.begin(), all.end(), [&](const Definition* one) {
        return one->at->file != all.front()->at->file;
    });
    if (elsewhere) {
        return several(option_, all);
    }
    Wish anywhere = ask_.wish;
    anywhere.in.clear();
    const HostNames& hosts = all.front()->at->hosts;
    const auto candidates = hosts.empty() ? core::Result<std::vector<Candidate>>(candidates_)
                                          : space_.candidates(anywhere, hosts);
    const auto said = candidates ? space_.said(*candidates, option_) : Workspace::Said{};
    for (const Definition& other : said.definitions) {
        if (other.at->file != all.front()->at->file && !other.conditional && !is_so(other) &&
            other.priority == all.front()->priority) {
            return several(option_, {all.front(), &other});
        }
    }
    return change(*all.front());
}

Steps SetOption::insert_beside_others() {
    HostNames hosts;
    for (const Candidate& at : candidates_) {
        hosts.insert(at.hosts.begin(), at.hosts.end());
    }
    Wish anywhere = ask_.wish;
    anywhere.in.clear();
    const auto candidates = hosts.empty() ? core::Result<std::vector<Candidate>>(candidates_)
                                          : space_.candidates(anywhere, hosts);
    const auto said = candidates ? space_.said(*candidates, option_) : Workspace::Said{};
    std::string written = written_;
    for (const Definition& other : said.definitions) {
        if (other.priority < 100) {
            return forced(option_, other);
        }
        if (other.priority == 100 && !is_so(other)) {
            written = "lib.mkForce " + as_one(wanted_);
        }
    }
    if (auto problem = unread(space_, option_, hosts)) {
        return *problem;
    }
    Steps made = insert(space_, ask_, candidates_, ask_.targets, written);
    if (made && written != written_) {
        made.value().front().how = "said over what " + said.definitions.front().where() + " says";
    }
    return made;
}

Steps SetOption::for_the_first_time(const HostNames& hosts) {
    if (auto problem = unread(space_, option_, hosts)) {
        return std::move(*problem);
    }
    if (auto problem = not_declared_for(hosts)) {
        return *std::move(problem);
    }
    const auto lost = doubts(space_, hosts);
    if (option_.str() == "networking.hostName" && !lost.empty()) { // every host has one
        return Problem{.code = "unread",
                       .message =
                           "where the host's name is said could not be read: " + lost.front(),
                       .where = lost.front().substr(0, lost.front().find(": ")),
                       .hint = "change it there by hand"};
    }
    const bool switched = wanted_ == "true" && option_.parts().back() == "enable";
    if (ask_.named() && switched && ask_.wish.user.empty()) {
        if (const auto module = module_for(space_, option_, hosts)) {
            Wish wish{.kind = WishKind::add_import, .module = *module};
            Ask instead{.request = ask_.request, .wish = wish, .targets = hosts};
            Steps made = plan_import(space_, instead);
            if (made) {
                for (Step& step : made.value()) {
                    step.wish = describe(ask_.wish);
                    step.how = *module + " does it, and was not imported";
                }
                return made;
            }
        }
    }
    Steps made = insert(space_, ask_, apart_from(candidates_, said_), hosts, written_);
    if (made && !said_.passed_over.empty()) {
        made.value().front().notes.push_back(said_.passed_over.front());
    }
    return made;
}

Steps SetOption::under_switch(const Definition& one, const OptionPath& by) {
    const auto said = space_.said(candidates_, by);
    const bool on = std::any_of(said.definitions.begin(), said.definitions.end(),
                                [](const Definition& other) { return other.value != "false"; });
    if (!on || one.at->maybe || (ask_.named() && !one.at->own())) {
        return conditional(option_, one);
    }
    return change(one);
}

Steps SetOption::toggle() {
    const auto by = loose_.size() == 1 ? switch_of(space_, *loose_.front(), option_) : std::nullopt;
    if (by && !is_so(*loose_.front())) {
        return under_switch(*loose_.front(), *by);
    }
    std::vector<OptionPath> switches;
    for (const Definition* one : loose_) {
        const auto path = switch_of(space_, *one, option_);
        if (!path || !is_so(*one) || !is_switch_of(space_, *path, *one, option_)) {
            return conditional(option_, *one);
        }
        if (std::find(switches.begin(), switches.end(), *path) == switches.end()) {
            switches.push_back(*path);
        }
    }
    if (switches.size() != 1) {
        return several(option_, loose_);
    }
    Wish wish = ask_.wish;
    wish.option = switches.front();
    wish.value = Value(true);
    Ask instead{.request = ask_.request, .wish = wish, .targets = ask_.targets};
    Steps made = SetOption(space_, instead).run();
    if (made) {
        for (Step& step : made.value()) {
            step.wish = describe(ask_.wish);
            step.how += "; by the repository's own option " + switches.front().str();
        }
    }
    return made;
}

Steps plan_set(Workspace& space, const Ask& ask) {
    Steps made = SetOption(space, ask).run();
    if (made) {
        say_what_a_shell_needs(space, ask, made.value());
    }
    return made;
}

} // namespace agentd::proposals::plan
