#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/pipeline/agenda.hpp"
#include "agentd/pipeline/job.hpp"
#include "agentd/pipeline/known.hpp"
#include "agentd/pipeline/testing.hpp"
#include "agentd/stages/apply.hpp"
#include "proposals/git_locks.hpp"

#include <algorithm>

namespace agentd::pipeline {

using proposals::State;

void Pipeline::settle(const std::stop_token& stop) {
    try {
        if (const auto settled = stages::settle(in_.config.sockets.apply, stop); !settled) {
            core::log(core::Level::warning, "agentd-applyd: " + settled.problem().message);
        }
        in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning,
                  std::string("cannot ask agentd-applyd what it was doing: ") + failure.what());
    }
}

void Pipeline::recover(const std::stop_token& stop) {
    in_.sequencer.ask([&] { in_.ledger.catch_up(); });
    // Nobody but this daemon writes there, and it has not begun yet.
    proposals::drop_dead_locks(in_.config.state.directory + "/repository.git",
                               core::Instant::max());
    // Also when no row says so: the helper may have begun just before everything died.
    settle(stop);
    for (const auto& row :
         in_.sequencer.ask([&] { return in_.ledger.queries().proposals(store::Which::all); })) {
        resume(row);
    }
}

void Pipeline::resume(const store::ProposalRow& row) try {
    if (row.state == State::checking || row.state == State::verified) {
        mark(row.id, State::stale, "its test broke off before it ended");
        check_soon(row.id);
    } else if (row.state == State::drafted) {
        check_soon(row.id);
    } else if (row.state == State::decided || row.state == State::approved) {
        const auto job = job_of(row.id);
        if (job && job->commits && !looked_at_hosts(in_, row.id)) {
            hints_.look_at_hosts(row.id, hosts_asked(in_, job->id, *job->commits, job->host));
        }
    } else if (row.state == State::confirmed && !row.landed && row.kind == "change") {
        // Confirmed while nobody was there to land it: a refusal is on record, silence is not.
        const auto rows = in_.sequencer.ask([&] {
            const auto queries = in_.ledger.queries();
            return std::pair(queries.landing(row.id), queries.approvals(row.id));
        });
        const auto job = job_of(row.id);
        if (rows.first) {
            return;
        }
        if (!rows.second.empty() && job && job->commits) {
            return land(*job, stages::names_of(rows.second));
        }
        // A machine that never stops waiting for a landing would never say that it runs another
        // system than the branch.
        refuse_landing(
            row, {.message = !rows.second.empty() ? "the proposal cannot be read any more"
                                         : "it was confirmed, and the log knows no approval of it",
                  .hint = "`agentctl show " + row.id +
                          "` says how it came; if it is what you want, "
                          "run `agentctl pull` in your clone"});
    }
} catch (const core::Failure& failure) { // one that is broken keeps no other from going on
    core::log(core::Level::warning, row.id + ": " + failure.what());
}

void Pipeline::finish_applies(const std::stop_token& stop) {
    if (in_.sequencer.ask([&] { return !in_.ledger.queries().in_flight().empty(); })) {
        settle(stop);
    }
    for (const auto& row :
         in_.sequencer.ask([&] { return in_.ledger.queries().proposals(store::Which::all); })) {
        if (row.state == State::confirmed) {
            resume(row);
        }
    }
}

void Pipeline::pick_up() {
    constexpr int most_times = 3; // a test that always breaks off is for a person to look at
    std::vector<store::ProposalRow> broken;
    const bool unfinished = in_.sequencer.ask([&] {
        const auto queries = in_.ledger.queries();
        for (const auto& row : queries.proposals(store::Which::all)) {
            const bool half = row.state == State::checking || row.state == State::verified;
            if (half && !checking_.contains(row.id) && picked_up_[row.id]++ < most_times) {
                broken.push_back(row);
            }
        }
        return !queries.in_flight().empty() || queries.landing_due();
    });
    for (const auto& row : broken) {
        resume(row);
    }
    drop_roots(in_);
    agenda_->keep_soon();
    try {
        tell_root_of_faults(in_);
    } catch (const core::Failure& failure) { // of the log: whoever needs it says so
        core::log(core::Level::debug, failure.what());
    }
    // Behind whatever is being applied on that thread: what it ends by itself is not picked up.
    if (unfinished && !finishing_.exchange(true)) {
        const bool posted = in_.applies.post([this](const std::stop_token& stop) {
            try {
                finish_applies(stop);
            } catch (const core::Failure& failure) {
                core::log(core::Level::warning, failure.what());
            }
            finishing_ = false;
        });
        finishing_ = finishing_ && posted;
    }
}

} // namespace agentd::pipeline
