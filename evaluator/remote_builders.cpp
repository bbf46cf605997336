#include "evaluator/remote_builders.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/builder.hpp"
#include "evaluator/caches.hpp"

#include <algorithm>

namespace agentd::evaluator {
namespace {

constexpr int deepest = 4;
constexpr std::size_t most = 64;

} // namespace

bool machines_daemon(std::string_view store) {
    return store.starts_with("unix://") && !own_daemon(store);
}

std::vector<std::string> remote_builders(std::string_view setting, const std::string& own,
                                         const std::string& folder, int depth) {
    std::vector<std::string> out;
    std::string text(setting);
    std::replace(text.begin(), text.end(), ';', '\n');
    for (auto line : core::lines(text)) {
        line = core::trim(line.substr(0, line.find('#')));
        if (line.starts_with('@')) {
            std::string file(core::trim(line.substr(1)));
            if (file.starts_with(own + "/")) {
                file = folder + file.substr(own.size());
            }
            const auto more =
                depth < deepest ? core::read_file_if_exists(file, 1U << 20) : std::nullopt;
            const auto named =
                more ? remote_builders(*more, own, folder, depth + 1) : std::vector<std::string>{};
            out.insert(out.end(), named.begin(), named.end());
        } else if (!line.empty()) {
            out.push_back(without_credentials(
                core::printable(core::shorten(line.substr(0, line.find_first_of(" \t")), 200))));
        }
    }
    out.resize(std::min(out.size(), most));
    return out;
}

} // namespace agentd::evaluator
