// One element of a list: add.
#include "proposals/plan/list_edit.hpp"
#include "proposals/plan/list_files.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>
#include <set>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

nix::Element element_of(const Wish& wish, const map::Style& style) {
    const Value& value = *wish.value;
    if (wish.last || wish.size) {
        const bool many = style.expands_lists(); // a set of two names is opened there too
        const auto part = [&](const char* name, const Value& one) {
            return std::string(name) + " = " + expression_of(one, style) + ";";
        };
        const std::string from = part(wish.last ? "from" : "device", value);
        const std::string to =
            part(wish.last ? "to" : "size", Value(wish.last ? *wish.last : *wish.size));
        return {.text =
                    many ? "{\n  " + from + "\n  " + to + "\n}" : "{ " + from + " " + to + " }"};
    }
    if (const auto* package = std::get_if<PackageAttr>(&value)) {
        return {.text = package->str(), .package = true};
    }
    return {.text = expression_of(value, style)};
}

} // namespace

ListEdit::ListEdit(Workspace& space, const Ask& ask)
    : space_(space), ask_(ask), option_(*ask.wish.option),
      element_(element_of(ask.wish, space.map().style)) {}

Steps ListEdit::run() {
    auto candidates = space_.candidates(ask_.wish, ask_.targets);
    if (!candidates) {
        return candidates.problem();
    }
    candidates_ = std::move(candidates).value();
    said_ = space_.said(candidates_, option_);
    if (auto step = there_for_the_user()) {
        return std::vector{*std::move(step)};
    }
    Steps made = ask_.wish.kind == WishKind::add_to_list ? add() : remove();
    if (made) {
        say_what_the_firewall_does(made.value());
    }
    return made;
}

nix::EditStyle ListEdit::style(const Definition& one) const {
    auto out = space_.style();
    out.inside_conditions = one.inside;
    return out;
}

nix::EditResult ListEdit::addition(const Definition& one) {
    const std::string file = list_file_of(space_, one);
    const auto names =
        file == one.at->file ? space_.names_in(*one.at, option_) : std::vector<std::string>{};
    return nix::add_element(*space_.tree(file), names, element_, style(one));
}

core::Result<Step> ListEdit::taken(const Definition& one, nix::EditResult edit,
                                   const std::string& how) {
    const std::string file = list_file_of(space_, one);
    if (is_generated(*space_.tree(file), file)) {
        return by_program(option_, one);
    }
    const HostNames readers =
        file == one.at->file ? HostNames{} : others_that_read(space_, file, ask_.targets);
    if (!readers.empty() && (ask_.named() || !ask_.wish.in.empty())) {
        return Problem{
            .code = "shared",
            .message = "the list of " + option_.str() + " at " + one.where() + " is the file " +
                       file + ", which " +
                       core::join(std::vector<std::string>(readers.begin(), readers.end()), ", ") +
                       " read too",
            .where = file,
            .hint = "name no host, or all of them"};
    }
    const bool changed = !edit || !edit->splices.empty();
    const auto names =
        file == one.at->file ? space_.names_in(*one.at, option_) : std::vector<std::string>{};
    if (auto done = take(space_, file, std::move(edit), names); !done) {
        return done.problem();
    }
    removals_.clear();
    Step step = step_at(ask_, *one.at, changed, changed ? how : "it is in the list already");
    step.file = file;
    if (file != one.at->file) {
        step.how += ", which reads " + file;
        step.by_other_means = true; // whoever else reads it
    }
    return step;
}

std::vector<const Definition*> ListEdit::heard() const {
    int strongest = 100'000;
    for (const Definition& one : said_.definitions) {
        strongest = counts(one) ? std::min(strongest, one.priority) : strongest;
    }
    std::vector<const Definition*> out;
    for (const Definition& one : said_.definitions) {
        if (counts(one) && one.priority == strongest) {
            out.push_back(&one);
        }
    }
    return out;
}

const Definition* ListEdit::under_condition() {
    const auto& all = said_.definitions;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& one) {
        return element_.package && !counts(one) && has(one);
    });
    return found == all.end() ? nullptr : &*found;
}

Steps ListEdit::add() {
    const auto all = heard();
    HostNames have;
    HostNames define;
    for (const Definition* one : all) {
        define.insert(one->at->hosts.begin(), one->at->hosts.end());
        if (has(*one)) {
            have.insert(one->at->hosts.begin(), one->at->hosts.end());
            there_ = one;
        }
    }
    if (const Definition* one = there_ == nullptr ? under_condition() : nullptr) {
        return Problem{.code = "conditional",
                       .message = "it is in " + option_.str() + " at " + one->where() +
                                  " already, under a condition that cannot be told without Nix",
                       .where = one->where(),
                       .hint = "name that module (`in`), or another file for it"};
    }
    if (there_ != nullptr && is_few(ask_, have)) {
        return few(ask_, have, there_->where());
    }
    const bool one_place = !ask_.named() || !ask_.wish.in.empty();
    const bool shared = std::any_of(all.begin(), all.end(), [&](const Definition* one) {
        return !is_few(ask_, one->at->hosts) && has(*one);
    });
    const bool split = there_ != nullptr && !ask_.named() && ask_.wish.in.empty() && !shared;
    if (split && have != ask_.targets) {
        return not_all(ask_, have, there_->where());
    }
    if (one_place && there_ != nullptr && have == define) {
        return std::vector{
            step_at(ask_, *there_->at, false, "it is in the list already, at " + there_->where())};
    }
    HostNames missing;
    std::set_difference(ask_.targets.begin(), ask_.targets.end(), have.begin(), have.end(),
                        std::inserter(missing, missing.end()));
    if (ask_.named() && ask_.wish.in.empty() && missing.empty()) {
        const std::string where = there_ == nullptr ? "" : there_->where();
        return std::vector{nothing_to_do(ask_, "all have it already, as at " + where)};
    }
    return ask_.named() && ask_.wish.in.empty() ? add_for(missing, all) : add_anywhere(all);
}

Steps ListEdit::add_anywhere(const std::vector<const Definition*>& all) {
    if (!ask_.wish.in.empty()) {
        const bool elsewhere = std::any_of(all.begin(), all.end(), [&](const Definition* one) {
            return one->at->file != all.front()->at->file;
        });
        if (elsewhere) {
            return Problem{.code = "several_places",
                           .message = option_.str() + " is set at " + all.front()->where() +
                                      " and elsewhere in `" + ask_.wish.in + "`",
                           .where = all.front()->where(),
                           .hint = "name the file by its path"};
        }
    }
    std::optional<Problem> why;
    std::vector<const Definition*> order = all;
    std::stable_sort(order.begin(), order.end(),
                     [](const auto* a, const auto* b) { return rank_of(*a) > rank_of(*b); });
    std::set<std::pair<const Candidate*, bool>> tried; // an edit is of the file, not of the binding
    for (const Definition* one : order) {
        const bool again = !tried.emplace(one->at, one->inside).second;
        if (again || (ask_.wish.in.empty() && !is_fitting(*one))) {
            continue;
        }
        Steps made = !ask_.wish.user.empty() && !one->at->others.empty()
                         ? Steps(of_others(option_, *one))
                         : put(*one);
        if (made) {
            return made;
        }
        why = why ? why : made.problem();
    }
    if (why) {
        return *why;
    }
    return new_list(ask_.targets);
}

Steps ListEdit::add_for(HostNames missing, const std::vector<const Definition*>& all) {
    std::vector<Step> out;
    while (!missing.empty()) {
        const Definition* best = best_for(missing, all);
        const bool other = !all.empty() && all.front()->priority != 100;
        if (best == nullptr && other) {
            return Problem{.code = "forced",
                           .message = option_.str() + " has another priority at " +
                                      all.front()->where() +
                                      ": a list said elsewhere would not be joined with it",
                           .where = all.front()->where(),
                           .hint = "change it there for all hosts that share it"};
        }
        Steps made = best == nullptr ? new_list(missing) : put(*best);
        if (!made && made.problem().code == "exists" && best == nullptr) {
            best = in_place_of_new(missing, all);
            made = best == nullptr ? std::move(made) : put(*best);
        }
        if (!made) {
            return made.problem();
        }
        out.insert(out.end(), made->begin(), made->end());
        if (best == nullptr) {
            break;
        }
        for (const std::string& host : best->at->hosts) {
            missing.erase(host);
        }
    }
    return out;
}

Steps ListEdit::put(const Definition& one) {
    if (is_few(ask_, one.at->hosts)) {
        return few(ask_, one.at->hosts, one.where());
    }
    auto step = taken(one, addition(one), "added to the list at " + one.where());
    if (!step) {
        return step.problem();
    }
    if (there_ != nullptr) {
        step.value().notes.push_back("some hosts have it already, by " + there_->where());
    }
    return std::vector{std::move(step).value()};
}

Steps ListEdit::new_list(const HostNames& hosts) {
    const auto candidates = apart_from(candidates_, said_);
    if (candidates.empty() && !said_.hidden.empty()) {
        return said_.hidden.front();
    }
    std::string text = (element_.package ? "pkgs." : "") + element_.text;
    if (text.find('\n') != text.npos) {
        for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
            text.insert(at + 1, "  ");
        }
        return insert(space_, ask_, candidates, hosts, "[\n  " + text + "\n]");
    }
    return insert(space_, ask_, candidates, hosts,
                  space_.map().style.tight() ? "[" + text + "]" : "[ " + text + " ]");
}

Steps plan_list(Workspace& space, const Ask& ask) {
    return ListEdit(space, ask).run();
}

} // namespace agentd::proposals::plan
