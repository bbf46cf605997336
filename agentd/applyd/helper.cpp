#include "agentd/applyd/helper.hpp"

#include "agentd/applyd/acts.hpp"
#include "agentd/applyd/last_good.hpp"
#include "agentd/applyd/nix_programs.hpp"
#include "agentd/applyd/record.hpp"
#include "agentd/applyd/trusted_file.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/machine/options.hpp"
#include "agentd/programs.hpp"

#include <nlohmann/json.hpp>

#include <pwd.h>
#include <thread>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Json;
using core::Problem;
using namespace std::chrono;

evaluator::NixSettings query_settings(const Config& config) {
    evaluator::NixSettings settings;
    settings.scratch = config.apply.directory + "/nix-scratch";
    settings.confine = program_path(config.programs.confine, "agentd-confine");
    return settings;
}

/// The systems that are kept for an apply: let go however it ends, unless somebody has to settle
/// it.
class Kept {
  public:
    Kept(Switcher& switcher, const Journal& journal) : switcher_(switcher), journal_(journal) {}
    ~Kept() {
        if (!journal_.unsettled()) {
            switcher_.release();
        }
    }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

  private:
    Switcher& switcher_;
    const Journal& journal_;
};

} // namespace

Helper::Helper(Config config, std::string config_file)
    : config_(std::move(config)), journal_(config_.apply.directory),
      brake_(config_.apply.directory), trust_(config_, clock_),
      nix_(evaluator::NixInstallation(nix_programs(config_, journal_)), query_settings(config_)),
      machine_(machine::options_from(config_)), switcher_(config_, machine_, nix_),
      health_(config_, machine_, program_path("", "agentd-probe")),
      way_back_(config_, trusted_path(std::move(config_file))),
      log_(config_.audit.socket, seconds(10)),
      announced_(config_.apply.directory, clock_, core::boot_id()),
      verifier_(config_, clock_, journal_, nix_, machine_, announced_,
                {.program = program_path(config_.programs.analyze, "agentd-analyze"),
                 .scratch = config_.apply.directory + "/analyze"}),
      pairing_(config_.apply.directory, config_.apply.approvers, clock_, config_.web.origins),
      passkeys_(config_.apply.directory) {}

Tools Helper::tools() {
    return {.config = config_,
            .clock = clock_,
            .journal = journal_,
            .nix = nix_,
            .machine = machine_,
            .switcher = switcher_,
            .health = health_,
            .way_back = way_back_,
            .log = log_,
            .confirmation = confirmation_,
            .brake = brake_,
            .trust = trust_};
}

void Helper::serve(core::Listener listener, milliseconds idle, const std::stop_token& stop) {
    settle_if_free();
    // Settings are read once: whoever asks again and again must not keep an old life going for
    // ever.
    const auto leave = steady_clock::now() + 10 * idle;
    for (;;) {
        const auto alone =
            idle.count() >= 0 && steady_clock::now() >= leave ? journal_.try_lock() : std::nullopt;
        if (alone && !journal_.unsettled() && desk_.is_idle()) {
            slots_.clear(); // what was asked is answered; who asks now waits in systemd's socket
            return;
        }
        const bool busy = !slots_.empty() || journal_.unsettled();
        auto connection = listener.accept(stop, busy ? seconds(5) : idle);
        slots_.remove_if([](const Slot& slot) { return slot.done.load(); });
        if (!connection) {
            if (stop.stop_requested() || !busy) {
                break;
            }
            settle_if_free(); // the log did not take an outcome, or a way back failed
        } else if (!allowed(connection->peer)) {
            connection->channel.write_line(core::canonical(
                refusal({.code = "denied", .message = "only agentd and root may ask here"})));
            refuse("host:" + config_.host.str(), {.code = "denied", .message = "not your socket"},
                   connection->peer);
        } else if (slots_.size() >=
                   most_connections - (is_own(connection->peer) ? 0 : reserved_connections)) {
            connection->channel.write_line(
                core::canonical(refusal({.code = "busy", .message = "too many ask at once"})));
        } else {
            admit(std::move(*connection), stop);
        }
    }
    slots_.clear();
}

/// One thread a connection: while one applies, others hear that it is busy.
void Helper::admit(core::Listener::Connection connection, const std::stop_token& stop) {
    Slot& slot = slots_.emplace_back();
    slot.thread = std::jthread([this, &slot, stop, c = std::move(connection)]() mutable {
        serve_one(c, stop);
        slot.done = true;
    });
}

void Helper::serve_one(core::Listener::Connection& connection,
                       const std::stop_token& stop) noexcept {
    try {
        connection.channel.write_line(core::canonical(answer(connection, stop)));
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

bool Helper::allowed(const core::Peer& peer) const {
    const ::passwd* daemon = ::getpwnam("agentd");
    return is_own(peer) || (daemon != nullptr && peer.uid == daemon->pw_uid);
}

Json Helper::answer(core::Listener::Connection& connection, const std::stop_token& stop) {
    try {
        const auto read = connection.channel.read_line(seconds(10), stop);
        const auto request =
            read.end == core::LineChannel::End::line
                ? core::parse_json(read.line)
                : core::Result<Json>(
                      Problem{.code = "usage", .message = "no request came in time, or too much"});
        if (!request || !request->is_object()) {
            const Problem problem =
                request ? Problem{.code = "usage", .message = "not an object"} : request.problem();
            refuse("host:" + config_.host.str(), problem, connection.peer);
            return refusal(problem);
        }
        return dispatch(*request, connection, stop);
    } catch (const core::Failure& failure) {
        core::log(core::Level::error, failure.what());
        return refusal(
            {.code = std::string(core::to_string(failure.kind())), .message = failure.what()});
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
        return refusal({.code = "internal", .message = "internal error"});
    }
}

Json Helper::dispatch(const Json& request, core::Listener::Connection& connection,
                      const std::stop_token& stop) {
    const auto it = request.find("op");
    const std::string op =
        it != request.end() && it->is_string() ? it->get<std::string>() : std::string();
    if (op == "apply") {
        return apply(request, connection, stop);
    }
    if (op == "settle") {
        return settle_request();
    }
    if (op == "announce" || op == "object") {
        return op == "announce" ? announce(request) : object(request, connection.peer);
    }
    if (op == "confirm") {
        return confirm(request);
    }
    if (op == "cancel") {
        return cancel(request);
    }
    if (op == "freeze" || op == "unfreeze" || op == "quarantine" || op == "quarantine.lift") {
        return brake(request, connection.peer);
    }
    if (op == "trust" || op == "trust.grant" || op == "trust.revoke") {
        return trust(request);
    }
    if (op == "health") {
        return health(stop);
    }
    if (op == "pair.enrol") {
        return enrol(request, stop);
    }
    if (op == "pair.invite" || op == "pair.wait" || op == "pair.admit") {
        return pair(request, connection.peer, stop);
    }
    if (op == "passkey.seen") {
        return seen(request);
    }
    if (op == "state") {
        const auto in_flight = journal_.in_flight();
        const auto frozen = brake_.frozen();
        return {{"ok", true},
                {"in_flight", in_flight ? Json(in_flight->proposal) : Json()},
                {"phase", in_flight ? Json(to_string(in_flight->phase)) : Json()},
                {"frozen", frozen.has_value()},
                {"frozen_because", frozen ? Json(*frozen) : Json()},
                {"quarantined", brake_.list().size()},
                {"last_good", LastGood(journal_.directory()).names()}};
    }
    return refusal({.code = "usage", .message = "there is no such request"});
}

Json Helper::apply(const Json& request, core::Listener::Connection& connection,
                   const std::stop_token& stop) {
    core::ObjectReader reader(request, "request");
    reader.text("op");
    const std::string bytes = reader.text("statement", proposals::Statement::max_bytes);
    const Json& signed_by = reader.any("presence");
    const auto done = reader.finish();
    const auto presences =
        done ? presences_from_json(signed_by) : core::Result<Presences>(done.problem());
    const std::string here = "host:" + config_.host.str();
    if (!presences) {
        refuse(here, presences.problem(), connection.peer);
        return refusal(presences.problem());
    }
    const auto lock = journal_.try_lock();
    if (!lock) {
        return refusal({.code = "busy",
                        .message = "another change is being applied right now",
                        .hint = "wait until it has ended: `agentctl list`"});
    }
    settle(tools(), std::nullopt);
    if (journal_.in_flight()) {
        return refusal({.code = "unavailable",
                        .message = "what was done before cannot be written into the log",
                        .hint = "nothing is applied until it is: `agentctl doctor`"});
    }
    const auto verified = verifier_.verify(bytes, *presences, connection.peer, stop);
    const Kept kept(switcher_, journal_);
    if (const auto taken =
            verified ? take_up(*verified, *presences, connection.peer, stop) : verified.problem();
        !taken) {
        const auto statement = proposals::parse_statement(bytes);
        refuse(statement ? statement->proposal : here, taken.problem(), connection.peer);
        return refusal(taken.problem());
    }
    const auto on_step = [&](const Json& event) {
        connection.channel.write_line(core::canonical(event));
    };
    const auto outcome = verified->act() ? carry_out_act(*verified, tools(), on_step)
                                         : activate(*verified, tools(), on_step);
    return {{"ok", true}, {"outcome", to_json(outcome, machine_.links())}};
}

void Helper::refuse(const std::string& subject, const Problem& problem, const core::Peer& peer) {
    audit::Client log(config_.audit.socket, seconds(5)); // several threads refuse
    record_patiently(log, clock_, "statement.refused", subject,
                     {{"code", core::to_utf8(core::shorten(problem.code, 64))},
                      {"message", core::shorten(core::to_utf8(problem.message), 2000)},
                      {"peer_uid", peer.uid}},
                     seconds(1));
}

} // namespace agentd::applyd
