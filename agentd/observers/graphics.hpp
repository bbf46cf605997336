/// @file
/// The bridge to graphics drivers: /run/opengl-driver has to lead where the running system says.
#pragma once

#include "agentd/observers/observer.hpp"

#include <map>
#include <string>
#include <string_view>

namespace agentd::observers {

/// Link -> target of the lines `L+ /run/opengl-driver… - - - - <target>` of a tmpfiles.d file.
std::map<std::string, std::string> declared_bridges(std::string_view tmpfiles);

/// Kind `graphics_stale`: a declared link is missing or leads elsewhere.
class Graphics final : public Observer {
  public:
    std::vector<std::string> kinds() const override { return {"graphics_stale"}; }
    Schedule schedule() const override { return {.on = topics({Topic::links}), .passes = 10}; }
    Findings look(Sight& sight) override;
};

} // namespace agentd::observers
