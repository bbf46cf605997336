/// @file
/// The command line as a value, read against the table of commands.
#pragma once

#include "agentd/ctl/exit.hpp"
#include "agentd/ctl/table.hpp"
#include "agentd/ctl/terminal.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace agentd::ctl {

/// What was asked for.
struct Asked {
    const Command* command = nullptr; ///< never null after parsing
    bool help = false;
    std::string topic{}; ///< with help: the words of the command, may be a group
    std::map<std::string, std::string> values{}; ///< `--key` -> FILE
    std::set<std::string> switches{};            ///< `--yes`
    std::map<std::string, std::string> arguments{};

    bool has(const std::string& name) const { return switches.contains(name); }
    std::optional<std::string> value(const std::string& name) const;
    /// Empty when it was not given.
    std::string argument(const std::string& name) const;
    Terminal::Style style() const;
};

/// Troubles are `usage`, with the nearest command as hint.
std::variant<Asked, Trouble> parse(const std::vector<std::string>& arguments);

} // namespace agentd::ctl
