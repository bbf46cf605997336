/// @file
/// Where the project's own programs are: as configured, else beside the running one. Never PATH.
#pragma once

#include <string>
#include <string_view>

namespace agentd {

/// `configured` when it is not empty, else `<folder of /proc/self/exe>/<name>`, else the libexec folder
/// beside it. Failure{misconfigured} when there is no such program.
std::string program_path(const std::string& configured, std::string_view name);

} // namespace agentd
