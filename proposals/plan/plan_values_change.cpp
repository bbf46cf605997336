// One value of an option: how the binding is changed that is chosen, and what is said beside it.
#include "proposals/plan/set_option.hpp"
#include "proposals/plan/topic.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix/names.hpp"

#include <algorithm>

namespace agentd::proposals::plan {

using core::Problem;

namespace {

std::string on_one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank || (!out.empty() && out.back() != ' ')) {
            out += blank ? ' ' : c;
        }
    }
    return out;
}

/// `KEY` of a text that is one line, `KEY=value`.
std::string key_of(std::string_view text) {
    const std::string_view mark = text.starts_with("''") ? "''" : "\"";
    if (text.size() < 2 * mark.size() || !text.starts_with(mark) || !text.ends_with(mark)) {
        return {};
    }
    text = core::trim(text.substr(mark.size(), text.size() - 2 * mark.size()));
    const auto sign = text.find('=');
    const bool one = sign != text.npos && text.find('\n') == text.npos &&
                     text.find("\\n") == text.npos && text.find("${") == text.npos;
    return one ? std::string(core::trim(text.substr(0, sign))) : "";
}

bool sets_the_same(std::string_view one, std::string_view other) {
    return !key_of(one).empty() && key_of(one) == key_of(other);
}

} // namespace

std::optional<Steps> SetOption::in_whole() {
    Definitions wholes;
    bool apart = false;
    for (const Definition& one : said_.definitions) {
        if (one.of_whole) {
            wholes.push_back(&one);
        }
        apart = apart || !one.of_whole;
    }
    if (apart || (wholes.empty() && said_.wholes.empty())) {
        return std::nullopt; // what is said by itself stands for the whole already
    }
    if (wholes.empty()) {
        return Steps(said_.wholes.front());
    }
    const Definition& one = *wholes.front();
    const bool all = one.at->hosts == ask_.targets && is_for(space_, ask_, *one.at);
    if (wholes.size() == 1 && (is_so(one) || all)) {
        return change(one);
    }
    return Steps(Problem{.code = "whole",
                         .message = option_.str() + " is said at " + one.where() +
                                    " with all that stands beside it, as a default or forced: "
                                    "said elsewhere, it would stand for all of that",
                         .where = one.where(),
                         .hint = "change it there for all hosts that share it, or say all of it"});
}

std::optional<Problem> SetOption::not_declared_for(const HostNames& hosts) const {
    const map::OwnOption* own = ask_.wish.user.empty() ? declared_above(space_, option_) : nullptr;
    if (own == nullptr) {
        return std::nullopt;
    }
    for (const map::OwnOption& one : space_.map().own_options) {
        const auto made = space_.map().hosts_of(one.file);
        const bool all = std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
            return std::find(made.begin(), made.end(), host) != made.end();
        });
        if (one.path == own->path && (made.empty() || all)) {
            return std::nullopt; // declared there, or nobody knows where it is used
        }
    }
    return Problem{.code = "not_declared",
                   .message = option_.str() + " is an option of " + own->file +
                              ", which not all of these hosts are made of",
                   .where = own->file + ":" + std::to_string(own->line),
                   .hint = "say the option of NixOS by its path, or import that module first"};
}

std::optional<Problem> SetOption::taken() const {
    for (const Definition& one : said_.definitions) {
        if (!is_so(one) && !sets_the_same(one.value, wanted_)) {
            return Problem{.code = "exists",
                           .message = option_.str() + " says something else already: " +
                                      core::printable(core::shorten(on_one_line(one.value), 60)),
                           .where = one.where(),
                           .hint = "put the two together there; wanted was " + wanted_};
        }
    }
    return std::nullopt;
}

Steps SetOption::change(const Definition& one, const std::string& written) {
    if (is_so(one)) {
        return std::vector{step_at(ask_, *one.at, false, "it is so already, at " + one.where())};
    }
    if (is_written_by_program(one)) {
        return by_program(option_, one);
    }
    auto style = space_.style();
    style.inside_conditions = one.inside;
    const auto names = space_.names_in(*one.at, option_);
    if (one.value.starts_with("pkgs.") && wanted_.starts_with('"')) {
        return Problem{.code = "other_kind",
                       .message = option_.str() + " is " + core::shorten(one.value, 60) + " at " +
                                  one.where() + ", and a text is no package",
                       .where = one.where(),
                       .hint = "say set " + option_.str() + " to the package NAME"};
    }
    const bool made_of =
        one.value.starts_with('"') && (one.value.find("${cfg.") != std::string::npos ||
                                       one.value.find("${config.") != std::string::npos);
    if (made_of) {
        return Problem{.code = "variable",
                       .message = option_.str() + " is made of other options at " + one.where() +
                                  ": " + core::shorten(one.value, 60),
                       .where = one.where(),
                       .hint = "set those instead"};
    }
    if (!ask_.wish.user.empty() && !one.at->others.empty()) {
        return of_others(option_, one);
    }
    if (ask_.wish.weak && one.priority < 100) {
        return forced(option_, one);
    }
    const std::string& text = one.priority > 100 ? wanted_ : written;
    auto edit = nix::set_value(*space_.tree(one.at->file), names, text, style);
    if (auto done = take(space_, one.at->file, std::move(edit), names); !done) {
        return done.problem();
    }
    Step step =
        step_at(ask_, *one.at, true,
                "it was " + core::shorten(on_one_line(one.value), 60) + " at " + one.where());
    step.notes = doubts(space_, one.at->hosts);
    if (const auto by = one.conditional ? switch_of(space_, one, option_) : std::nullopt) {
        step.notes.push_back("it holds where " + by->str() + " is on");
    }
    for (const Definition& other : said_.definitions) {
        if (&other != &one) {
            step.notes.push_back("also set at " + other.where());
        }
    }
    return std::vector{std::move(step)};
}

/// NixOS refuses a login shell of these that is not turned on as a program.
void say_what_a_shell_needs(Workspace& space, const Ask& ask, std::vector<Step>& steps) {
    const auto& parts = ask.wish.option->parts();
    const auto* package = std::get_if<PackageAttr>(&*ask.wish.value);
    const bool shell = parts.size() == 4 && parts.front() == "users" && parts.back() == "shell";
    const std::string name = package == nullptr ? "" : package->str();
    const auto program = OptionPath::parse("programs." + name + ".enable");
    if (!shell || !program || (name != "zsh" && name != "fish" && name != "xonsh")) {
        return;
    }
    const auto& all = ask.request.operations;
    const bool asked = std::any_of(all.begin(), all.end(),
                                   [&](const Wish& wish) { return wish.option == program; });
    const auto candidates = space.candidates({.kind = WishKind::set_option}, ask.targets);
    const auto said = candidates ? space.said(*candidates, *program) : Workspace::Said{};
    if (!asked && said.definitions.empty() && !steps.empty()) {
        steps.front().notes.push_back("NixOS takes it as a login shell only where " +
                                      program->str() + " is true, which nothing here says");
    }
}

} // namespace agentd::proposals::plan
