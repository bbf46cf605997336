/// agreement_of: `{ built, options, base }` on stdin (what agentd-analyze says of two systems, what the
/// options of the second and of the first say), their disagreements on stdout.
#include "evaluator/agreement/compare.hpp"
#include "evaluator/agreement/declared.hpp"

#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

int main() {
    using namespace agentd;
    namespace agreement = evaluator::agreement;
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    const auto asked = core::parse_json(text, {.bytes = 64U << 20, .depth = 16});
    if (!asked) {
        std::cerr << "error: " << asked.problem().message << "\n";
        return 64;
    }
    const auto before = agreement::statements_from_json(asked->at("built").at("before"));
    const auto after = agreement::statements_from_json(asked->at("built").at("after"));
    if (!before || !after) {
        std::cerr << "error: " << (before ? after : before).problem().message << "\n";
        return 1;
    }
    const auto options = agreement::read_declared(asked->at("options"));
    const auto base = agreement::read_declared(asked->at("base"));
    const auto found = agreement::compare(
        {.running = *before, .candidate = *after, .options = options, .base_options = &base});
    std::cout << core::canonical(proposals::to_json(found)) << "\n";
    return options.topics.size() == agreement::all_topics().size() ? 0 : 2;
}
