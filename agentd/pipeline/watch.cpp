#include "agentd/pipeline/watch.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"
#include "agentd/planners/playbook.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <poll.h>

namespace agentd::pipeline {

using core::Json;
using observers::Condition;
using observers::Topic;

Watch::Watch(Surroundings surroundings, Pipeline& pipeline)
    : in_(std::move(surroundings)), pipeline_(pipeline), machine_(in_.machine),
      table_(machine_.units()), errands_(in_, pipeline, [this](Topic topic) { poke(topic); }) {
    for (auto& observer : observers::all_observers(knowledge())) {
        const auto schedule = observer->schedule();
        posts_.push_back({.observer = std::move(observer), .schedule = schedule});
    }
}

observers::Knowledge Watch::knowledge() {
    return {.services = in_.config.observe_services,
            .profile = in_.config.apply.profile,
            .audit_directory = in_.config.audit.directory,
            .state_directory = in_.config.state.directory,
            .append_socket = in_.config.audit.socket,
            .apply_socket = in_.config.sockets.apply,
            .demo = in_.config.machine.kind == MachineKind::demo,
            .unlanded = [this] { return unlanded(); },
            .log_reachable = [this] { return log_followed_.load(); },
            .store_checked = [this] { return errands_.store_checked(); },
            .lock_file = [this](const std::string& commit) { return lock_file(commit); }};
}

/// Titles of what is confirmed, whose landing was refused.
std::vector<std::string> Watch::unlanded() {
    return in_.sequencer.ask([&] {
        std::vector<std::string> titles;
        const auto queries = in_.ledger.queries();
        for (const auto& row : queries.proposals(store::Which::all)) {
            const auto landing = row.state == proposals::State::confirmed && !row.landed
                                     ? queries.landing(row.id)
                                     : std::nullopt;
            if (landing && !landing->done) {
                titles.push_back(row.title);
            }
        }
        return titles;
    });
}

std::optional<std::string> Watch::lock_file(const std::string& commit) const {
    const auto parsed = core::Commit::parse(commit);
    const auto repository =
        proposals::Repository::open_or_init_bare(in_.config.state.directory + "/repository.git");
    return parsed && repository.has_commit(*parsed) ? repository.tree(*parsed)->read("flake.lock")
                                                    : std::nullopt;
}

void Watch::run(const std::stop_token& stop) {
    using Clock = observers::Lookout::Clock;
    const std::stop_callback waker(stop, [this] { lookout_.wake(); });
    Pass pass{.tick = true};
    auto next_tick = Clock::now();
    while (!stop.stop_requested()) {
        if (pass.tick) {
            next_tick = Clock::now() + in_.config.observe_interval;
        }
        try {
            look(pass, stop);
            aim();
        } catch (const std::exception& error) {
            core::log(core::Level::warning, std::string("observing: ") + error.what());
        }
        pass = {.happened = lookout_.wait(next_tick)};
        pass.tick = Clock::now() >= next_tick;
    }
}

void Watch::look_now(const std::stop_token& stop) {
    errands_.refresh_head_now(stop);
    look({.tick = true, .asked = true}, stop);
}

void Watch::look_once(const std::stop_token& stop) {
    if (seen()->at == core::Instant{}) {
        look({.asked = true}, stop);
    }
}

bool Watch::is_due(const Post& post, const Pass& pass) const {
    const bool period = pass.tick && passes_ % post.schedule.passes == 0;
    return period || pass.asked || unwritten_ || !post.looked ||
           (post.schedule.on & pass.happened).any();
}

void Watch::look(Pass pass, const std::stop_token& stop) {
    const std::lock_guard one_at_a_time(look_mutex_);
    if (stop.stop_requested()) {
        return;
    }
    if (!loaded_) {
        lives_.load(in_.sequencer.ask([&] {
            in_.ledger.catch_up();
            return in_.ledger.queries().observations(store::Which::open);
        }));
        loaded_ = true;
    }
    passes_ += pass.tick ? 1 : 0;
    constexpr int believed_for = 10; // slow passes: what events say is not believed for ever
    if (pass.asked || (pass.tick && passes_ % believed_for == 0)) {
        table_.forget();
    }
    if (table_.take()) { // it will not be told a second time
        pass.happened.set(index_of(Topic::units));
    }
    const auto head = errands_.head();
    const Unsettled unsettled = this->unsettled(head);
    observers::Sight sight(machine_, table_,
                           {.now = in_.clock.now(),
                            .mono_us = in_.clock.monotonic_us(),
                            .head = head,
                            .switching = unsettled.switching,
                            .asked = pass.asked});
    proc_ = sight.proc();
    observers::Findings all;
    std::vector<std::string> kinds;
    for (Post& post : posts_) {
        if (is_due(post, pass)) {
            look_at(post, sight, all, kinds);
        }
    }
    if (sight.asked_for_units()) {
        kinds.emplace_back("machine_unreachable");
        if (const auto& trouble = sight.unit_trouble()) {
            all.conditions.push_back({.key = "machine_unreachable",
                                      .kind = "machine_unreachable",
                                      .title = "the machine's service manager does not answer",
                                      .detail = core::shorten(core::to_utf8(*trouble), 1000),
                                      .severity = observers::Severity::critical});
        }
    }
    publish(sight);
    const auto mono_us = sight.moment().mono_us;
    const auto changes = lives_.compare(all.conditions, kinds, mono_us);
    if (!changes.empty()) {
        unwritten_ = true;
        write_down(changes);
        lives_.written(changes, mono_us);
        errands_.forget(changes.resolved);
    }
    unwritten_ = false;
    errands_.plan_remedies(pass.tick ? all.conditions : changes.opened);
    if (unsettled.behind || pass.tick || pass.happened.test(index_of(Topic::upstream))) {
        errands_.refresh_head();
    }
    if (!sight.moment().switching) {
        errands_.adopt(sight.links());
    }
    if (pass.tick) {
        errands_.check_store(sight.links().running, pass.asked);
    }
    if (pass.tick || pass.happened.test(index_of(Topic::log))) {
        pipeline_.pick_up();
    }
}

void Watch::look_at(Post& post, observers::Sight& sight, observers::Findings& all,
                    std::vector<std::string>& kinds) {
    observers::Findings findings;
    try {
        findings = post.observer->look(sight);
    } catch (const core::Failure& failure) {
        findings.blind = true;
        core::log(core::Level::debug, std::string("an observer cannot look: ") + failure.what());
    }
    post.looked = true;
    if (findings.blind) {
        if (!findings.facts.empty()) {
            post.facts = std::move(findings.facts);
        }
        return;
    }
    const auto own = post.observer->kinds();
    kinds.insert(kinds.end(), own.begin(), own.end());
    all.conditions.insert(all.conditions.end(), findings.conditions.begin(),
                          findings.conditions.end());
    post.conditions = std::move(findings.conditions);
    post.facts = std::move(findings.facts);
}

Watch::Unsettled Watch::unsettled(const observers::HeadSystem& head) {
    return in_.sequencer.ask([&]() -> Unsettled {
        const auto queries = in_.ledger.queries();
        const bool behind = head.is_behind(queries.last_landed());
        return {.behind = behind,
                .switching = behind || !queries.in_flight().empty() || queries.landing_due()};
    });
}

void Watch::write_down(const observers::Changes& changes) {
    const audit::Actor self{.kind = audit::ActorKind::system, .id = "agentd"};
    in_.sequencer.ask([&] {
        for (const Condition& c : changes.opened) {
            in_.ledger.record(
                "observation.opened", c.key,
                {{"key", c.key},
                 {"kind", c.kind},
                 {"title", c.title},
                 {"detail", c.detail},
                 {"severity", observers::to_string(c.severity)},
                 {"trusted", c.trusted},
                 {"remedy", planners::advice({.kind = c.kind, .subject = c.subject})}},
                self);
        }
        for (const Condition& c : changes.changed) {
            in_.ledger.record(
                "observation.changed", c.key,
                {{"detail", c.detail}, {"severity", observers::to_string(c.severity)}}, self);
        }
        for (const std::string& key : changes.resolved) {
            in_.ledger.record("observation.resolved", key, {{"detail", "it is not so any more"}},
                              self);
        }
    });
}

void Watch::publish(observers::Sight& sight) {
    auto fresh = std::make_shared<MachineSeen>();
    fresh->at = sight.moment().now;
    fresh->links = sight.links();
    if (sight.asked_for_units() && !sight.unit_trouble()) {
        fresh->units = sight.units().size();
        for (const auto& unit : sight.units()) {
            if (unit.failed()) {
                fresh->failed.push_back(core::to_utf8(unit.name));
            }
        }
    } else {
        const auto before = seen();
        fresh->units = before->units;
        fresh->failed = before->failed;
    }
    for (const Post& post : posts_) {
        fresh->facts.insert(fresh->facts.end(), post.facts.begin(), post.facts.end());
    }
    const std::lock_guard lock(seen_mutex_);
    seen_ = std::move(fresh);
}

std::shared_ptr<const MachineSeen> Watch::seen() const {
    const std::lock_guard lock(seen_mutex_);
    return seen_;
}

bool Watch::log_is_followed(bool followed) {
    const bool news = log_followed_.exchange(followed) != followed;
    if (news) {
        poke(Topic::log);
    }
    return news;
}

} // namespace agentd::pipeline
