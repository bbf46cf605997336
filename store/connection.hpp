/// @file
/// What a Database is made of; seen by sqlite.cpp and statement.cpp only.
#pragma once

#include "store/sqlite.hpp"

#include <map>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace agentd::store {

struct Database::State {
    sqlite3* handle = nullptr;
    bool reading = false;
    /// Statements that nobody borrows, by their text.
    std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    /// Also when the constructor of Database throws half-way.
    ~State();
};

} // namespace agentd::store
