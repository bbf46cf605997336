/// @file
/// What an open index holds; for its own sources.
#pragma once

#include "evaluator/index/option_index.hpp"
#include "store/sqlite.hpp"

#include <string>
#include <vector>

namespace agentd::evaluator {

struct OptionIndex::State {
    explicit State(const std::string& file) : database(file, store::Access::read) {}
    store::Database database;
    bool cut = false; ///< there were more options than it holds

    /// All values of a column of text, in its order.
    std::vector<std::string> texts(std::string_view sql);
};

} // namespace agentd::evaluator
