/// @file
/// From conditions to observations with a life: opened, changed, resolved, and never a flood of
/// them.
#pragma once

#include "agentd/observers/observer.hpp"
#include "store/machine_rows.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace agentd::observers {

/// What has to be written down.
struct Changes {
    std::vector<Condition> opened{};
    std::vector<Condition> changed{};
    std::vector<std::string> resolved{}; ///< keys
    bool empty() const noexcept { return opened.empty() && changed.empty() && resolved.empty(); }
};

/// Knows what is open. Two steps, so that nothing is believed before it is written: `compare`, then
/// `written`. Time is microseconds since boot.
class Lives {
  public:
    struct Limits {
        std::size_t open = 200; ///< more are counted in one observation, `observations_left_out`
        std::chrono::microseconds change =
            std::chrono::minutes(5); ///< between two changes of a detail
        std::chrono::microseconds memory = std::chrono::minutes(10);
        std::size_t lives = 3; ///< as many within `memory`: it is resolved only after `calm`
        std::chrono::microseconds calm = std::chrono::minutes(2);
    };
    Lives() = default;
    explicit Lives(Limits limits) : limits_(limits) {}

    /// What the log says is open, after a start.
    void load(const std::vector<store::ObservationRow>& open);

    /// @param kinds what was looked for: an open observation of another kind is left alone.
    Changes compare(const std::vector<Condition>& now, const std::vector<std::string>& kinds,
                    std::int64_t mono_us);
    void written(const Changes& changes, std::int64_t mono_us);

    bool is_open(const std::string& key) const { return open_.contains(key); }
    std::size_t open_count() const noexcept { return open_.size(); }

  private:
    struct Open {
        std::string kind{}, detail{}, severity{};
        std::int64_t changed = 0;
        std::optional<std::int64_t> absent{}; ///< since when it is not so any more
    };
    void look_at(const Condition& condition, std::int64_t mono_us, Changes& changes);
    void remember(const std::string& key, std::int64_t mono_us);
    bool restless(const std::string& key, std::int64_t mono_us);

    Limits limits_{};
    std::map<std::string, Open> open_;
    std::map<std::string, std::deque<std::int64_t>> opened_; ///< when, of what came more than once
    std::map<std::string, std::size_t> left_out_;            ///< by kind
};

} // namespace agentd::observers
