/// @file
/// The fold of what happened into who may have what done: no clock of its own, no second
/// bookkeeping.
#pragma once

#include "policy/trust/event.hpp"
#include "policy/trust/standing.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace agentd::policy::trust {

class Ladder {
  public:
    static constexpr std::chrono::hours soak{24};
    static constexpr std::chrono::days revoked_for{14};
    static constexpr std::chrono::days glass_for{7}; ///< of everybody, and no grant ends it
    static constexpr std::chrono::days evidence_lasts{180};
    static constexpr std::chrono::days idle{30}; ///< a rung down for each
    static constexpr std::chrono::minutes clock_tolerance{10};

    /// In the order of their numbers, from 0 and none left out: else everything is revoked.
    void take(const Event& event);

    /// Of a key nobody heard of too.
    Standing standing(const Key& key, const Moment& moment) const;
    /// Somebody's trust in this class was taken back, and no person signed since: for whoever
    /// cannot make sure of names, and so takes it from everybody.
    bool anybody_revoked(EffectClass effect_class, core::Instant at) const;
    /// Every key that something happened to, in order.
    std::vector<Key> keys() const;

  private:
    struct Applied {
        core::Instant at{};
        AgreedBy by = AgreedBy::person;
        std::set<std::string> targets{};
        bool credit = false; ///< touches something, and repairs no damage of its own
    };
    struct Fall {
        core::Instant at{};
        std::string because{};
    };
    struct Held {
        Grant grant{};
        core::Instant at{};
        TrustLevel earned = TrustLevel::ask; ///< when it was signed
    };
    struct Book {
        std::vector<Applied> applied{};
        std::optional<Fall> fall{};
        std::optional<Held> held{};
    };
    struct Open {
        std::string proposal{};
        Key key{};
        Applied applied{};
    };

    void check_order(const Event& event);
    void begin(const Event& event);
    void end(const Event& event);
    void grant(const Event& event);
    void withdraw(const Event& event);
    void taken_back(const Key& key, core::Instant at, const std::string& because);
    bool repairs_own_damage(const Key& key, const Event& event) const;
    std::optional<Fall> fall_of(const Key& key) const;
    bool lifted(const Key& key, const Fall& fall) const;
    Evidence evidence(const Key& key, core::Instant at) const;
    TrustLevel earned(const Key& key, core::Instant at) const;
    std::optional<std::string> untrusted(const Moment& moment) const;
    const Held* held(const Key& key) const;
    TrustLevel of_grant(const Key& key, const Held& held, const Moment& moment,
                        Standing& out) const;
    void suggest(const Key& key, const Moment& moment, Standing& out) const;

    std::uint64_t next_ = 0;
    std::optional<Event> last_{}; ///< only its clocks
    std::string broken_{};        ///< why nothing of it can be believed; "" when it can
    std::map<Key, Book> books_{};
    std::map<Identity, Fall> identities_{};
    std::optional<Fall> host_{};
    std::optional<core::Instant> glass_{};
    std::optional<Open> open_{};
    std::map<std::string, Key> applied_as_{}; ///< by proposal, of the last day
    std::vector<std::pair<core::Instant, std::pair<Identity, std::set<std::string>>>> damage_{};
};

} // namespace agentd::policy::trust
