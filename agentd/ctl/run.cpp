#include "agentd/core/failure.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/help.hpp"
#include "agentd/ctl/view.hpp"

#include <algorithm>
#include <exception>
#include <ostream>

namespace agentd::ctl {

namespace {

int run_asked(Asked asked, const Surroundings& around) {
    Context context(std::move(asked), around);
    if (context.asked().help) {
        around.out << help_for(context.terminal(), context.asked().topic);
        return status::ok;
    }
    try {
        return context.asked().command->handler(context);
    } catch (const core::Failure& failure) {
        return context.terminal().fail(trouble_of(failure));
    } catch (const std::exception& error) {
        return context.terminal().fail(
            {.problem = {.code = "failed",
                         .message = std::string("internal error: ") + error.what()}});
    }
}

} // namespace

int run(const std::vector<std::string>& arguments, const Surroundings& around) {
    auto parsed = parse(arguments);
    if (const auto* trouble = std::get_if<Trouble>(&parsed)) {
        const bool json =
            std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
        Terminal terminal(around, {.json = json, .help = "agentctl --help"});
        return terminal.fail(*trouble);
    }
    return run_asked(std::move(std::get<Asked>(parsed)), around);
}

} // namespace agentd::ctl
