#include "agentd/probe/program.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/text.hpp"
#include "sandbox/run.hpp"

#include <filesystem>
#include <system_error>
#include <variant>

namespace agentd::probe {

Answer find_program(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr int most_links = 8;
    fs::path now = path;
    std::error_code error;
    for (int i = 0; i < most_links && !now.string().starts_with("/nix/store/"); ++i) {
        now = fs::weakly_canonical(now.parent_path(), error) / now.filename();
        const fs::path target = fs::read_symlink(now, error);
        if (error) {
            break;
        }
        now = target.is_absolute() ? target : now.parent_path() / target;
    }
    if (!fs::exists(now, error)) {
        return cannot(error ? "the user nobody cannot look at it: " + error.message()
                            : "there is no such program");
    }
    return well(now.string());
}

Answer run_program(const std::string& program, const std::vector<std::string>& arguments,
                   std::chrono::seconds limit) {
    constexpr std::size_t most_words = 4096;
    sandbox::Command command{.program = program,
                             .arguments = arguments,
                             .environment = {{"PATH", "/run/current-system/sw/bin"}},
                             .deadline = limit,
                             .out = {.bytes = most_words},
                             .err = {.bytes = most_words}};
    try {
        const auto outcome = sandbox::run(command);
        const bool good = outcome.succeeded();
        const bool ended = std::holds_alternative<sandbox::Exited>(outcome.ending);
        const std::string words = !ended                              ? ""
                                  : good || outcome.err.bytes.empty() ? one_line(outcome.out.bytes)
                                                                      : one_line(outcome.err.bytes);
        return (good ? well : unwell)(sandbox::describe(outcome.ending) +
                                      (words.empty() ? "" : ": " + words));
    } catch (const core::Failure& failure) {
        return cannot(failure.what());
    }
}

} // namespace agentd::probe
