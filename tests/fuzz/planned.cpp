// What a worker answers for a plan, as JSON: read within its bounds and written as it was, or a
// refusal.
#include "tests/fuzz/fuzz.hpp"

#include "proposals/plan/plan.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::proposals;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto json = core::parse_json(fuzz::view_of(data, size),
                                       {.bytes = plan::Plan::max_bytes, .depth = 8});
    fuzz::hold_refusal(json);
    if (!json) {
        return 0;
    }
    const auto read = plan::plan_from_json(*json);
    fuzz::hold_refusal(read);
    fuzz::hold_refusal(plan::planned_from_json(*json));
    if (!read) {
        return 0;
    }
    fuzz::hold(read->steps.size() <= plan::Plan::max_steps, "steps are within their bound");
    const auto written = to_json(*read);
    fuzz::hold(written.has_value(), "what is read can be written");
    const auto again = plan::plan_from_json(*written);
    fuzz::hold(again && again->edits == read->edits && again->steps.size() == read->steps.size(),
               "what is written is read");
    const auto settled = to_json(*again);
    fuzz::hold(settled && plan::plan_from_json(*settled)->steps == again->steps,
               "what is safe to draw stays as it is");
    return 0;
}
