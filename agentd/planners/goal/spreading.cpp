#include "agentd/planners/goal/spreading.hpp"

#include <algorithm>

namespace agentd::planners::goal {

namespace {

class Spreading {
  public:
    explicit Spreading(const Clauses& clauses) {
        for (const Clause& clause : clauses) {
            scopes_.push_back(clause.match.scope);
        }
        leads_ = clauses;
    }

    std::vector<std::vector<Scope>> run() {
        std::vector<std::vector<Scope>> out;
        if (!forward()) {
            return out;
        }
        backward();
        out.push_back(scopes_);
        const Scope& last = scopes_.back();
        // What stands before its clause is said of that one and those that follow, never of others.
        const Scope& lead = leads_.back().lead;
        const bool aside =
            (!last.user.empty() && lead.user.empty()) || (!last.in.empty() && lead.in.empty());
        if (aside && scopes_.size() > 1) {
            auto all = scopes_;
            bool wider = false;
            for (Scope& scope : all) {
                const bool bare = scope.user.empty() && scope.in.empty();
                wider = wider || bare;
                scope.user = bare ? last.user : scope.user;
                scope.in = bare ? last.in : scope.in;
            }
            if (wider) {
                out.push_back(std::move(all));
            }
        }
        return out;
    }

  private:
    bool forward() {
        Scope carried;
        for (std::size_t i = 0; i < scopes_.size(); ++i) {
            const Scope& lead = leads_[i].lead;
            if (lead.says_hosts()) {
                carried.hosts = lead.hosts;
                carried.every = lead.every;
                carried.shared = lead.shared;
            }
            carried.user = lead.user.empty() ? carried.user : lead.user;
            carried.whom = lead.whom.empty() ? carried.whom : lead.whom;
            carried.in = lead.in.empty() ? carried.in : lead.in;
            auto joined = both(carried, scopes_[i]);
            if (!joined) {
                return false;
            }
            scopes_[i] = std::move(*joined);
            if (!as_before(i)) {
                return false;
            }
        }
        return true;
    }

    /// "There" and "for him" mean what the clause before is about, and nothing else is said.
    bool as_before(std::size_t at) {
        Scope& here = scopes_[at];
        const Scope before = at == 0 ? Scope{} : scopes_[at - 1];
        if (leads_[at].pattern->follows && before.says_hosts() && !here.says_hosts()) {
            here.there = true;
        }
        if (!here.there && !here.his) {
            return true;
        }
        const bool hosts = !here.there || (before.says_hosts() && !here.says_hosts());
        const bool user = !here.his || (!before.user.empty() && here.user.empty());
        if (here.there && hosts) {
            here.hosts = before.hosts;
            here.every = before.every;
            here.shared = before.shared;
        }
        here.user = here.his && user ? before.user : here.user;
        here.there = false;
        here.his = false;
        return hosts && user;
    }

    void backward() {
        const Scope last = scopes_.back();
        const bool alone = std::none_of(scopes_.begin(), scopes_.end() - 1,
                                        [](const Scope& one) { return one.says_hosts(); });
        for (Scope& scope : scopes_) {
            if (alone) {
                scope.hosts = last.hosts;
                scope.every = last.every;
                scope.shared = last.shared;
            }
            scope.flake = last.flake.empty() ? scope.flake : last.flake;
        }
    }

    std::vector<Scope> scopes_{};
    Clauses leads_{};
};

} // namespace

std::vector<std::vector<Scope>> spread(const Clauses& clauses) {
    return Spreading(clauses).run();
}

} // namespace agentd::planners::goal
