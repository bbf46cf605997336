/// @file
/// A goal as clauses, in every way that all of its words fit.
#pragma once

#include "agentd/planners/goal/clause.hpp"
#include "agentd/planners/goal/scope.hpp"

#include <string>
#include <vector>

namespace agentd::planners::goal {

struct Clause {
    const Pattern* pattern{};
    State match{}; ///< its scope is all that was said in it
    Scope lead{};  ///< what was said before it, which holds for those that follow
    friend bool operator==(const Clause&, const Clause&) = default;
};
using Clauses = std::vector<Clause>;

/// What stopped the reading, where nothing fits.
struct Stop {
    Furthest furthest{};
    std::vector<const Pattern*> near{}; ///< phrases that got as far
    bool exhausted = false;
};

class Sentence {
  public:
    static constexpr std::size_t max_readings = 32;

    explicit Sentence(const Scene& scene) : scene_(scene), scopes_(scene, furthest_) {}

    /// Every one, at most `max_readings`.
    std::vector<Clauses> readings();
    Stop stop() const;

  private:
    struct Found {
        Clause clause{};
        std::size_t end{};
    };
    const std::vector<Found>& clauses_at(std::size_t at);
    void collect(std::size_t at, Clauses& so_far, std::vector<Clauses>& out);
    std::size_t behind_separators(std::size_t at) const;

    const Scene& scene_;
    Furthest furthest_{};
    ScopeReader scopes_;
    std::map<std::size_t, std::vector<Found>> found_{};
    std::vector<const Pattern*> near_{};
};

/// All families, in order.
std::vector<const Pattern*> all_patterns();
/// Words that a clause may begin with.
std::vector<std::string> first_words();
bool begins_with(const Pattern& pattern, std::string_view word);
/// Every word that a phrase has.
std::vector<std::string> all_words();

} // namespace agentd::planners::goal
