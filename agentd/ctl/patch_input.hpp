/// @file
/// A patch or other text that a person hands over, from a file or the standard input.
#pragma once

#include "agentd/ctl/context.hpp"

#include <string>
#include <variant>

namespace agentd::ctl {

/// At most 1 MiB of UTF-8 and not nothing; `name` is a path or `-`. `example` is what to do next
/// otherwise.
std::variant<std::string, Trouble> read_input(Context& context, const std::string& name,
                                              const std::string& example);

/// The subject of a patch that git formatted, else its name.
std::string title_of_patch(const std::string& patch, const std::string& name);

} // namespace agentd::ctl
