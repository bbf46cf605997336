/// @file
/// Do two texts differ, or only the builds they name? Follows store paths into scripts and small
/// files.
#pragma once

#include "evaluator/effects/side.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace agentd::evaluator::effects {

/// In rising order of weight.
enum class Likeness {
    same,
    builds, ///< only hashes, or versions of named packages: the closure's effects tell it
    differs
};

class Comparer {
  public:
    Comparer(const Side& before, const Side& after) : before_(before), after_(after) {}

    Likeness texts(std::string_view before, std::string_view after);
    /// Of two nodes of the trees; a missing or unreadable one differs.
    Likeness nodes(const Node* before, const Node* after);
    /// Up to six lines that were not there (`+ …`) or are gone (`- …`) in the last difference
    /// found.
    const std::vector<std::string>& lines() const noexcept { return lines_; }
    void forget_lines() { lines_.clear(); }

  private:
    Likeness texts_at(std::string_view before, std::string_view after, int depth);
    Likeness references(const std::string& before, const std::string& after, int depth);
    Likeness directories(const std::string& before, const std::string& after, int depth);
    Likeness files(const std::string& before, const std::string& after, int depth);
    void note_lines(std::string_view before, std::string_view after);

    const Side& before_;
    const Side& after_;
    using Key = std::pair<std::string, std::string>;
    std::map<Key, Likeness> known_;
    std::set<Key> open_;   ///< asked, and not answered yet
    bool assumed_ = false; ///< one of those was needed for its own answer
    std::size_t looked_ = 0;
    std::vector<std::string> lines_;
};

/// Single files that NixOS makes for one system: no packages, whatever version their names seem to
/// have. What they say is told where they are used. The name alone makes nothing a piece: whoever
/// wants to hide a package may choose it.
bool is_piece(const std::string& path, const StoreReader& store);

/// Lines of `after` that `before` does not have and the other way round, without hashes, at most
/// `limit`.
std::vector<std::string> line_changes(std::string_view before, std::string_view after,
                                      std::string_view prefix, std::size_t limit = 24);

} // namespace agentd::evaluator::effects
