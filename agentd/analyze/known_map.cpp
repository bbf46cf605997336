#include "agentd/analyze/known_map.hpp"

namespace agentd::analyze {

core::Result<proposals::map::RepoMap> map_of(proposals::map::Files& files, const KnownHost& host) {
    auto map = proposals::map::make_map(files);
    const auto places = map && host.index != nullptr
                            ? host.index->places(host.name)
                            : std::optional<proposals::map::EvaluatedHost>();
    if (places) {
        add_evaluated(files, map.value(), *places);
    }
    return map;
}

} // namespace agentd::analyze
