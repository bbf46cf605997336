#include "agentd/ctl/help.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <set>

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

/// Every option of any command that is followed by a value, with `separator` between.
std::string value_options(std::string_view separator) {
    std::set<std::string_view> names;
    const auto note = [&](std::span<const Option> options) {
        for (const Option& option : options) {
            if (!option.value.empty()) {
                names.insert(option.name);
            }
        }
    };
    note(common_options());
    for (const Command& command : command_table()) {
        note(command.options);
    }
    std::string text;
    for (const auto name : names) {
        text += (text.empty() ? "" : std::string(separator)) + std::string(name);
    }
    return text;
}

constexpr std::string_view colours = "auto always never";

std::string bash() {
    // A value is no word of the command; readline makes three words of --color=always.
    std::string text = "# bash completion of agentctl: source it, or put it into "
                       "/etc/bash_completion.d\n"
                       "_agentctl() {\n"
                       "    local word=${COMP_WORDS[COMP_CWORD]} typed= w words= value=\n"
                       "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                       "        if [ -n \"$value\" ]; then [ \"$w\" = = ] || value=; continue; fi\n"
                       "        case $w in\n"
                       "        " +
                       value_options("|") +
                       ") value=$w ;;\n"
                       "        -*) ;;\n"
                       "        *) typed=\"${typed:+$typed }$w\" ;;\n"
                       "        esac\n"
                       "    done\n"
                       "    if [ -n \"$value\" ]; then\n"
                       "        [ \"$word\" != = ] || word=\n"
                       "        [ \"$value\" != --color ] || words=" +
                       quoted(colours) +
                       "\n"
                       "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                       "        [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default\n"
                       "        return\n"
                       "    fi\n"
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
                       "    local word typed= value=\n"
                       "    local -a next options\n"
                       "    for word in ${words[2,CURRENT-1]}; do\n"
                       "        if [[ -n $value ]]; then value=; continue; fi\n"
                       "        case $word in\n"
                       "        (" +
                       value_options("|") +
                       ") value=$word ;;\n"
                       "        (-*) ;;\n"
                       "        (*) typed=\"${typed:+$typed }$word\" ;;\n"
                       "        esac\n"
                       "    done\n"
                       "    if [[ $value = --color ]]; then\n"
                       "        compadd " +
                       std::string(colours) +
                       "\n"
                       "        return\n"
                       "    elif [[ -n $value ]]; then\n"
                       "        _files\n"
                       "        return\n"
                       "    fi\n"
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
        text += option.value.empty()       ? ""
                : option.name == "--color" ? " -x -a " + quoted(colours)
                                           : " -r -F";
        text += " -d " + quoted(option.help) + "\n";
    }
    return text;
}

/// The words of the command so far, without options and their values.
std::string fish_words() {
    return "function __agentctl_typed\n"
           "    set -l value\n"
           "    set -l typed\n"
           "    for word in (commandline -opc)[2..-1]\n"
           "        if set -q value[1]\n"
           "            set value\n"
           "            continue\n"
           "        end\n"
           "        switch $word\n"
           "            case " +
           value_options(" ") +
           "\n"
           "                set value $word\n"
           "            case '-*'\n"
           "            case '*'\n"
           "                set -a typed $word\n"
           "        end\n"
           "    end\n"
           "    echo \"$typed\"\n"
           "end\n"
           "function __agentctl_at\n"
           "    set -l typed (__agentctl_typed)\n"
           "    test \"$typed\" = \"$argv\"\n"
           "end\n"
           "function __agentctl_in\n"
           "    set -l typed (__agentctl_typed)\n"
           "    string match -q -- \"$argv *\" \"$typed \"\n"
           "end\n";
}

std::string fish() {
    std::string text =
        "# fish completion of agentctl: in ~/.config/fish/completions/agentctl.fish\n" +
        fish_words();
    for (const Words& level : tree()) {
        const std::string when = "__agentctl_at" + (level.before.empty() ? "" : " " + level.before);
        for (const auto& [word, help] : level.next) {
            text += "complete -c agentctl -f -n " + quoted(when) + " -a " + word + " -d " +
                    quoted(help) + "\n";
        }
    }
    for (const Command& command : command_table()) {
        if (command.path.empty()) {
            continue;
        }
        const std::string path(command.path);
        text += fish_options(command.options, " -n " + quoted("__agentctl_in " + path));
        if (!choices_of(command).empty()) {
            text += "complete -c agentctl -f -n " + quoted("__agentctl_at " + path) + " -a " +
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
