/// @file
/// What can be wrong with a machine, and what everything that looks for it has in common.
#pragma once

#include "agentd/observers/sight.hpp"

#include <bitset>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::observers {

enum class Severity { info, warning, critical };
std::string_view to_string(Severity severity) noexcept;

/// One condition as it is now. Two with the same key are the same condition.
struct Condition {
    std::string key{};     ///< `unit_failed:nginx.service`
    std::string kind{};    ///< `unit_failed`
    std::string subject{}; ///< `nginx.service`
    std::string title{};
    std::string detail{};
    Severity severity = Severity::warning;
    bool trusted = true; ///< false where title or detail hold text from outside
    friend bool operator==(const Condition&, const Condition&) = default;
};

/// What happens on a machine without anybody asking.
enum class Topic {
    units,    ///< a unit changed its state
    links,    ///< what runs, what boots, generations, boot entries, the graphics link
    upstream, ///< the owner's branch may have moved
    head,     ///< what the head builds is known anew
    journal,  ///< something was written to the journal
    mounts,   ///< something was mounted or unmounted
    etc,      ///< something in /etc was made, replaced or removed
    log,      ///< others wrote to the log, or it cannot be reached
    store,    ///< a path of the store was read again
};
inline constexpr std::size_t topic_count = 9;
using Topics = std::bitset<topic_count>;
Topics topics(std::initializer_list<Topic> list) noexcept;
constexpr std::size_t index_of(Topic topic) noexcept {
    return static_cast<std::size_t>(topic);
}

/// When an observer looks: at each of these events, and every so many slow passes besides.
struct Schedule {
    Topics on{};
    int passes = 1;
};

/// One line of `agentctl status`: a thing, whose it is, and how it is.
struct Fact {
    enum class State { good, amiss, unknown };
    std::string name{};  ///< `boot`
    std::string owner{}; ///< `flake`, `nix`, `systemd`, `agentd`, `you`
    State state = State::good;
    std::string text{};
    friend bool operator==(const Fact&, const Fact&) = default;
};

struct Findings {
    std::vector<Condition> conditions{};
    std::vector<Fact> facts{};
    bool blind = false; ///< it could not look: what is open stays open
};

/// Names to watch in one folder. What is not there yet is waited for in the nearest folder that is.
struct WatchedFolder {
    std::string folder{};
    std::vector<std::string> names{}; ///< empty: all; `system*` is every name that begins so
    Topic topic = Topic::links;
    friend bool operator==(const WatchedFolder&, const WatchedFolder&) = default;
};

/// A descriptor that becomes readable when there is news. Whoever looks at its topic empties it.
struct WatchedFd {
    int fd = -1;
    short events = 0; ///< as of poll(2)
    Topic topic = Topic::units;
};

/// What tells an observer that it should look again.
struct Aim {
    std::vector<WatchedFolder> folders{};
    std::vector<WatchedFd> descriptors{};
};

/// Looks at one thing. Used by one thread at a time; may remember what it saw.
class Observer {
  public:
    virtual ~Observer() = default;
    /// Every kind of condition it may find.
    virtual std::vector<std::string> kinds() const = 0;
    virtual Schedule schedule() const = 0;
    /// @throws core::Failure when it cannot look; that is as `blind`.
    virtual Findings look(Sight& sight) = 0;
    /// What to wait for after the last look, besides what every machine has.
    virtual Aim aim() const { return {}; }
};

/// `text` from outside as one line of at most `limit` bytes that is safe to print.
std::string quoted(std::string_view text, std::size_t limit = 200);

} // namespace agentd::observers
