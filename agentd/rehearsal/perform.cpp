#include "agentd/rehearsal/perform.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/rehearsal/enter.hpp"
#include "agentd/rehearsal/seen.hpp"
#include "sandbox/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace agentd::rehearsal {

namespace {

using namespace std::chrono;
using core::Problem;

constexpr milliseconds between_looks{300};
/// What falls right after its start falls in here; where a boot takes long, so does a fall.
constexpr milliseconds least_settle{3'000};
constexpr milliseconds most_settle{15'000};
constexpr seconds to_look{60};       ///< for all that is done after the time to come up
constexpr seconds most_patience{10}; ///< for what was started again, to see whether it stands
constexpr std::size_t most_failed_shown = 8;

bool has_ended(std::string_view state) {
    return state == "running" || state == "degraded" || state == "maintenance";
}

/// The container while it runs, in a thread that waits for it.
class Boot {
  public:
    explicit Boot(const sandbox::Command& command)
        : outcome_(std::async(std::launch::async, [command, token = stop_.get_token()] {
              return sandbox::run(command, token);
          })) {}
    ~Boot() { stop_.request_stop(); } // the outcome waits for its thread
    Boot(const Boot&) = delete;
    Boot& operator=(const Boot&) = delete;

    bool ended() const { return outcome_.wait_for(seconds(0)) == std::future_status::ready; }
    sandbox::Outcome end() {
        stop_.request_stop();
        return outcome_.get();
    }

  private:
    std::stop_source stop_{};
    std::future<sandbox::Outcome> outcome_;
};

class Course {
  public:
    Course(const Question& question, const Bounds& bounds, std::function<bool()> wanted)
        : question_(question), bounds_(bounds), wanted_(std::move(wanted)),
          self_(std::filesystem::read_symlink("/proc/self/exe").string()),
          nspawn_(nspawn_program()), started_(steady_clock::now()),
          boot_(boot_command(question, bounds, self_, nspawn_)) {}

    core::Result<Rehearsal> run() {
        Rehearsal seen{.system = question_.system.str()};
        while (!boot_.ended() && !has_ended(seen.state) && left() > seconds(0)) {
            if (!wanted_()) {
                return Problem{.code = "unwanted", .message = "nobody waits for it any more"};
            }
            std::this_thread::sleep_for(between_looks);
            seen.state = state_now().value_or(seen.state);
        }
        seen.up = has_ended(seen.state) && seen.state != "maintenance"; // nothing of it was started
        seen.boot = duration_cast<milliseconds>(steady_clock::now() - started_);
        if (seen.up) {
            std::this_thread::sleep_for(std::clamp(seen.boot / 2, least_settle, most_settle));
        }
        if (!question_.dry_activate) {
            look(seen);
        } else if (seen.up) {
            take_units(look_at_units(), seen); // before code that is only proposed runs in here
            seen.dry_run = dry_activate(*question_.dry_activate);
        }
        const auto outcome = boot_.end();
        if (seen.state == "none" && seen.units.empty() && !leader_was_there_) {
            return not_started(outcome);
        }
        finish(seen, outcome);
        return seen;
    }

  private:
    milliseconds left() const {
        return duration_cast<milliseconds>(question_.seconds - (steady_clock::now() - started_));
    }

    /// What one of the system's own programs says, asked inside.
    sandbox::Outcome ask(std::vector<std::string> words, std::size_t most, seconds patience,
                         const char* program = "/systemd/bin/systemctl") const {
        return run_inside(question_.system.str() + program, std::move(words), most, patience);
    }

    sandbox::Outcome run_inside(const std::string& program, std::vector<std::string> words,
                                std::size_t most, seconds patience) const {
        words.insert(words.begin(), {"--enter", std::to_string(::getpid()), program});
        return sandbox::run(
            {.program = self_,
             .arguments = std::move(words),
             .deadline = std::clamp<milliseconds>(left() + to_look, milliseconds(1), patience),
             .grace = milliseconds(100),
             .out = {.bytes = most, .above = sandbox::Cap::Above::truncate},
             .err = {.bytes = 16U << 10}});
    }

    std::optional<std::string> state_now() {
        const auto leader = leader_below(::getpid());
        leader_was_there_ = leader_was_there_ || leader.has_value();
        if (!leader) {
            return std::nullopt;
        }
        const auto said = ask({"show", "--property=SystemState"}, 256, seconds(5));
        constexpr std::string_view key = "SystemState=";
        const auto text = core::trim(said.out.bytes);
        if (!said.succeeded() || !text.starts_with(key)) {
            return std::nullopt;
        }
        const std::string state(text.substr(key.size()));
        const bool word = state.size() <= 32 && std::all_of(state.begin(), state.end(), [](char c) {
                              return c >= 'a' && c <= 'z';
                          });
        return word ? std::optional(state) : std::nullopt;
    }

    void look(Rehearsal& seen) {
        const auto leader = leader_below(::getpid());
        if (!leader) {
            seen.truncated = true; // it is gone: nothing can be said of it
            return;
        }
        auto units = look_at_units();
        look_at_sockets(seen, *leader);
        const auto journal = ask({"--boot", "--no-pager", "--output=json",
                                  "--output-fields=UNIT,JOB_TYPE,JOB_RESULT,MESSAGE", "_PID=1"},
                                 4U << 20, seconds(10), "/systemd/bin/journalctl");
        add_from_journal(journal.out.bytes, units);
        take_units(std::move(units), seen);
        look_at_failed(seen);
    }


    /// What was started again is waited for a while: it stands, or it falls again; so is what a
    /// timer has just started.
    Units look_at_units() const {
        const auto end = steady_clock::now() + most_patience;
        while (true) {
            auto units = units_now();
            const bool unsure =
                std::any_of(units.units.begin(), units.units.end(), [](const Unit& unit) {
                    return unit.active.ends_with("ing") || // activating, reloading, deactivating
                           (unit.restarts > 0 && unit.active == "active" && !unit.steady);
                });
            if (!unsure || steady_clock::now() > end || !wanted_()) {
                return units;
            }
            std::this_thread::sleep_for(between_looks);
        }
    }

    Units units_now() const {
        std::string properties = "--property=";
        properties += core::join(wanted_properties(), ",");
        const auto asked = steady_clock::now();
        const auto said = ask({"show", properties, "*"}, 4U << 20, seconds(10));
        auto units =
            units_from(said.out.bytes, {.begun_us = micros(started_), .now_us = micros(asked)});
        units.truncated = units.truncated || said.out.truncated || !said.succeeded();
        return units;
    }

    /// Of CLOCK_MONOTONIC, as systemd's own times are.
    static std::int64_t micros(steady_clock::time_point when) {
        return duration_cast<microseconds>(when.time_since_epoch()).count();
    }

    /// The kernel's word, of the network that the first process is in: what listens in another one
    /// that the system made for itself is not among it.
    static void look_at_sockets(Rehearsal& seen, pid_t leader) {
        for (const auto& [file, protocol] :
             {std::pair("tcp", "tcp"), {"tcp6", "tcp"}, {"udp", "udp"}, {"udp6", "udp"}}) {
            try {
                listeners_from(
                    core::read_file(fmt::format("/proc/{}/net/{}", leader, file), 1U << 20),
                    protocol, seen.listening);
            } catch (const core::Failure&) { // more than anybody needs, or it is gone
                seen.truncated = true;
            }
        }
        std::sort(seen.listening.begin(), seen.listening.end());
        seen.listening.erase(std::unique(seen.listening.begin(), seen.listening.end()),
                             seen.listening.end());
        if (seen.listening.size() > Rehearsal::max_listeners) {
            seen.listening.resize(Rehearsal::max_listeners);
            seen.truncated = true;
        }
    }

    /// Why, in the words of each, and whether it speaks of a secret that is not here.
    void look_at_failed(Rehearsal& seen) {
        std::size_t shown = 0;
        for (Unit& unit : seen.units) {
            const bool fell =
                unit.active == "failed" || unit.sub == "auto-restart" || unit.restarts > 0;
            if (!fell || shown++ >= most_failed_shown) {
                continue;
            }
            const auto said = ask({"status", "--no-pager", "--full", "--lines=12", "--", unit.name},
                                  16U << 10, seconds(5));
            log_ += core::to_utf8(said.out.bytes) + "\n";
            if (unit.needs.empty()) {
                unit.needs = secret_in(said.out.bytes);
            }
        }
    }

    /// It is proposed code: it may do in here what it likes.
    DryRun dry_activate(const core::StorePath& other) const {
        const auto said = run_inside(other.str() + "/bin/switch-to-configuration", {"dry-activate"},
                                     DryRun::max_text, seconds(30));
        const auto* exited = std::get_if<sandbox::Exited>(&said.ending);
        const std::string text = core::to_utf8(said.err.bytes + said.out.bytes);
        return {.status = exited == nullptr ? -1 : exited->code,
                .took = duration_cast<milliseconds>(said.wall),
                .text = core::shorten(core::printable(text), DryRun::max_text - 8)};
    }

    Problem not_started(const sandbox::Outcome& outcome) const {
        const std::string said = core::to_utf8(core::trim(outcome.err.bytes));
        return {.code = "not_started",
                .message = "the container does not start: systemd-nspawn " +
                           sandbox::describe(outcome.ending) +
                           (said.empty() ? "" : ": " + core::printable(core::shorten(said, 400))),
                .where = nspawn_,
                .hint = "a rehearsal needs namespaces of users (user.max_user_namespaces)"};
    }

    void finish(Rehearsal& seen, const sandbox::Outcome& outcome) const {
        std::string text = log_;
        for (const auto& [name, stream] :
             {std::pair("its console", &outcome.out), {"systemd-nspawn", &outcome.err}}) {
            if (!core::trim(stream->bytes).empty()) {
                text += fmt::format("-- {} --\n{}\n", name, core::to_utf8(stream->bytes));
            }
        }
        seen.log = core::shorten(core::printable(text), Rehearsal::max_log - 8);
        seen.environment = environment_of(bounds_);
    }

    const Question& question_;
    const Bounds& bounds_;
    std::function<bool()> wanted_;
    std::string self_;
    std::string nspawn_;
    steady_clock::time_point started_;
    Boot boot_;
    bool leader_was_there_ = false;
    std::string log_{};
};

} // namespace

std::string environment_of(const Bounds& bounds) {
    utsname name{};
    ::uname(&name);
    return fmt::format("Linux {}, {}, root of memory, store shown as {}, {}", name.release,
                       nspawn_program(), bounds.owned ? "root's" : "nobody's", OwnGroup::limits());
}

core::Result<Rehearsal> perform(const Question& question, const Bounds& bounds,
                                const std::function<bool()>& wanted) {
    const OwnGroup group;
    make_root(bounds);
    auto seen = Course(question, bounds, wanted).run();
    if (seen || seen.problem().code != "not_started" ||
        seen.problem().message.find("map ids") == std::string::npos) {
        return seen;
    }
    // The store is on a file system that shows its files as whose they are: nobody's, in there.
    Bounds others = bounds;
    others.owned = false;
    make_root(others);
    return Course(question, others, wanted).run();
}

} // namespace agentd::rehearsal
