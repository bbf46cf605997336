/// @file
/// What a planner needs to know of the host's flake: which names exist.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners {

/// A view of the packages and options of one host; an index of them can be seen as one (IndexView).
class CatalogView {
  public:
    virtual ~CatalogView() = default;
    /// An attribute of the host's packages, spelled exactly so.
    virtual bool has_package(std::string_view attribute) const = 0;
    /// The boolean option that turns the service on (`services.redis.enable`), or nullopt.
    virtual std::optional<std::string> service_option(std::string_view service) const = 0;
    virtual bool has_option(std::string_view path) const = 0;
    /// Best first, at most three.
    virtual std::vector<std::string> nearest_packages(std::string_view wanted) const = 0;
    virtual std::vector<std::string> nearest_services(std::string_view wanted) const = 0;
};

} // namespace agentd::planners
