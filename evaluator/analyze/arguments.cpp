#include "evaluator/analyze/arguments.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace agentd::evaluator::analyze {

namespace {

constexpr std::string_view usage =
    "agentd-analyze --from PATH --to PATH --from-manifest FILE --to-manifest FILE "
    "[--store DIR] [--what effects|moves|built]";

} // namespace

core::Result<std::map<std::string, std::string>> arguments(int count, char** words) {
    std::map<std::string, std::string> out{{"--store", "/nix/store"}, {"--what", "effects"}};
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = words[i];
        if (name != "--from" && name != "--to" && name != "--from-manifest" &&
            name != "--to-manifest" && name != "--store" && name != "--what")
            return core::Problem{.code = "usage",
                                 .message = "an argument is not known",
                                 .where = name,
                                 .hint = std::string(usage)};
        out[name] = words[i + 1];
    }
    if (out.size() != 6 || count % 2 == 0)
        return core::Problem{.code = "usage",
                             .message = "an argument is missing",
                             .where = {},
                             .hint = std::string(usage)};
    return out;
}

std::string problem_line(const core::Problem& problem) {
    return core::canonical({{"code", problem.code},
                            {"message", core::to_utf8(problem.message)},
                            {"where", core::to_utf8(problem.where)},
                            {"hint", core::to_utf8(problem.hint)}});
}

} // namespace agentd::evaluator::analyze
