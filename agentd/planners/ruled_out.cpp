#include "agentd/planners/ruled_out.hpp"

#include "agentd/planners/operation_check.hpp"

#include <algorithm>

namespace agentd::planners {

goal::Answer without_ruled_out(goal::Answer answer, const evaluator::OptionIndex& index) {
    auto* question = std::get_if<goal::Question>(&answer);
    if (question == nullptr) {
        return answer;
    }
    std::vector<goal::Goal> left;
    std::copy_if(
        question->readings.begin(), question->readings.end(), std::back_inserter(left),
        [&](const goal::Goal& one) { return check_operations(one.request, index).has_value(); });
    if (left.size() == 1) {
        return std::move(left.front());
    }
    if (!left.empty()) {
        question->readings = std::move(left);
    }
    return answer;
}

} // namespace agentd::planners
