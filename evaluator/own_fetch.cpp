#include "evaluator/own_fetch.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/caches.hpp"
#include "evaluator/fetch_refusal.hpp"
#include "evaluator/nix_message.hpp"
#include "evaluator/room.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <sys/statvfs.h>

namespace agentd::evaluator {
namespace {

using core::Problem;
using core::Result;

constexpr std::size_t most_complaints = 8;

/// What Nix complained about, and how much it took from the network.
class Ear {
  public:
    void line(std::string_view line) {
        const auto message = parse_nix_message(line);
        if (!message) {
            return;
        }
        if (message->action == NixMessage::Action::message && message->level <= 1 &&
            complaints.size() < most_complaints) {
            const auto text = core::trim(message->text); // a server's own page follows, maybe
            complaints.push_back(without_credentials(
                core::printable(core::shorten(text.substr(0, text.find('\n')), 500))));
        }
        constexpr std::int64_t result_progress = 105;
        if (message->action == NixMessage::Action::result && message->type == result_progress &&
            !message->numbers.empty() && message->numbers.front() > 0) {
            taken = std::max(taken, static_cast<std::uint64_t>(message->numbers.front()));
        }
    }

    std::vector<std::string> complaints{};
    std::uint64_t taken = 0; ///< of the largest that came
};

class Run {
  public:
    Run(const Nix& nix, const OwnFetch& fetch, const Environment& environment,
        std::chrono::milliseconds patience)
        : nix_(nix), fetch_(fetch), environment_(environment), patience_(patience),
          room_("/nix/store", nix.settings().disk_reserve),
          own_room_(nix.settings().scratch, nix.settings().disk_reserve),
          cache_(nix.settings().scratch + "/sources") {}

    Result<std::string> run(const std::stop_token& stop) {
        std::error_code ignored;
        std::filesystem::remove_all(cache_, ignored);
        const auto outcome = sandbox::run(command(), stop);
        std::filesystem::remove_all(cache_, ignored);
        if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
            return Problem{.code = "cancelled", .message = "stopped on request"};
        }
        if (!outcome.succeeded()) {
            return with_words(why(outcome), ear_.complaints);
        }
        return outcome.out.bytes;
    }

  private:
    sandbox::Command command() {
        auto out = nix_.nix(NixPurpose::fetch, fetch_.words);
        out.environment["NIX_CONFIG"] += "pure-eval = false\nrestrict-eval = false\n"
                                         "substitute = false\nsubstituters =\n";
        out.environment["XDG_CACHE_HOME"] = cache_;
        out.environment["GIT_ALLOW_PROTOCOL"] = "http:https";
        for (const auto& [name, value] : environment_) {
            out.environment[name] = value;
        }
        out.deadline = patience_;
        constexpr std::uint64_t of_a_new_store = 16U << 20; // Nix reserves 8 MiB in it
        out.profile->limits.file_size =
            std::min(nix_.settings().fetch_bytes + of_a_new_store, room_for_a_file());
        out.profile->limits.address_space = nix_.settings().evaluation_memory;
        out.err = {.bytes = 4096, .above = sandbox::Cap::Above::truncate};
        out.on_line = [this](sandbox::Stream stream, std::string_view line) {
            if (stream == sandbox::Stream::err) {
                ear_.line(line);
            }
        };
        out.wanted = [this] {
            return ear_.taken <= nix_.settings().fetch_bytes && room_.left() && own_room_.left();
        };
        return out;
    }

    /// What one file may take until the reserve is met: it is looked at several times a second
    /// only, and a disk is written faster.
    std::uint64_t room_for_a_file() const {
        struct statvfs now {};
        if (::statvfs(nix_.settings().scratch.c_str(), &now) != 0) {
            return std::numeric_limits<std::uint64_t>::max();
        }
        const std::uint64_t free = std::uint64_t{now.f_bavail} * now.f_frsize;
        return free - std::min(free, nix_.settings().disk_reserve);
    }

    Problem why(const sandbox::Outcome& outcome) const {
        const std::uint64_t most = nix_.settings().fetch_bytes;
        if (outcome.ending == sandbox::Ending(sandbox::Signalled{SIGXFSZ})) {
            return own_room_.left() && room_for_a_file() > most ? fetch_too_big(fetch_, most)
                                                                : no_room("fetch_limit");
        }
        if (std::holds_alternative<sandbox::Unwanted>(outcome.ending)) {
            return ear_.taken <= most ? no_room("fetch_limit") : fetch_too_big(fetch_, most);
        }
        if (std::holds_alternative<sandbox::TimedOut>(outcome.ending)) {
            return fetch_slow(fetch_, nix_.settings().fetch_deadline);
        }
        std::string how; // Nix says why it ends, unless it did not end by itself
        if (ear_.complaints.empty()) {
            how = ": Nix " + sandbox::describe(outcome.ending) + " " +
                  core::printable(core::shorten(core::trim(outcome.err.bytes), 400));
        }
        return {.code = "input_not_fetched",
                .message = fetch_.what + " is not given by " + fetch_.origin + how,
                .where = "flake.lock",
                .hint = "see that it can be reached from here and still has that revision; then " +
                        fetch_.again};
    }

    const Nix& nix_;
    const OwnFetch& fetch_;
    const Environment& environment_;
    std::chrono::milliseconds patience_;
    Ear ear_{};
    Room room_;
    Room own_room_;
    std::string cache_;
};

} // namespace

Result<std::string> fetch_by_own_nix(const Nix& nix, const OwnFetch& fetch,
                                     const Environment& environment,
                                     std::chrono::milliseconds patience,
                                     const std::stop_token& stop) {
    return Run(nix, fetch, environment, patience).run(stop);
}

Problem fetch_slow(const OwnFetch& fetch, std::chrono::milliseconds patience) {
    return {.code = "fetch_timeout",
            .message = fetch.what + " did not come from " + fetch.origin + " within " +
                       std::to_string(patience.count() / 1000) + " s",
            .where = "flake.lock",
            .hint = fetch.again + ", or raise nix.fetch_seconds"};
}

Problem fetch_too_big(const OwnFetch& fetch, std::uint64_t most) {
    return {.code = "fetch_limit",
            .message = fetch.what + " is more than " + std::to_string(most >> 20) + " MiB",
            .where = "flake.lock",
            .hint = "raise nix.fetch_mb if it is meant to be that big"};
}

} // namespace agentd::evaluator
