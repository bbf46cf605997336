#include "agentd/planners/goal/scope.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

using Read = bool (*)(const State& match, const Scene& scene, Scope& out);

struct Row {
    std::string_view words{};
    Read read{};
    bool opens = false; ///< only where a clause begins
};

bool every(const State&, const Scene&, Scope& out) {
    out.every = true;
    return true;
}
bool shared(const State&, const Scene&, Scope& out) {
    out.shared = true;
    return true;
}
bool hosts(const State& match, const Scene&, Scope& out) {
    for (const char* slot : {"hosts", "more"}) {
        for (const Item& item : match.items(slot)) {
            out.hosts.insert(item.text);
        }
    }
    return true;
}
bool this_host(const State&, const Scene& scene, Scope& out) {
    if (!scene.around.host.empty()) {
        out.hosts.insert(scene.around.host);
        return true;
    }
    std::size_t nixos = 0;
    for (const auto& host : scene.around.map.hosts) {
        nixos += host.kind == "nixos" ? 1 : 0;
    }
    out.shared = true;
    return nixos <= 1;
}
bool user(const State& match, const Scene&, Scope& out) {
    out.user = match.text("user");
    return true;
}
bool module(const State& match, const Scene&, Scope& out) {
    out.in = match.text("module");
    return true;
}
bool flake(const State& match, const Scene& scene, Scope& out) {
    out.flake = match.text("template");
    return scene.around.map.flake.empty() || scene.around.map.flake == out.flake;
}
bool every_but(const State& match, const Scene& scene, Scope& out) {
    for (const auto& host : scene.around.map.hosts) {
        const auto& others = match.items("others");
        const bool other = std::any_of(others.begin(), others.end(),
                                       [&](const Item& item) { return item.text == host.name; });
        if (host.kind == "nixos" && !other) {
            out.hosts.insert(host.name);
        }
    }
    return scene.around.map.hosts_known && !out.hosts.empty();
}
bool weak(const State&, const Scene&, Scope& out) {
    out.weak = true;
    return true;
}
bool whom(const State& match, const Scene&, Scope& out) {
    out.whom = match.text("whom");
    return true;
}
bool there(const State&, const Scene&, Scope& out) {
    out.there = true;
    return true;
}
bool his(const State&, const Scene&, Scope& out) {
    out.his = true;
    return true;
}
bool nothing(const State&, const Scene&, Scope&) {
    return true;
}

constexpr auto rows = std::to_array<Row>({
    {"[only] (on|for|of|in|across|to|from|at) (all [of]|every|each|every single) "
     "[nixos|linux|flake] (host|hosts|machine|machines|system|systems|computer|computers|box|"
     "boxes|configuration|configurations)",
     every},
    {"everywhere", every},
    {"[only] (on|for|of|in|across|to|from|at) (all [of]|every|each) [nixos|linux|flake|other] "
     "(host|hosts|machine|machines|system|systems) [,] (but|except|except for|other than|besides|"
     "apart from) [for|on] [host|hosts|machine] {knownhosts:others}",
     every_but},
    {"everywhere (but|except|other than|besides|apart from) [for|on] [host|hosts] "
     "{knownhosts:others}",
     every_but},
    {"(all [of]|every|each) [nixos|linux] (host|hosts|machine|machines) [,] (but|except|except for|"
     "other than|besides|apart from) [host|hosts] {knownhosts:others} [should|shall|must|needs to|"
     "need to|has to|have to]",
     every_but, true},
    {"[but] (host|hosts|each host|every host|they|machines) (must|should|may|can|shall|might) "
     "[stay|"
     "remain|be|still] [able|allowed|free] [to] (override|overrule|change) (it|this|that)",
     weak},
    {"(let|allow) (host|hosts|machines|them) [to] (override|overrule|change) (it|this|that)", weak},
    {"as default [value]", weak},
    {"by default", weak},
    {"{knownuser:whom} (needs|wants|requires) {reason} (:|;|, so|so|, therefore)", whom, true},
    {"user {user:whom} (needs|wants|requires) {reason} (:|;|, so|so|, therefore)", whom, true},
    {"(shared by|common to) [all] [nixos] (host|hosts|machines|systems)", shared},
    {"all [nixos] (hosts|machines|systems) share", shared},
    {"(on|for|of|in|across|to|from) nixos (host|hosts|machines|systems)", shared},
    {"[only] (on|for|of|at|in|to|from) [only] (host|hosts|machine|machines|server|servers|laptop) "
     "{hosts} [only|alone|[,] [and] nowhere else|[,] [and] on no other host]",
     hosts},
    {"[only] (on|for|of|in) {knownhosts:hosts} and (on|for|of|in) {knownhosts:more}", hosts},
    {"[only] (on|for|of|at|in|to|from) [only|both] {knownhosts:hosts} [host|machine|laptop|server|"
     "desktop|box] [only|alone|[,] [and] nowhere else|[,] [and] on no other host]",
     hosts},
    {"(in|on|of|for|to|from|through) {knownhost:hosts} 's (firewall|system|configuration|config)",
     hosts},
    {"[only] (on|for|of|in|to|from) [only] [all] {hostgroup:hosts} [only]", hosts},
    {"(on|for|of|in|to) (this|the) (host|machine|system|computer|server|laptop|box)", this_host},
    {"here", this_host},
    {"there", there},
    {"on (that|the same) (host|machine|system|server|laptop|box)", there},
    {"for (him|her|them)", his},
    {"(for|as) user {user} [only]", user},
    {"for {knownuser:user} [only]", user},
    {"(in|inside|within|to|into|of|from) [file] {file:module}", module},
    {"(in|inside|within|to) {module} (module|file|aspect)", module},
    {"(in|inside|within|to) (module|file|aspect) {module}", module},
    {"in {template} template", flake},
    {"in template {template}", flake},
    {"(could|can|would|will) you", nothing, true},
    {"(i|we) (want|need|wish|would like|like) [you|us] to", nothing, true},
    {"(i'd|we'd) (like|love) [you] to", nothing, true},
    {"(let's|let us)", nothing, true},
    {"(hey|hello|hi) [agentd]", nothing, true},
    {"(make sure|ensure|see to it) [that]", nothing, true},
    {"(host|hosts|machine|machines) {hosts} [should|shall|must|needs to|need to|has to|ought to|"
     "is to|may|can]",
     hosts, true},
    {"{knownhosts:hosts} [should|shall|must|needs to|need to|has to|ought to|is to|may|can]", hosts,
     true},
    {"(all [of]|every|each) [nixos|linux] (host|hosts|machine|machines) (should|shall|must|needs "
     "to|"
     "need to|has to|have to)",
     every, true},
    {"{module} (module|aspect) (should|shall|must|needs to|has to)", module, true},
});

struct Compiled {
    Phrase phrase{};
    const Row* row{};
};

const std::vector<Compiled>& compiled() {
    static const std::vector<Compiled> all = [] {
        std::vector<Compiled> out;
        for (const Row& row : rows) {
            out.push_back({.phrase = phrase_of(row.words), .row = &row});
        }
        return out;
    }();
    return all;
}

/// Behind a mark where one is.
std::size_t behind(const Scene& scene, std::size_t at, std::string_view mark) {
    const Token* token = scene.token(at);
    return token != nullptr && token->mark && token->lower == mark ? at + 1 : at;
}

} // namespace

Scoped ScopeReader::fit(std::size_t place, bool opens) {
    Scoped out;
    Furthest unheard; // what a scope expects is no news: most clauses have none
    const Asides none = [](std::size_t) { return Scoped(); };
    Matcher matcher(scene_, none, opens ? furthest_ : unheard);
    for (const Compiled& one : compiled()) {
        if (one.row->opens != opens) {
            continue;
        }
        for (const State& state : matcher.match(one.phrase, {.at = place})) {
            Scope scope;
            const bool fits = state.at > place && one.row->read(state, scene_, scope);
            const std::pair<std::size_t, Scope> found{state.at, scope};
            if (fits && std::find(out.begin(), out.end(), found) == out.end()) {
                out.push_back(found);
            }
        }
    }
    return out;
}

Scoped ScopeReader::plain(std::size_t place) {
    return fit(place, false);
}

const Scoped& ScopeReader::at(std::size_t place) {
    if (const auto found = known_.find(place); found != known_.end()) {
        return found->second;
    }
    Scoped out = plain(place);
    if (const auto inside = behind(scene_, place, "lparen"); inside != place) {
        for (const auto& [end, scope] : plain(inside)) {
            if (const auto closed = behind(scene_, end, "rparen"); closed != end) {
                out.emplace_back(closed, scope);
            }
        }
    }
    if (const auto past = behind(scene_, place, ","); past != place) {
        for (auto& found : plain(past)) {
            out.push_back(std::move(found));
        }
    }
    return known_[place] = std::move(out);
}

Scoped ScopeReader::opening(std::size_t place) {
    Scoped out{{place, Scope{}}};
    for (std::size_t i = 0; i < out.size() && scene_.steps > 0; ++i) {
        const auto [from, before] = out[i];
        Scoped next;
        for (const bool opens : {true, false}) {
            for (const auto& [end, scope] : opens ? fit(from, true) : plain(from)) {
                next.emplace_back(end, scope);
                const auto past = behind(scene_, behind(scene_, end, ","), ":");
                if (past != end) {
                    next.emplace_back(past, scope);
                }
            }
        }
        for (const auto& [end, scope] : next) {
            auto joined = both(before, scope);
            if (joined && std::find(out.begin(), out.end(), std::pair(end, *joined)) == out.end()) {
                out.emplace_back(end, std::move(*joined));
            }
        }
    }
    return out;
}

std::vector<std::string> scope_words() {
    std::vector<std::string> out;
    for (const Compiled& one : compiled()) {
        words_of(one.phrase, out);
    }
    return out;
}

} // namespace agentd::planners::goal
