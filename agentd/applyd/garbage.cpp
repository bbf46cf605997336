#include "agentd/applyd/garbage.hpp"

#include "agentd/applyd/last_good.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/machine/generations.hpp"
#include "sandbox/run.hpp"

#include <filesystem>

namespace agentd::applyd {

namespace {

using core::Done;
using core::Problem;
using core::Result;

constexpr auto collect_limit = std::chrono::hours(2);

/// As root, outside of what this process is shut into; longer than an apply it may take.
Switcher::Verb run_nix(const Course& course, const char* program,
                       std::vector<std::string> arguments) {
    auto command = course.tools.nix.nix_store(evaluator::NixPurpose::query, std::move(arguments));
    command.program = (std::filesystem::path(command.program).parent_path() / program).string();
    return course.tools.switcher.carry_out(course.nonce, "act", std::move(command), collect_limit);
}

/// Links in a folder of root's own that the collector honours; gone with the object.
class Roots {
  public:
    Roots(std::string folder, const evaluator::Nix& nix) : folder_(std::move(folder)), nix_(nix) {
        std::filesystem::remove_all(folder_); // of one that was killed
        core::make_directories(folder_, 0755);
    }
    Roots(const Roots&) = delete;
    Roots& operator=(const Roots&) = delete;
    ~Roots() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    /// False when the store does not have it.
    bool add(const core::StorePath& path) {
        const auto outcome =
            sandbox::run(nix_.nix_store(evaluator::NixPurpose::query,
                                        {"--realise", path.str(), "--add-root",
                                         folder_ + "/" + std::to_string(++count_), "--indirect"}));
        return outcome.succeeded();
    }

  private:
    std::string folder_;
    const evaluator::Nix& nix_;
    int count_ = 0;
};

Result<Done> delete_generations(const std::vector<machine::Generation>& removed,
                                const Course& course) {
    if (removed.empty()) {
        return Done{};
    }
    const machine::Machine& machine = course.tools.machine;
    const std::string profile = machine.on_host(machine.profile());
    std::vector<std::string> arguments{"--profile", profile, "--delete-generations"};
    for (const auto& generation : removed) {
        arguments.push_back(std::to_string(generation.number));
    }
    const auto done = run_nix(course, "nix-env", std::move(arguments));
    if (done.exit_status != 0) {
        return Problem{.code = "failed",
                       .message = "nix-env did not delete generations: " + done.said};
    }
    core::sync_directory(std::filesystem::path(profile).parent_path().string());
    return Done{};
}

/// All that was to be kept is there, whole in the eyes of the store.
Result<Done> still_there(const std::vector<machine::Kept>& kept, const evaluator::Nix& nix) {
    for (const auto& each : kept) {
        if (const auto info = evaluator::closure_of(nix, each.path); !info) {
            return Problem{.code = "failed",
                           .message = "after the collection " + each.path.str() +
                                      " is not whole any more: " + info.problem().message};
        }
    }
    return Done{};
}

} // namespace

Result<std::string> collect_garbage(const proposals::GcOlderThan& act, const Course& course) {
    const Tools& tools = course.tools;
    const auto kept = machine::kept_systems(tools.machine.links(),
                                            LastGood(tools.journal.directory()).list(), {});
    Roots roots(tools.journal.directory() + "/roots/keep", tools.nix);
    std::vector<machine::Kept> rooted;
    for (const auto& each : kept) {
        // A system that was healthy once may be gone by somebody else's hand; what runs may not.
        if (roots.add(each.path)) {
            rooted.push_back(each);
        } else if (tools.machine.links().running == each.path) {
            return Problem{.code = "failed",
                           .message = "the system that runs cannot be kept: nothing was deleted",
                           .where = each.path.str()};
        }
    }
    const auto plan = machine::plan_garbage(machine::list_generations(tools.machine), kept,
                                            tools.clock.now(), act.days);
    if (const auto done = delete_generations(plan.removed, course); !done) {
        return done.problem();
    }
    const auto collected = run_nix(course, "nix-store", {"--gc", "--quiet"});
    if (collected.exit_status != 0) {
        return Problem{.code = "failed",
                       .message = "the collection ended badly: " + collected.said};
    }
    if (const auto whole = still_there(rooted, tools.nix); !whole) {
        return whole.problem();
    }
    const auto lines = core::lines(core::trim(collected.said));
    return std::to_string(plan.removed.size()) + " generations deleted" +
           (lines.empty() ? "" : "; " + core::printable(core::shorten(lines.back(), 200)));
}

} // namespace agentd::applyd
