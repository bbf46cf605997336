#include "agentd/analysis/reasons.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace agentd::analysis {

namespace {

constexpr std::array any{
    Reason{"bad_json", "its question is no JSON"},
    Reason{"bad_value", "a value is not as it has to be"},
    Reason{"index_unreadable", "the index of options cannot be read"},
    Reason{"limit", "it needs more memory than it is given"},
    Reason{"missing_key", "its question lacks a field"},
    Reason{"no_index", "there is no index of options"},
    Reason{"too_large", "what it has to read is too large"},
    Reason{"too_many", "what it has to read is too much"},
    Reason{"unknown_field", "its question has a field that it does not know"},
    Reason{"unreadable", "something that it has to read cannot be read"},
    Reason{"usage", "it was started as it cannot be"},
    Reason{"wrong_type", "its question has a field of another type"},
};

constexpr std::array systems{
    Reason{"bad_manifest", "the list of a system's paths is not as it has to be"},
    Reason{"bad_statements", "what a system says of itself is not as it has to be"},
    Reason{"not_a_system", "what was built is no system"},
};

constexpr std::array plan{
    Reason{"absent", "what is to be changed is not there"},
    Reason{"apart", "what is to be one thing stands in two places"},
    Reason{"bad_encoding", "a file is not UTF-8"},
    Reason{"bad_option", "an option is not named as one"},
    Reason{"bad_package", "a package is not named as one"},
    Reason{"bad_text", "a text that was given is not Nix"},
    Reason{"closed_arguments", "a module takes no more arguments"},
    Reason{"comment_inside", "a comment stands in what would go"},
    Reason{"conditional", "it depends on a condition"},
    Reason{"contradiction", "two operations contradict each other"},
    Reason{"control_char", "a text has letters that nobody sees"},
    Reason{"discovered", "files there are imported by being there"},
    Reason{"elsewhere", "it is set in another place than was named"},
    Reason{"exists", "it is there already"},
    Reason{"followed", "another input follows it"},
    Reason{"forced", "it is set with a priority"},
    Reason{"generated", "a program writes that file"},
    Reason{"has_parts", "it has parts of its own"},
    Reason{"hidden_unicode", "a text has letters that nobody sees"},
    Reason{"hosts_unknown", "which hosts there are cannot be told"},
    Reason{"inherited", "it is taken over from elsewhere"},
    Reason{"nix_syntax", "a file is no Nix that can be read"},
    Reason{"no_arguments", "a module takes no arguments"},
    Reason{"no_flake", "there is no flake that can be read"},
    Reason{"no_host_named", "a host has to be named"},
    Reason{"no_hosts", "there are no hosts"},
    Reason{"no_place", "there is no place for it that is certain"},
    Reason{"no_such_host", "there is no such host"},
    Reason{"no_such_module", "there is no such module"},
    Reason{"no_such_user", "there is no such user"},
    Reason{"no_url", "an input has no address that can be changed"},
    Reason{"not_a_list", "it is no list"},
    Reason{"not_a_module", "a file is no module"},
    Reason{"not_declared", "it is not declared"},
    Reason{"not_nix", "a file is no Nix"},
    Reason{"not_of_a_user", "it is no option of a user"},
    Reason{"of_a_home", "it belongs to somebody's home"},
    Reason{"opaque", "it is computed in a way that cannot be looked through"},
    Reason{"other_hosts", "other hosts would change too"},
    Reason{"other_import_form", "it is imported in another way"},
    Reason{"other_kind", "it is of another kind than was asked for"},
    Reason{"secret", "it is a secret, or holds one"},
    Reason{"several", "it is set more than once"},
    Reason{"several_modules", "several modules may be meant"},
    Reason{"several_places", "several places may be meant"},
    Reason{"shared", "hosts that were not named share it"},
    Reason{"switched", "a switch of the repository's own decides it"},
    Reason{"taken_back", "one operation takes back what another does"},
    Reason{"unread", "a file that may say it cannot be read"},
    Reason{"untold", "an edit would be of something else"},
    Reason{"used", "it is used elsewhere"},
    Reason{"variable", "it is a name for something else"},
    Reason{"whole", "it is set as a whole"},
    Reason{"would_break", "the edited file would not be what was meant"},
};

constexpr std::array goal{
    Reason{"bad_goal", "the goal has what no goal has"},
    Reason{"bad_path", "an option is not named as one"},
    Reason{"bad_port", "a port is none"},
    Reason{"contradiction", "the goal contradicts itself"},
    Reason{"empty_goal", "the goal says nothing"},
    Reason{"hosts_unknown", "which hosts there are cannot be told"},
    Reason{"nix_syntax", "a file is no Nix that can be read"},
    Reason{"no_flake", "there is no flake that can be read"},
    Reason{"no_such_host", "there is no such host"},
    Reason{"no_such_input", "there is no such input"},
    Reason{"no_such_user", "there is no such user"},
    Reason{"not_understood", "a word of the goal is not understood"},
    Reason{"not_yet", "that cannot be done yet"},
    Reason{"two_readings", "the goal can be read in more than one way"},
    Reason{"unknown_option", "there is no such option"},
    Reason{"unknown_package", "there is no such package"},
    Reason{"unknown_service", "there is no such service"},
};

/// A file, an option or a position, by its letters: no sentence.
bool is_place(std::string_view text) {
    return text.size() <= 256 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

} // namespace

std::span<const Reason> reasons(Task task) noexcept {
    switch (task) {
    case Task::systems:
        return systems;
    case Task::plan:
        return plan;
    case Task::goal:
        return goal;
    }
    return {};
}

std::span<const Reason> reasons_of_any_task() noexcept {
    return any;
}

std::string as_said(std::string_view words) {
    std::string inside = core::shorten(core::printable(core::to_utf8(words)), 1'000);
    std::replace_if(
        inside.begin(), inside.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    for (const std::string_view mark : {"\u201c", "\u201d"}) { // whose end is ours to say
        for (auto at = inside.find(mark); at != std::string::npos; at = inside.find(mark, at)) {
            inside.replace(at, mark.size(), "\"");
        }
    }
    return inside.empty() ? inside : "agentd-analyze says \u201c" + inside + "\u201d";
}

core::Problem as_refusal(Task task, const core::Problem& said) {
    const Reason* reason = nullptr;
    for (const auto list : {reasons(task), reasons_of_any_task()}) {
        const auto found = std::find_if(list.begin(), list.end(),
                                        [&](const Reason& each) { return each.code == said.code; });
        reason = found != list.end() && reason == nullptr ? &*found : reason;
    }
    const std::string words = as_said(said.message);
    const std::string ours(reason != nullptr ? reason->meaning
                                             : "agentd-analyze refused for no reason that it has");
    return {.code = std::string(reason != nullptr ? reason->code : "analysis_failed"),
            .message = ours + (words.empty() ? "" : ": " + words),
            .where = is_place(said.where) ? said.where : as_said(said.where),
            .hint = as_said(said.hint)};
}

} // namespace agentd::analysis
