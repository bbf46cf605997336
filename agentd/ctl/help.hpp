/// @file
/// The table of commands as text for people and for shells.
#pragma once

#include "agentd/ctl/table.hpp"
#include "agentd/ctl/terminal.hpp"

#include <string>
#include <string_view>

namespace agentd::ctl {

/// `agentctl --help`: grouped, one line a command, examples, exit statuses.
std::string help(const Terminal& terminal);
/// `agentctl audit verify --help`; for a group such as `audit` its commands.
std::string help_for(const Terminal& terminal, std::string_view topic);
/// `agentctl approve ID [--key FILE] …`
std::string synopsis(const Command& command);
/// The commands as Markdown, for docs/agentctl.md.
std::string commands_as_markdown();
/// @param shell bash, zsh or fish
std::string completion_script(std::string_view shell);

} // namespace agentd::ctl
