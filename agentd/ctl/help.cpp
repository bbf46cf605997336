#include "agentd/ctl/help.hpp"

#include "agentd/ctl/view.hpp"

namespace agentd::ctl {

namespace {

constexpr std::size_t left = 30;

constexpr std::string_view opening =
    "agentctl: what you say to agentd, the daemon that looks after this machine\n"
    "\n"
    "Usage: agentctl [COMMAND] [OPTIONS]\n"
    "Without a command: the machine's health, and the most useful thing to do next.\n";

constexpr std::string_view ending =
    "\n"
    "An ID is a number from `agentctl list`, a whole id, or at least six characters of one.\n"
    "\n"
    "Examples\n"
    "  agentctl run \"add ripgrep\"               ask for a change; it is tested, not applied\n"
    "  agentctl explain 1                       what it would do here, riskiest first\n"
    "  agentctl approve 1 --apply               sign it with your SSH key, and do it\n"
    "  git diff | agentctl propose --patch -    offer a change of your own\n"
    "  agentctl audit verify                    is the record whole?\n"
    "  agentctl list --json | jq .              everything there is, for scripts\n"
    "\n"
    "Exit status\n"
    "  0 ok · 1 failed or refused · 2 changes (with --detailed-exitcode) · 3 declined\n"
    "  4 presence needed · 8 pending · 64 usage · 69 agentd does not answer\n"
    "  75 stale or busy: try again · 77 denied\n";

std::string letters(const Option& option) {
    std::string text = option.letter != '\0' ? std::string("-") + option.letter + ", " : "";
    text += option.name;
    return option.value.empty() ? text : text + " " + std::string(option.value);
}

std::string row(std::string_view name, std::string_view what) {
    return "  " + pad(std::string(name), left - 2) + "  " + std::string(what) + "\n";
}

std::string options_text(std::span<const Option> options) {
    std::string text;
    for (const Option& option : options) {
        text += row(letters(option), option.help);
    }
    return text;
}

std::string words_of(const Command& command) {
    std::string text(command.path);
    for (const Argument& argument : command.arguments) {
        const std::string name(argument.choices.empty() ? argument.name : argument.choices);
        text += argument.required ? " " + name : " [" + name + "]";
    }
    return text;
}

bool within(const Command& command, std::string_view topic) {
    return command.path.starts_with(std::string(topic) + " ");
}

std::string help_for_command(const Terminal& terminal, const Command& command) {
    std::string text = "Usage: " + synopsis(command) + "\n\n" + std::string(command.summary) + "\n";
    if (!command.more.empty()) {
        text += "\n" + std::string(command.more) + "\n";
    }
    if (!command.arguments.empty()) {
        text += "\n" + terminal.paint(Colour::bold, "Arguments") + "\n";
        for (const Argument& argument : command.arguments) {
            text += row(argument.name, argument.help);
        }
    }
    if (!command.options.empty()) {
        text += "\n" + terminal.paint(Colour::bold, "Options") + "\n";
        text += options_text(command.options);
    }
    text += "\n" + terminal.paint(Colour::bold, "Options of every command") + "\n";
    return text + options_text(common_options());
}

} // namespace

std::string synopsis(const Command& command) {
    std::string text = "agentctl " + words_of(command);
    for (const Option& option : command.options) {
        text += " [" + std::string(option.name) +
                (option.value.empty() ? "" : " " + std::string(option.value)) + "]";
    }
    return text;
}

std::string help(const Terminal& terminal) {
    std::string text(opening);
    std::string_view group;
    for (const Command& command : command_table()) {
        if (command.path.empty()) {
            continue;
        }
        if (command.group != group) {
            group = command.group;
            text += "\n" + terminal.paint(Colour::bold, group) + "\n";
        }
        text += row(words_of(command), command.summary);
    }
    text += "\n" + terminal.paint(Colour::bold, "Options of every command") + "\n";
    return text + options_text(common_options()) + std::string(ending);
}

std::string help_for(const Terminal& terminal, std::string_view topic) {
    if (topic.empty()) {
        return help(terminal);
    }
    if (const Command* command = find_command(topic)) {
        return help_for_command(terminal, *command);
    }
    std::string text = "Usage: agentctl " + std::string(topic) + " COMMAND\n\n";
    for (const Command& command : command_table()) {
        if (within(command, topic)) {
            text += row(words_of(command), command.summary);
        }
    }
    return text;
}

std::string commands_as_markdown() {
    std::string text;
    std::string_view group;
    for (const Command& command : command_table()) {
        if (command.group != group) {
            group = command.group;
            text += "\n### " + std::string(group) + "\n";
        }
        std::string line = synopsis(command);
        line.erase(line.find_last_not_of(' ') + 1);
        text += "\n`" + line + "`  \n" + std::string(command.summary) +
                (command.summary.ends_with('?') ? "" : ".");
        if (!command.more.empty()) {
            text += " " + std::string(command.more);
        }
        text += "\n";
        for (const Option& option : command.options) {
            text += "- `" + letters(option) + "`: " + std::string(option.help) + "\n";
        }
    }
    text += "\n### Options of every command\n\n";
    for (const Option& option : common_options()) {
        text += "- `" + letters(option) + "`: " + std::string(option.help) + "\n";
    }
    return text;
}

} // namespace agentd::ctl
