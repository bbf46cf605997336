// A flake.lock read by itself, and as what a bump of the corpus's lock came to.
#include "tests/fuzz/fuzz.hpp"

#include "agentd/core/fd.hpp"
#include "evaluator/lock.hpp"
#include "evaluator/lock_graph.hpp"
#include "evaluator/moved_lock.hpp"

using namespace agentd;
using namespace agentd::evaluator;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string base = core::read_file(AGENTD_CORPUS "/flake/base/flake.lock");
    static const auto known = parse_lock(base).value();
    const std::string_view text = fuzz::view_of(data, size);
    const auto nodes = parse_lock(text);
    fuzz::hold_refusal(nodes);
    if (nodes) {
        fuzz::hold_refusal(sources_of(known, *nodes, {"github:nixos"}));
        fuzz::hold_refusal(sources_of(*nodes, known, {}));
    }
    const auto graph = LockGraph::read(text);
    fuzz::hold_refusal(graph);
    if (graph) {
        static_cast<void>(graph->all_reached());
        const std::string written = graph->text();
        const auto again = LockGraph::read(written);
        fuzz::hold(again && again->text() == written, "what is written is read as the same");
    }
    const auto names = locked_names(text);
    fuzz::hold_refusal(names);
    for (const MayMove& may :
         {MayMove{.inputs = {"nixpkgs"}}, MayMove{.inputs = names ? *names : MayMove{}.inputs}}) {
        const auto moved = moved_lock(base, text, may);
        fuzz::hold_refusal(moved);
        fuzz::hold(!moved || parse_lock(moved->text).has_value(), "a moved lock is a lock");
        fuzz::hold_refusal(moved_lock(text, base, may));
    }
    return 0;
}
