/// @file
/// Bursts of errors in the journal, counted for each unit.
#pragma once

#include "agentd/observers/observer.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>

struct sd_journal;

namespace agentd::observers {

/// Counts messages of a unit within a window. Pure: time is given.
class BurstCounter {
  public:
    struct Limits {
        std::size_t messages = 20; ///< as many within `window` are a burst
        std::chrono::microseconds window = std::chrono::minutes(1);
        std::chrono::microseconds calm = std::chrono::minutes(2); ///< without one more: it is over
        std::size_t units = 256;                                  ///< more are not counted
    };
    BurstCounter() = default;
    explicit BurstCounter(Limits limits) : limits_(limits) {}
    /// @param text as it came; kept only cut and made printable.
    void count(const std::string& unit, std::string_view text, std::int64_t mono_us);
    std::vector<Condition> conditions(std::int64_t mono_us);

  private:
    struct Unit {
        std::deque<std::int64_t> times{};
        std::string sample{};
        bool burst = false;
    };
    Limits limits_{};
    std::map<std::string, Unit> units_;
};

/// Kind `journal_burst`. Untrusted: what it quotes was written by whoever can write to the journal.
/// Reads from its making on, at most 2,000 messages a look. Blind where the journal may not be
/// read.
class Journal final : public Observer {
  public:
    Journal();
    ~Journal() override;
    std::vector<std::string> kinds() const override { return {"journal_burst"}; }
    Schedule schedule() const override { return {.on = topics({Topic::journal})}; }
    Findings look(Sight& sight) override;
    Aim aim() const override;

  private:
    struct Close {
        void operator()(sd_journal* journal) const noexcept;
    };
    void open();
    void read_on(std::int64_t mono_us);
    std::unique_ptr<sd_journal, Close> journal_;
    std::string begin_; ///< cursor of the last entry before the first look
    int descriptor_ = -1;
    BurstCounter counter_;
};

} // namespace agentd::observers
