#include "supervisor.hpp"

#include <algorithm>
#include <utility>

namespace fs = std::filesystem;

namespace agentd::demo {

Service& Supervisor::unit(const std::string& asked) {
    // an alias is a link to the file beside it
    std::error_code no_link;
    const fs::path target = fs::read_symlink(folder_ / asked, no_link);
    const std::string name = !target.empty() && !target.has_parent_path() ? target.string() : asked;
    auto& slot = units_[name];
    if (!slot)
        slot = std::make_unique<Service>(load_unit(folder_, name), [this](const Service& changed) {
            if (listener_)
                listener_(changed.state());
        });
    return *slot;
}

std::vector<UnitState> Supervisor::list() {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_, none)) {
        const std::string name = entry.path().filename().string();
        if (is_unit_name(name) && name.find("@.") == std::string::npos && name != "default.target")
            unit(name);
    }
    std::vector<UnitState> all;
    for (const auto& [name, service] : units_) {
        auto state = service->state();
        if (state.load == "loaded" || state.active != "inactive")
            all.push_back(std::move(state));
    }
    return all;
}

// --- starting: a job for each unit that is pulled in, begun when what comes before it is done ---

void Supervisor::enqueue(const std::string& asked, std::set<std::string>& seen) {
    const Service& service = unit(asked);
    const std::string name = service.file().name;
    if (!seen.insert(name).second)
        return;
    const bool queued =
        std::any_of(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.unit == name; });
    if (!queued && !service.is_active()) {
        jobs_.push_back({.id = ++last_job_, .unit = name});
        if (job_listener_)
            job_listener_(last_job_, name, "");
    }
    // an active target still pulls in what has come to it since
    if (service.is_active() && !service.file().is(".target"))
        return;
    const UnitFile file = service.file();
    for (const auto* names : {&file.requires_, &file.wants})
        for (const auto& other : *names)
            if (unit(other).file().found)
                enqueue(other, seen);
}

void Supervisor::start(const std::string& asked, Service::Finished finished) {
    const std::string name = unit(asked).file().name;
    if (!unit(name).file().found)
        return finished("failed");
    std::set<std::string> seen;
    enqueue(name, seen);
    const auto mine =
        std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.unit == name; });
    if (mine == jobs_.end()) {
        finished("done");
    } else if (mine->running) {
        unit(name).start(std::move(finished));
    } else {
        auto earlier = std::exchange(mine->finished, {});
        mine->finished = [earlier, finished](const std::string& job) {
            if (earlier)
                earlier(job);
            finished(job);
        };
    }
    dispatch();
}

bool Supervisor::must_wait(const Job& job) const {
    const UnitFile& file = units_.at(job.unit)->file();
    return std::any_of(jobs_.begin(), jobs_.end(), [&](const Job& other) {
        return other.unit != job.unit && (file.after.contains(other.unit) ||
                                          units_.at(other.unit)->file().before.contains(job.unit));
    });
}

void Supervisor::begin(const std::string& name) {
    const auto job = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const Job& each) { return each.unit == name; });
    job->running = true;
    for (const auto& needed : unit(name).file().requires_) {
        const auto found = units_.find(needed);
        if (found != units_.end() && found->second->state().active == "failed" &&
            unit(name).file().after.contains(needed)) {
            return end(name, "dependency");
        }
    }
    unit(name).start([this, name](const std::string& result) {
        end(name, result);
        dispatch();
    });
}

void Supervisor::end(const std::string& name, const std::string& result) {
    const auto mine = std::find_if(jobs_.begin(), jobs_.end(),
                                   [&](const Job& each) { return each.unit == name; });
    if (mine == jobs_.end())
        return;
    const Job job = std::move(*mine);
    jobs_.erase(mine);
    if (job_listener_)
        job_listener_(job.id, name, result);
    if (job.finished)
        job.finished(result);
}

std::vector<unsigned> Supervisor::jobs() const {
    std::vector<unsigned> ids;
    for (const Job& job : jobs_)
        ids.push_back(job.id);
    return ids;
}

void Supervisor::dispatch() {
    if (dispatching_)
        return;
    dispatching_ = true;
    for (bool moved = true; moved;) {
        moved = false;
        std::string next;
        for (const Job& job : jobs_)
            if (!job.running && !must_wait(job)) {
                next = job.unit;
                break;
            }
        // an ordering cycle: somebody has to go first
        if (next.empty() && !jobs_.empty() &&
            std::none_of(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.running; }))
            next = jobs_.front().unit;
        if (!next.empty()) {
            begin(next);
            moved = true;
        }
    }
    dispatching_ = false;
}

// --- the other verbs ---------------------------------------------------------------

void Supervisor::stop(const std::string& name, Service::Finished finished) {
    std::erase_if(
        jobs_, [&](const Job& job) { return job.unit == name && !job.running && !job.finished; });
    for (auto& [other, service] : units_)
        if (other != name && !service->is_down() &&
            (service->file().part_of.contains(name) || service->file().requires_.contains(name)))
            service->stop([](const std::string&) {});
    unit(name).stop(std::move(finished));
}

void Supervisor::restart(const std::string& name, Service::Finished finished) {
    if (!unit(name).file().found)
        return finished("failed");
    unit(name).stop([this, name, finished](const std::string&) { start(name, finished); });
}

void Supervisor::reload(const std::string& name, Service::Finished finished) {
    unit(name).reload(std::move(finished));
}

void Supervisor::reset_failed() {
    for (auto& [name, service] : units_)
        service->reset_failed();
}

void Supervisor::daemon_reload() {
    for (auto& [name, service] : units_)
        service->redefine(load_unit(folder_, name));
    std::erase_if(units_, [&](const auto& entry) {
        const bool queued = std::any_of(jobs_.begin(), jobs_.end(),
                                        [&](const Job& job) { return job.unit == entry.first; });
        return !entry.second->file().found && entry.second->state().active == "inactive" && !queued;
    });
}

void Supervisor::child_ended(pid_t pid, int wait_status) {
    for (auto& [name, service] : units_)
        if (service->child_ended(pid, wait_status))
            return;
}

void Supervisor::tick(Clock::time_point now) {
    std::vector<Service*> all;
    for (auto& [name, service] : units_)
        all.push_back(service.get());
    for (Service* service : all)
        service->tick(now);
    dispatch();
}

std::optional<Clock::time_point> Supervisor::wakes_at() const {
    std::optional<Clock::time_point> first;
    for (const auto& [name, service] : units_)
        if (const auto at = service->wakes_at(); at && (!first || *at < *first))
            first = at;
    return first;
}

bool Supervisor::all_down() const {
    return std::all_of(units_.begin(), units_.end(),
                       [](const auto& entry) { return entry.second->is_down(); });
}

void Supervisor::stop_all() {
    jobs_.clear();
    for (auto& [name, service] : units_)
        service->stop([](const std::string&) {});
}

std::vector<UnitLog*> Supervisor::logs() const {
    std::vector<UnitLog*> all;
    for (const auto& [name, service] : units_)
        if (service->log() != nullptr)
            all.push_back(service->log());
    return all;
}

} // namespace agentd::demo
