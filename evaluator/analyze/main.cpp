/// agentd-analyze: two built systems in, their Effects out. Reads its manifests, gives up every
/// right, and only then looks at what somebody else built.
#include "evaluator/analyze/arguments.hpp"
#include "evaluator/analyze/confine.hpp"
#include "evaluator/effects/analyze.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"

#include <iostream>
#include <new>
#include <unistd.h>

namespace {

using namespace agentd;
namespace effects = evaluator::effects;

int refuse(const core::Problem& problem) {
    std::cerr << evaluator::analyze::problem_line(problem) << '\n';
    return 1;
}

int run(int count, char** words) {
    const auto given = evaluator::analyze::arguments(count, words);
    if (!given)
        return refuse(given.problem());
    const auto from_text = core::read_file(given->at("--from-manifest"));
    const auto to_text = core::read_file(given->at("--to-manifest"));
    evaluator::analyze::confine();
    const effects::StoreReader store(given->at("--store"));
    auto from = effects::parse_manifest(from_text, store.prefix());
    if (!from)
        return refuse(from.problem());
    auto to = effects::parse_manifest(to_text, store.prefix());
    if (!to)
        return refuse(to.problem());
    const auto found =
        effects::analyze(store, {.path = given->at("--from"), .closure = std::move(from).value()},
                         {.path = given->at("--to"), .closure = std::move(to).value()});
    if (!found)
        return refuse(found.problem());
    core::write_all(STDOUT_FILENO, proposals::canonical_bytes(*found) + "\n", "stdout");
    return 0;
}

} // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (const core::Failure& failure) {
        return refuse({.code = std::string(core::to_string(failure.kind())),
                       .message = failure.what(),
                       .where = failure.where()});
    } catch (const std::bad_alloc&) {
        return refuse(
            {.code = "limit", .message = "the two systems need more memory than allowed"});
    }
}
