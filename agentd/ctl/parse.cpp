#include "agentd/ctl/parse.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/view.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace agentd::ctl {

namespace {

/// Where CLI11 puts what it reads; maps, because it keeps references.
struct Slots {
    std::map<std::string, std::string> values;
    std::map<std::string, bool> switches;
    std::map<std::string, std::vector<std::string>> arguments;
};

void add(CLI::App& app, const Option& option, Slots& slots) {
    const std::string name(option.name);
    const std::string flags =
        option.letter != '\0' ? std::string("-") + option.letter + "," + name : name;
    if (option.value.empty()) {
        app.add_flag(flags, slots.switches[name]);
    } else {
        app.add_option(flags, slots.values[name]);
    }
}

CLI::App& child_of(CLI::App& parent, const std::string& name) {
    for (CLI::App* child : parent.get_subcommands([](const CLI::App*) { return true; })) {
        if (child->get_name() == name) {
            return *child;
        }
    }
    CLI::App& made = *parent.add_subcommand(name);
    made.set_help_flag();
    made.fallthrough();
    return made;
}

void add(CLI::App& root, const Command& command, Slots& slots) {
    CLI::App* app = &root;
    for (const auto word : core::split(command.path, ' ')) {
        app = &child_of(*app, std::string(word));
    }
    for (const Argument& argument : command.arguments) {
        auto& words = slots.arguments[std::string(argument.name)];
        auto* option = app->add_option(std::string(argument.name), words);
        option->expected(argument.words ? -1 : 1);
        // Of two arguments the first takes one word and leaves the next to the second.
        option->allow_extra_args(argument.words || command.arguments.size() == 1);
    }
    for (const Option& option : command.options) {
        add(*app, option, slots);
    }
}

std::string chosen_path(const CLI::App& root) {
    std::string path;
    for (const CLI::App* app = &root; !app->get_subcommands().empty();) {
        app = app->get_subcommands().front();
        path += (path.empty() ? "" : " ") + app->get_name();
    }
    return path;
}

std::string help_of(std::string_view topic) {
    return "agentctl " + std::string(topic) + (topic.empty() ? "--help" : " --help");
}

/// The first word that is neither an option nor the value of one.
std::string first_word(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!arguments[i].starts_with("-")) {
            return arguments[i];
        }
        const auto common = common_options();
        const bool takes_next = std::any_of(common.begin(), common.end(), [&](const Option& one) {
            return one.name == arguments[i] && !one.value.empty();
        });
        i += takes_next ? 1U : 0U;
    }
    return {};
}

/// The parser's words, which are about a parser, as a person's.
std::string in_words(const std::string& why) {
    const std::string name = why.substr(0, why.find(':'));
    const auto last = core::split(why, ' ').back();
    if (why.starts_with("The following argument")) {
        return "`" + std::string(last) + "` is not understood here";
    }
    if (why.find(" required TEXT missing") != std::string::npos) {
        return "`" + name + "` needs a value after it";
    }
    if (why.find("At Most 1 required") != std::string::npos) {
        return name.starts_with("-") ? "`" + name + "` is given " + std::string(last) + " times"
                                     : std::string(last) + " words where one " + name + " is taken";
    }
    return why;
}

std::string nearest_option(const std::string& why, std::string_view topic) {
    const std::string wrong(core::split(why, ' ').back());
    const Command* command = find_command(topic);
    if (command == nullptr || !wrong.starts_with("--")) {
        return {};
    }
    std::vector<std::string> names;
    for (const auto& options : {std::span<const Option>(command->options), common_options()}) {
        for (const Option& option : options) {
            names.emplace_back(option.name);
        }
    }
    const auto near = core::nearest(wrong, names, 1);
    return near.empty() ? std::string() : "did you mean `" + near.front() + "`? ";
}

Trouble not_understood(const std::vector<std::string>& arguments, const std::string& topic,
                       const std::string& why) {
    std::vector<std::string> names;
    for (const Command& command : command_table()) {
        names.emplace_back(core::split(command.path, ' ').front());
    }
    const std::string word = first_word(arguments);
    if (!word.empty() && std::find(names.begin(), names.end(), word) == names.end()) {
        const auto near = core::nearest(word, names, 1);
        return usage("there is no command `" + one_line(word, 60) + "`",
                     near.empty() ? "`agentctl --help` lists them"
                                  : "did you mean `agentctl " + near.front() + "`?");
    }
    return usage(one_line(in_words(why)), nearest_option(why, topic) + help_of(topic));
}

/// What CLI11 cannot know: arguments that have to be there, and what they may be.
std::optional<Trouble> check(const Asked& asked) {
    for (const Argument& argument : asked.command->arguments) {
        const std::string given = asked.argument(std::string(argument.name));
        const std::string how = help_of(asked.command->path);
        if (argument.required && given.empty()) {
            return usage(std::string(argument.name) + " is missing: " + std::string(argument.help),
                         how);
        }
        const auto choices = core::split(argument.choices, '|');
        if (!argument.choices.empty() &&
            std::find(choices.begin(), choices.end(), given) == choices.end()) {
            return usage(
                "`" + one_line(given, 60) + "` is none of " + std::string(argument.choices), how);
        }
    }
    const std::string colour = asked.value("--color").value_or("auto");
    if (colour != "auto" && colour != "always" && colour != "never") {
        return usage("`" + one_line(colour, 40) +
                     "` is no --color: it is one of auto, always, never");
    }
    return std::nullopt;
}

Asked collect(const CLI::App& root, const Slots& slots) {
    Asked asked;
    asked.topic = chosen_path(root);
    asked.command = find_command(asked.topic);
    for (const auto& [name, value] : slots.values) {
        if (!value.empty()) {
            asked.values.emplace(name, value);
        }
    }
    for (const auto& [name, set] : slots.switches) {
        if (set) {
            asked.switches.insert(name);
        }
    }
    for (const auto& [name, words] : slots.arguments) {
        if (!words.empty()) {
            asked.arguments.emplace(name, core::join(words, " "));
        }
    }
    asked.help = asked.has("--help");
    if (asked.has("--version")) {
        asked.command = find_command("version");
    }
    return asked;
}

} // namespace

std::optional<std::string> Asked::value(const std::string& name) const {
    const auto it = values.find(name);
    return it == values.end() ? std::nullopt : std::optional(it->second);
}

std::string Asked::argument(const std::string& name) const {
    const auto it = arguments.find(name);
    return it == arguments.end() ? std::string() : it->second;
}

Terminal::Style Asked::style() const {
    const std::string colour = value("--color").value_or("auto");
    return {.json = has("--json"),
            .stream = command->streams,
            .colour = colour == "always"  ? ColourChoice::always
                      : colour == "never" ? ColourChoice::never
                                          : ColourChoice::automatic,
            .help = help_of(command->path)};
}

std::variant<Asked, Trouble> parse(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) {
        if (!core::is_utf8(argument)) {
            return usage("this is not UTF-8 text: " + one_line(argument, 60),
                         "write it in UTF-8; a file of another name is given as standard input");
        }
    }
    CLI::App root;
    root.set_help_flag();
    Slots slots;
    for (const Option& option : common_options()) {
        add(root, option, slots);
    }
    for (const Command& command : command_table()) {
        if (!command.path.empty()) {
            add(root, command, slots);
        }
    }
    try {
        // CLI11 takes them from the back.
        root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        return not_understood(arguments, chosen_path(root), error.what());
    }
    Asked asked = collect(root, slots);
    const bool group = asked.command == nullptr;
    if (group) {
        asked.command = find_command("");
    }
    if (asked.help) {
        return asked;
    }
    if (group) {
        return usage("`agentctl " + asked.topic + "` needs one more word", help_of(asked.topic));
    }
    if (auto trouble = check(asked)) {
        return std::move(*trouble);
    }
    return asked;
}

} // namespace agentd::ctl
