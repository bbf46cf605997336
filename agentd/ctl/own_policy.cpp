#include "agentd/ctl/own_policy.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/ctl/problems.hpp"
#include "policy/load.hpp"

namespace agentd::ctl {

namespace {

constexpr std::size_t largest_policy = std::size_t{1} << 20;

std::string file_of(Context& context, const std::string& given) {
    if (!given.empty()) {
        return context.absolute(given);
    }
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    return loaded != nullptr && *loaded ? (*loaded)->policy.file : Config::PolicyFile{}.file;
}

} // namespace

std::variant<OwnPolicy, int> own_policy(Context& context, const std::string& given) {
    const std::string file = file_of(context, given);
    try {
        const auto today = std::chrono::floor<std::chrono::days>(context.around().clock.now());
        auto loaded = policy::load_policy(core::read_file(file, largest_policy),
                                          {.file = file, .today = today});
        if (!loaded.policy) {
            return report_problems(context.terminal(), loaded.problems, file);
        }
        return OwnPolicy{.file = file, .policy = std::move(*loaded.policy)};
    } catch (const core::Failure& failure) {
        return context.terminal().fail(trouble_of(failure));
    }
}

} // namespace agentd::ctl
