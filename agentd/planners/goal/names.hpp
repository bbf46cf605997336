/// @file
/// What people call services, programs and packages, and what NixOS calls them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

/// Something that an option switches on.
struct Service {
    std::string_view names{};    ///< `ssh|sshd|openssh`, in lower case
    std::string_view enable{};   ///< its option
    std::string_view firewall{}; ///< the option that opens its ports, where it has one
    std::string_view tcp{};      ///< otherwise its ports: `80 443`
    std::string_view udp{};
};
std::span<const Service> services();
/// By a name of one to four words, in lower case; nullptr where nobody is called so.
const Service* service_called(std::string_view name);
/// The option of what NixOS calls the same as everybody does: `services.NAME.enable`.
std::optional<std::string> plainly_called(std::string_view name);
/// By its option.
const Service* service_of(std::string_view enable);
/// `mumble` of "mumble server".
std::string plain_name(std::string name);
/// Every name, for "did you mean".
std::vector<std::string> service_names();

/// The attribute of a package that is called otherwise by people: `visual studio code`.
std::optional<std::string_view> package_called(std::string_view name);

} // namespace agentd::planners::goal
