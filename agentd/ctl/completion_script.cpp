#include "agentd/ctl/help.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::ctl {

namespace {

struct Words {
    std::string before{}; ///< the words typed so far, "" or "audit"
    std::vector<std::pair<std::string, std::string>> next{}; ///< word, what it does
};

std::string group_help(const std::string& word) {
    std::string text;
    for (const Command& command : command_table()) {
        if (command.path.starts_with(word + " ")) {
            text += (text.empty() ? "" : ", ") + std::string(command.path.substr(word.size() + 1));
        }
    }
    return text;
}

/// What may follow nothing, and what may follow each first word that is a group.
std::vector<Words> tree() {
    std::vector<Words> levels{{}};
    for (const Command& command : command_table()) {
        const auto words = core::split(command.path, ' ');
        const std::string first(words.front());
        const auto known = [&](const auto& pair) { return pair.first == first; };
        auto& top = levels.front().next;
        if (!first.empty() && std::none_of(top.begin(), top.end(), known)) {
            top.emplace_back(first, words.size() > 1 ? group_help(first) : command.summary);
        }
        if (words.size() < 2) {
            continue;
        }
        if (levels.back().before != first) {
            levels.push_back({.before = first});
        }
        levels.back().next.emplace_back(std::string(words[1]), command.summary);
    }
    return levels;
}

std::string options_of(const Command& command) {
    std::string text;
    for (const auto& options : {std::span<const Option>(command.options), common_options()}) {
        for (const Option& option : options) {
            text += (text.empty() ? "" : " ") + std::string(option.name);
        }
    }
    return text;
}

std::string choices_of(const Command& command) {
    std::string text;
    for (const Argument& argument : command.arguments) {
        text += argument.choices;
    }
    std::replace(text.begin(), text.end(), '|', ' ');
    return text;
}

// In single quotes of every shell; the table's own test keeps quotes out of it.
std::string quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

std::string bash() {
    std::string text = "# bash completion of agentctl: source it, or put it into "
                       "/etc/bash_completion.d\n"
                       "_agentctl() {\n"
                       "    local word=${COMP_WORDS[COMP_CWORD]} typed= w words=\n"
                       "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                       "        case $w in -*) ;; *) typed=\"${typed:+$typed }$w\" ;; esac\n"
                       "    done\n"
                       "    case $typed in\n";
    for (const Words& level : tree()) {
        std::string words;
        for (const auto& [word, help] : level.next) {
            words += (words.empty() ? "" : " ") + word;
        }
        text += "    " + quoted(level.before) + ") words=" + quoted(words) + " ;;\n";
    }
    for (const Command& command : command_table()) {
        if (!choices_of(command).empty()) {
            text +=
                "    " + quoted(command.path) + ") words=" + quoted(choices_of(command)) + " ;;\n";
        }
    }
    text += "    esac\n    case $word in -*) case $typed in\n";
    for (const Command& command : command_table()) {
        const std::string path(command.path);
        text += "    " + quoted(path) + (path.empty() ? "" : "|" + quoted(path + " ") + "*") +
                ") words=" + quoted(options_of(command)) + " ;;\n";
    }
    return text + "    esac ;; esac\n"
                  "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                  "    [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default\n"
                  "}\n"
                  "complete -F _agentctl agentctl\n";
}

std::string zsh() {
    std::string text = "#compdef agentctl\n"
                       "# zsh completion of agentctl: as _agentctl in a folder of $fpath\n"
                       "_agentctl() {\n"
                       "    local word typed=\n"
                       "    local -a next options\n"
                       "    for word in ${words[2,CURRENT-1]}; do\n"
                       "        [[ $word = -* ]] || typed=\"${typed:+$typed }$word\"\n"
                       "    done\n"
                       "    case $typed in\n";
    for (const Words& level : tree()) {
        text += "    " + quoted(level.before) + ") next=(";
        for (const auto& [word, help] : level.next) {
            text += " " + quoted(word + ":" + help);
        }
        text += " ) ;;\n";
    }
    for (const Command& command : command_table()) {
        if (!choices_of(command).empty()) {
            text += "    " + quoted(command.path) + ") next=( " + choices_of(command) + " ) ;;\n";
        }
    }
    text += "    esac\n    case $typed in\n";
    for (const Command& command : command_table()) {
        const std::string path(command.path);
        text += "    " + quoted(path) + (path.empty() ? "" : "|" + quoted(path + " ") + "*") +
                ") options=( " + options_of(command) + " ) ;;\n";
    }
    return text +
           "    esac\n"
           "    if [[ $PREFIX = -* ]]; then\n"
           "        compadd -- $options\n"
           "    elif (( $#next )); then\n"
           "        _describe command next\n"
           "    else\n"
           "        _files\n"
           "    fi\n"
           "}\n"
           "# Read as a function of $fpath this is the first completion itself; sourced, it is "
           "none.\n"
           "if [[ ${funcstack[1]} = _agentctl ]]; then _agentctl \"$@\"; else compdef _agentctl "
           "agentctl; fi\n";
}

std::string fish_options(std::span<const Option> options, const std::string& when) {
    std::string text;
    for (const Option& option : options) {
        text += "complete -c agentctl" + when + " -l " + std::string(option.name.substr(2));
        text += option.letter != '\0' ? std::string(" -s ") + option.letter : "";
        text += option.value.empty() ? "" : " -r";
        text += " -d " + quoted(option.help) + "\n";
    }
    return text;
}

std::string fish() {
    std::string text =
        "# fish completion of agentctl: in ~/.config/fish/completions/agentctl.fish\n";
    const auto levels = tree();
    for (const Words& level : levels) {
        std::string all;
        for (const auto& [word, help] : level.next) {
            all += " " + word;
        }
        const std::string when = level.before.empty()
                                     ? "__fish_use_subcommand"
                                     : "__fish_seen_subcommand_from " + level.before +
                                           "; and not __fish_seen_subcommand_from" + all;
        for (const auto& [word, help] : level.next) {
            text += "complete -c agentctl -f -n " + quoted(when) + " -a " + word + " -d " +
                    quoted(help) + "\n";
        }
    }
    for (const Command& command : command_table()) {
        if (command.path.empty()) {
            continue;
        }
        std::string when;
        for (const auto word : core::split(command.path, ' ')) {
            when += (when.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") +
                    std::string(word);
        }
        text += fish_options(command.options, " -n " + quoted(when));
        if (!choices_of(command).empty()) {
            text += "complete -c agentctl -f -n " + quoted(when) + " -a " +
                    quoted(choices_of(command)) + "\n";
        }
    }
    return text + fish_options(common_options(), "");
}

} // namespace

std::string completion_script(std::string_view shell) {
    return shell == "bash" ? bash() : shell == "zsh" ? zsh() : fish();
}

} // namespace agentd::ctl
