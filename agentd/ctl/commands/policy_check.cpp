#include "agentd/core/fd.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/problems.hpp"
#include "agentd/ctl/view.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

constexpr std::size_t largest_policy = 1U << 20;

std::string file_of(Context& context) {
    const std::string given = context.asked().argument("FILE");
    if (!given.empty()) {
        return context.absolute(given);
    }
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    return loaded != nullptr && *loaded ? (*loaded)->policy.file : Config::PolicyFile{}.file;
}

} // namespace

int policy_check(Context& context) {
    Terminal& terminal = context.terminal();
    const std::string file = file_of(context);
    try {
        const auto today = std::chrono::floor<std::chrono::days>(context.around().clock.now());
        const auto loaded = policy::load_policy(core::read_file(file, largest_policy),
                                                {.file = file, .today = today});
        if (!loaded.policy) {
            return report_problems(terminal, loaded.problems, file);
        }
        terminal.line(file + " is understood: " + count(loaded.policy->rules.size(), "rule"));
        terminal.result({{"file", file},
                         {"rules", loaded.policy->rules.size()},
                         {"sha256", loaded.policy->digest.hex()},
                         {"problems", core::Json::array()}});
    } catch (const core::Failure& failure) {
        return terminal.fail(trouble_of(failure));
    }
    return status::ok;
}

} // namespace agentd::ctl::commands
