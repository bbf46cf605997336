#include "agentd/observers/observer.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::observers {

std::string_view to_string(Severity severity) noexcept {
    switch (severity) {
    case Severity::info:
        return "info";
    case Severity::warning:
        return "warning";
    case Severity::critical:
        return "critical";
    }
    return "warning";
}

Topics topics(std::initializer_list<Topic> list) noexcept {
    Topics set;
    for (const Topic topic : list) {
        set.set(index_of(topic));
    }
    return set;
}

std::string quoted(std::string_view text, std::size_t limit) {
    std::string line = core::printable(core::to_utf8(core::trim(text.substr(0, 8 * limit))));
    std::replace(line.begin(), line.end(), '\n', ' ');
    std::replace(line.begin(), line.end(), '\t', ' ');
    return core::shorten(line, limit);
}

} // namespace agentd::observers
