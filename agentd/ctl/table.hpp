/// @file
/// The one table of commands: parsing, help, completions and the documentation all come from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::ctl {

class Context;

struct Option {
    std::string_view name{};  ///< `--key`
    std::string_view value{}; ///< `FILE`; empty for a switch
    std::string_view help{};
    char letter = '\0'; ///< `-n`
};

struct Argument {
    std::string_view name{}; ///< `ID`
    std::string_view help{};
    bool required = true;
    bool words = false;         ///< takes all words that are left, joined by a space
    std::string_view choices{}; ///< `bash|zsh|fish`; empty for anything
};

/// Runs one command and returns its exit status.
using Handler = int (*)(Context&);

struct Command {
    std::string_view path{}; ///< `audit verify`; empty for what runs without a command
    std::string_view group{};
    std::string_view summary{}; ///< one line, no full stop
    std::vector<Argument> arguments{};
    std::vector<Option> options{};
    std::string_view more{}; ///< a few sentences for its own help; may be empty
    bool streams = false;    ///< with --json it writes one object a line
    Handler handler = nullptr;
};

/// In the order in which help shows them; commands of one group stand together.
std::span<const Command> command_table();
/// Groups of it.
std::vector<Command> find_commands();
std::vector<Command> plan_commands();
std::vector<Command> prove_commands();
std::vector<Command> set_up_commands();
std::vector<Command> trust_commands();
/// Options that every command takes.
std::span<const Option> common_options();
/// nullptr when there is none.
const Command* find_command(std::string_view path);

} // namespace agentd::ctl
