#include "agentd/analyze/question.hpp"

namespace agentd::analyze {

core::Result<Question> read_question(std::string_view text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
        return core::Problem{.code = "bad_value", .message = "the question has no line"};
    }
    auto tree = proposals::PackedTree::open(text.substr(end + 1));
    return tree ? core::Result<Question>(
                      {.wanted = text.substr(0, end), .tree = std::move(tree).value()})
                : tree.problem();
}

} // namespace agentd::analyze
