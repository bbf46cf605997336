#include "agentd/ctl/own_policy.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/zone_file.hpp"
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

std::variant<ReadPolicy, int> read_policy(Context& context, const std::string& given) {
    const std::string file = file_of(context, given);
    try {
        const auto today = std::chrono::floor<std::chrono::days>(context.around().clock.now());
        return ReadPolicy{.file = file,
                          .loaded = policy::load_policy(
                              core::read_file(file, largest_policy),
                              {.file = file, .today = today, .zones = core::zone_file})};
    } catch (const core::Failure& failure) {
        return context.terminal().fail(trouble_of(failure));
    }
}

std::variant<OwnPolicy, int> own_policy(Context& context, const std::string& given) {
    auto read = read_policy(context, given);
    if (const int* exit = std::get_if<int>(&read)) {
        return *exit;
    }
    auto& [file, loaded] = std::get<ReadPolicy>(read);
    if (!loaded.policy) {
        return report_problems(context.terminal(), loaded.problems, file);
    }
    return OwnPolicy{.file = file, .policy = std::move(*loaded.policy)};
}

} // namespace agentd::ctl
