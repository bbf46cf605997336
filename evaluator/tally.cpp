#include "evaluator/tally.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <map>

namespace agentd::evaluator {
namespace {

constexpr std::size_t paths_a_call = 4000; // stays below the kernel's limit on arguments

/// One size a path, in their order; fewer where Nix does not say.
std::vector<std::uint64_t> sizes_of(const Nix& nix, const std::vector<core::StorePath>& paths,
                                    const std::stop_token& stop) {
    std::vector<std::uint64_t> out;
    for (std::size_t at = 0; at < paths.size(); at += paths_a_call) {
        std::vector<std::string> arguments{"--query", "--size"};
        for (std::size_t i = at; i < std::min(paths.size(), at + paths_a_call); ++i) {
            arguments.push_back(paths[i].str());
        }
        const auto outcome =
            sandbox::run(nix.nix_store(NixPurpose::query, std::move(arguments)), stop);
        if (!outcome.succeeded()) {
            return {};
        }
        for (const auto line : core::lines(outcome.out.bytes)) {
            const auto size = core::parse_integer(core::trim(line));
            out.push_back(size && *size > 0 ? static_cast<std::uint64_t>(*size) : 0);
        }
    }
    return out;
}

} // namespace

std::vector<FetchedFrom> tally(const Nix& nix, const std::vector<core::StorePath>& paths,
                               const std::function<std::string(const core::StorePath&)>& cache_of,
                               const std::stop_token& stop) {
    const auto sizes = sizes_of(nix, paths, stop);
    std::map<std::string, FetchedFrom> from;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto cache = cache_of(paths[i]);
        auto& each = from[cache];
        each.cache = cache;
        ++each.paths;
        each.bytes += i < sizes.size() ? sizes[i] : 0;
    }
    std::vector<FetchedFrom> out;
    for (auto& [cache, each] : from) {
        out.push_back(std::move(each));
    }
    return out;
}

} // namespace agentd::evaluator
