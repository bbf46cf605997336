// One element of a list: remove.
#include "proposals/plan/list_edit.hpp"
#include "proposals/plan/list_files.hpp"
#include "proposals/plan/topic.hpp"

namespace agentd::proposals::plan {

using core::Problem;

nix::EditResult ListEdit::removal(const Definition& one) {
    const std::string file = list_file_of(space_, one);
    const auto names =
        file == one.at->file ? names_in(*one.at, option_) : std::vector<std::string>{};
    return nix::remove_element(*space_.tree(file), names, element_, style(one));
}

bool ListEdit::has(const Definition& one) {
    return removal(one).has_value();
}

Steps ListEdit::remove() {
    std::vector<Step> out;
    std::optional<Problem> blind;
    for (const Definition& one : said_.definitions) {
        auto edit = removal(one);
        if (!edit) {
            const bool there = edit.problem().code != "absent";
            if (there && !blind) {
                blind = edit.problem();
                blind->where = list_file_of(space_, one) + ":" + blind->where;
            }
            continue;
        }
        if (one.conditional && ask_.wish.in.empty()) {
            return Problem{.code = "conditional",
                           .message = "it is in " + option_.str() + " at " + one.where() +
                                      " under a condition",
                           .where = one.where(),
                           .hint = "name that module (`in`)"};
        }
        if (ask_.named() && !one.at->own()) {
            return Problem{.code = "shared",
                           .message = "it is in " + option_.str() + " at " + one.where() +
                                      ", which other hosts share",
                           .where = one.where(),
                           .hint = "remove it for all of them: name no host"};
        }
        auto step = taken(one, std::move(edit), "it was in the list at " + one.where());
        if (!step) {
            return step.problem();
        }
        out.push_back(std::move(step).value());
    }
    if (out.empty() && (blind || !said_.hidden.empty())) {
        return blind ? *blind : said_.hidden.front();
    }
    if (out.empty()) {
        out.push_back({.wish = describe(ask_.wish), .how = "no list of those hosts has it"});
    }
    return out;
}

} // namespace agentd::proposals::plan
