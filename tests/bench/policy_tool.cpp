// What a policy costs inside of one process: deciding, checking, comparing. Prints JSON.
#include "agentd/core/fd.hpp"
#include "policy/analysis/check.hpp"
#include "policy/analysis/compare.hpp"
#include "policy/decide.hpp"
#include "policy/explain.hpp"
#include "policy/load.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <ctime>
#include <iostream>
#include <map>

using namespace agentd;

namespace {

constexpr const char* usage =
    "agentd-bench-policy decide POLICY PATHS ROUNDS   microseconds of each decision with its\n"
    "                                                 explanation, PATHS options in the facts\n"
    "agentd-bench-policy check POLICY                 milliseconds, and what was found\n"
    "agentd-bench-policy compare POLICY POLICY        milliseconds, and how often it is looser\n";

constexpr std::size_t largest = std::size_t{1} << 20;

policy::Policy load(const std::string& file) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const auto loaded =
        policy::load_policy(core::read_file(file, largest), {.file = file, .today = today});
    for (const auto& problem : loaded.problems) {
        std::cerr << problem.where << ": " << problem.message << "\n";
    }
    if (!loaded.policy) {
        std::exit(1);
    }
    return *loaded.policy;
}

/// Of this thread alone: what else the machine does takes none of it.
double processor_now() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template <class Work> double milliseconds(const Work& work) {
    const double began = processor_now();
    work();
    return processor_now() - began;
}

policy::Facts facts_with(std::int64_t options) {
    policy::Texts paths;
    for (std::int64_t i = 0; i < options; ++i) {
        paths.insert("services.service" + std::to_string(i) + ".settings.port");
    }
    policy::Facts facts;
    facts.set("proposer.kind", std::string("planner"))
        .set("change.source", std::string("operations"))
        .set("change.revision", std::string("change"))
        .set("change.kinds", policy::Texts{"unit_added", "package_added"})
        .set("change.areas", policy::Texts{"units", "packages"})
        .set("change.max_risk", std::string("notice"))
        .set("change.lines", std::int64_t{20})
        .set("change.paths", policy::Texts{"hosts/a/default.nix"})
        .set("change.units_added", policy::Texts{"a.service"})
        .set("change.option_paths", std::move(paths));
    return facts;
}

core::Json decide(const std::string& file, std::int64_t options, int rounds) {
    const policy::Policy policy = load(file);
    const policy::Facts facts = facts_with(options);
    core::Json out = core::Json::array();
    std::size_t bytes = 0;
    for (int i = 0; i < rounds; ++i) {
        out.push_back(1e3 * milliseconds([&] {
                          const auto decision = policy::judge(policy, facts);
                          bytes += policy::explain(policy, facts, decision).size();
                      }));
    }
    return {{"microseconds", out}, {"bytes", bytes / static_cast<std::size_t>(rounds)}};
}

core::Json check(const std::string& file) {
    const policy::Policy policy = load(file);
    std::map<std::string, int> found;
    const double took = milliseconds([&] {
        for (const auto& finding : policy::check_policy(policy)) {
            ++found[finding.code];
        }
    });
    return {{"milliseconds", took}, {"found", found}};
}

core::Json compare(const std::string& before, const std::string& now) {
    const policy::Policy old = load(before);
    const policy::Policy fresh = load(now);
    policy::Comparison answer;
    const double took = milliseconds([&] { answer = policy::compare(old, fresh); });
    return {{"milliseconds", took}, {"looser", answer.looser.size()}, {"decided", answer.decided}};
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> asked(argv + 1, argv + argc);
    if (asked.size() == 4 && asked[0] == "decide") {
        std::cout << decide(asked[1], std::stoll(asked[2]), std::stoi(asked[3])) << "\n";
    } else if (asked.size() == 2 && asked[0] == "check") {
        std::cout << check(asked[1]) << "\n";
    } else if (asked.size() == 3 && asked[0] == "compare") {
        std::cout << compare(asked[1], asked[2]) << "\n";
    } else {
        std::cerr << usage;
        return 64;
    }
    return 0;
}
