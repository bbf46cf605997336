// A generation that no apply of ours brought: the owner's own nixos-rebuild goes on record, with
// its effects.
#include "agentd/core/crypto.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/explanation/explanation.hpp"
#include "agentd/pipeline/watch_errands.hpp"
#include "evaluator/store_info.hpp"
#include "proposals/effects.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>

namespace agentd::pipeline {

using core::Json;
using core::StorePath;

void WatchErrands::adopt(const machine::SystemLinks& links) {
    {
        const std::lock_guard lock(store_mutex_);
        if (!links.running || links == adopted_) {
            return;
        }
    }
    if (adopting_.exchange(true)) {
        return;
    }
    post("adopting a generation", [this, links](const std::stop_token& stop) {
        adopting_ = false;
        adopt_now(links, stop);
    });
}

void WatchErrands::adopt_now(const machine::SystemLinks& links, const std::stop_token& stop) {
    const auto known = in_.sequencer.ask([&] {
        in_.ledger.catch_up();
        const auto queries = in_.ledger.queries();
        return std::pair(queries.in_flight().empty(), queries.last_running());
    });
    const auto& [settled, last] = known;
    // Who looked saw the machine as it was then: a switch that began since is not somebody's hand.
    if (!settled || machine::Machine(in_.machine).links() != links) {
        poke_(observers::Topic::links);
        return;
    }
    const auto running = links.running->str();
    if (!last || last->system != running) {
        record_adoption(last, links, stop);
    }
    // A profile that moved ahead of what runs is on its way (the switch follows), or waits for the
    // next boot: the observation `running_not_profile` says so. What boots then is adopted when it
    // runs.
    const std::lock_guard lock(store_mutex_);
    adopted_ = links;
}

bool came_by_boot(const machine::SystemLinks& links, const std::optional<LastTold>& last,
                  std::optional<core::Instant> booted_at) {
    if (links.booted != links.running || !last) {
        return links.booted == links.running;
    }
    // Not the boot's id alone: a machine that shares its kernel (a container) boots without it.
    return last->boot_id != core::boot_id() || (booted_at && last->at < *booted_at);
}

bool WatchErrands::came_by_boot(const std::optional<store::RanRow>& last,
                                const machine::SystemLinks& links) {
    std::optional<LastTold> told;
    if (last) {
        const auto page = in_.sequencer.ask([&] { return in_.ledger.log().read(last->entry, 1); });
        const auto entry = page && !page->lines.empty() ? core::parse_json(page->lines.front())
                                                        : core::Result<Json>(core::Problem{});
        told = entry ? LastTold{.boot_id = entry->value("boot_id", ""),
                                .at = core::parse_instant(entry->value("time", ""))
                                          .value_or(core::Instant{})}
                     : LastTold{};
    }
    struct stat link {};
    const std::string booted = machine::Machine(in_.machine).on_host("/run/booted-system");
    const bool there = ::lstat(booted.c_str(), &link) == 0;
    const core::Instant made{std::chrono::seconds(link.st_mtim.tv_sec)};
    return pipeline::came_by_boot(links, told, there ? std::optional(made) : std::nullopt);
}

void WatchErrands::record_adoption(const std::optional<store::RanRow>& last,
                                   const machine::SystemLinks& links, const std::stop_token& stop) {
    const StorePath& to = *links.running;
    const auto from = last ? std::optional(last->system) : std::nullopt;
    Json body{
        {"what", "running"},
        {"from", from ? Json(*from) : Json()},
        {"to", to.str()},
        {"effects_sha256", nullptr},
        {"effects_blob", nullptr},
        {"headline", from ? "what changed is not known: the system before is gone from the store"
                          : "the first system that agentd sees here"},
        {"by", came_by_boot(last, links) ? "boot" : "hand"}};
    const auto before = from ? StorePath::parse(*from) : std::nullopt;
    const auto old_closure = before ? evaluator::closure_of(in_.nix, *before, stop)
                                    : core::Result<evaluator::Closure>(core::Problem{});
    const auto new_closure = before ? evaluator::closure_of(in_.nix, to, stop)
                                    : core::Result<evaluator::Closure>(core::Problem{});
    if (old_closure && new_closure) {
        auto worker = in_.worker;
        worker.scratch += "/adopt"; // beside the one that tests use
        const auto effects = analysis::effects_between(worker, *old_closure, *new_closure, stop);
        if (effects) {
            const auto blob = in_.blobs.put(proposals::canonical_bytes(*effects));
            if (blob) {
                body["effects_sha256"] = proposals::digest(*effects).hex();
                body["effects_blob"] = blob->hex();
                body["headline"] = core::shorten(explanation::headline(*effects), 300);
            }
        } else {
            body["headline"] = "its effects cannot be worked out: " +
                               core::shorten(core::to_utf8(effects.problem().message), 200);
        }
    }
    if (stop.stop_requested()) {
        return;
    }
    in_.sequencer.ask([&] {
        in_.ledger.record("generation.adopted", "host:" + in_.config.host.str(), body,
                          {.kind = audit::ActorKind::system, .id = "agentd"});
    });
    core::log(core::Level::info, "adopted " + to.str());
}

} // namespace agentd::pipeline
