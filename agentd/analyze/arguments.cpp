#include "agentd/analyze/arguments.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <string_view>
#include <unistd.h>

namespace agentd::analyze {

namespace {

constexpr std::string_view usage =
    "agentd-analyze --from PATH --to PATH --from-manifest FILE --to-manifest FILE "
    "[--store DIR] [--what effects|moves|built]; agentd-analyze --what plan [--index FILE --host "
    "NAME], or --what goal --index FILE --host NAME, asked on stdin";

/// None is missing of those that belong together, and there is no other. Two have defaults.
bool are_whole(const std::map<std::string, std::string>& given) {
    const auto& what = given.at("--what");
    const bool known = given.count("--index") == 1 && given.count("--host") == 1;
    return what == "goal" ? known && given.size() == 4
           : what == "plan"
               ? given.size() == (known ? 4U : 2U)
               : given.size() == 6 && given.count("--index") == 0 && given.count("--host") == 0;
}

} // namespace

core::Result<std::map<std::string, std::string>> arguments(int count, char** words) {
    std::map<std::string, std::string> out{{"--store", "/nix/store"}, {"--what", "effects"}};
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = words[i];
        if (name != "--from" && name != "--to" && name != "--from-manifest" &&
            name != "--to-manifest" && name != "--store" && name != "--what" && name != "--index" &&
            name != "--host")
            return core::Problem{.code = "usage",
                                 .message = "an argument is not known",
                                 .where = name,
                                 .hint = std::string(usage)};
        out[name] = words[i + 1];
    }
    if (!are_whole(out) || count % 2 == 0)
        return core::Problem{.code = "usage",
                             .message = "an argument is missing",
                             .where = {},
                             .hint = std::string(usage)};
    return out;
}

std::string read_stdin(std::size_t limit) {
    std::string out;
    std::array<char, 64U << 10> part;
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, part.data(), part.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw core::system_failure("cannot read", "stdin", errno);
        if (got == 0)
            return out;
        out.append(part.data(), static_cast<std::size_t>(got));
        if (out.size() > limit)
            throw core::Failure(core::FailureKind::unavailable, "more is asked than allowed",
                                "stdin");
    }
}

std::string problem_line(const core::Problem& problem) {
    return core::canonical({{"code", problem.code},
                            {"message", core::to_utf8(problem.message)},
                            {"where", core::to_utf8(problem.where)},
                            {"hint", core::to_utf8(problem.hint)}});
}

} // namespace agentd::analyze
