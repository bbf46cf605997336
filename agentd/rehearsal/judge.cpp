#include "agentd/rehearsal/judge.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace agentd::rehearsal {

namespace {

using Kind = Judgement::Kind;

bool fell(const Unit& unit) {
    return unit.active == "failed" || unit.sub == "auto-restart" ||
           (unit.restarts > 0 && unit.result != "success");
}

/// It runs, waits for what it is there for, or has done it.
bool well(const Unit& unit) {
    const bool works = unit.active == "active" && !unit.waiting && unit.restarts == 0;
    const bool done = unit.active == "inactive" && unit.ran && unit.result == "success" &&
                      unit.name.ends_with(".service") && unit.status == 0;
    return works || done;
}

/// It fell while the system booted, was started again, and has outlived its first life since. Of a
/// unit that does not differ this is no finding: what the change broke falls again (a fixed delay,
/// a loop), what raced another start at boot does not, and it is started again on the machine, too.
/// Called a doubt it would be one in each boot of a busy machine, and nobody would heed the others.
bool stands_again(const Unit& unit) {
    return unit.active == "active" && !unit.waiting && unit.restarts > 0 && unit.steady &&
           unit.result == "success";
}

/// A unit that differs is believed less: only where what runs now fell at least as often.
bool works_as_before(const Unit& unit, const Unit* before) {
    return stands_again(unit) && before != nullptr && stands_again(*before) &&
           unit.restarts <= before->restarts;
}

std::string how_it_fell(const Unit& unit) {
    return unit.result == "exit-code" ? fmt::format("exit status {}", unit.status)
           : unit.result.empty()      ? "it failed"
                                      : unit.result;
}

bool of_hardware(const std::string& name) {
    return name.ends_with(".mount") || name.ends_with(".swap") || name.ends_with(".automount");
}

/// Why a unit that is not well is no finding against the change; "" when it is one.
std::string excuse(const Unit& unit, const Unit* before) {
    if (before != nullptr && fell(*before)) {
        return "it fails in a rehearsal of what runs now, too";
    }
    if (!unit.needs.empty()) {
        return "it asks for " + unit.needs + ", which is not there in a rehearsal";
    }
    if (of_hardware(unit.name)) {
        return "there are no disks in a rehearsal";
    }
    return "";
}

std::string why_unseen(const Unit* unit, const std::string& name) {
    if (unit == nullptr) {
        return name.find("@.") != std::string::npos ? "a template: nothing was made of it"
                                                    : "nothing starts it in a rehearsal";
    }
    if (unit->skipped) {
        return "a condition of it does not hold in a rehearsal";
    }
    if (unit->waiting) {
        return "it was still waiting when time was up";
    }
    if (unit->active == "activating") {
        return "it was still starting when it was looked at";
    }
    return unit->restarts > 0 ? fmt::format("it was started again {} times", unit->restarts)
                              : "nothing starts it in a rehearsal";
}

/// Of its kinds some are only there when something asks for them.
bool stays(const Unit& unit) {
    const std::string& name = unit.name;
    return unit.active == "active" && name.find('@') == std::string::npos &&
           (name.ends_with(".service") || name.ends_with(".socket") || name.ends_with(".timer") ||
            name.ends_with(".path") || name.ends_with(".target"));
}

std::string key_of(const Listener& listener) {
    return fmt::format("{}/{}", listener.port, listener.protocol);
}

bool is_local(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

/// A number that the kernel gave out, another one each time: nothing can be compared.
bool is_some_port(const Listener& listener) {
    return listener.protocol == "udp" && listener.port >= 32'768;
}

std::set<std::string> reachable(const Rehearsal& rehearsal, const std::set<std::string>& told) {
    std::set<std::string> out;
    for (const Listener& each : rehearsal.listening) {
        if (!is_local(each.address) && (!is_some_port(each) || told.contains(key_of(each)))) {
            out.insert(key_of(each));
        }
    }
    return out;
}

/// One port of those that are opened; of a range it says nothing.
bool is_one_port(const std::string& told) {
    return told.find_first_of("-:") == std::string::npos;
}

void compare_sockets(const Rehearsal& base, const Rehearsal& candidate, const Expected& expected,
                     Judgement& out) {
    const std::set<std::string> told(expected.opened.begin(), expected.opened.end());
    const auto before = reachable(base, told);
    const auto after = reachable(candidate, told);
    for (const std::string& port : after) {
        if (!before.contains(port)) {
            out.listening.push_back(told.contains(port)
                                        ? "listens on " + port + ", as the effects say"
                                        : "listens on " + port + ", which no effect tells");
        }
    }
    for (const std::string& port : before) {
        if (!after.contains(port)) {
            out.listening.push_back("listens no more on " + port);
        }
    }
    for (const std::string& port : told) {
        if (is_one_port(port) && !after.contains(port)) {
            out.listening.push_back("the effects say that port " + port +
                                    " is opened; nothing listens on it in the rehearsal");
        }
    }
}

void judge_unit(const std::string& name, const Unit* before, const Unit* after, Judgement& out) {
    if (after != nullptr && (well(*after) || works_as_before(*after, before))) {
        out.good.push_back(name);
    } else if (after == nullptr || !fell(*after)) {
        out.unjudged.push_back({.unit = name, .why = why_unseen(after, name)});
    } else if (const auto why = excuse(*after, before); !why.empty()) {
        out.unjudged.push_back({.unit = name, .why = why});
    } else {
        out.failed.push_back({.unit = name, .why = how_it_fell(*after)});
    }
}

std::string many(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string first_of(const std::vector<Finding>& findings) {
    const Finding& one = findings.front();
    return fmt::format("{} ({}){}", one.unit, one.why,
                       findings.size() == 1 ? ""
                                            : fmt::format(" and {} more", findings.size() - 1));
}

std::string summary_of(const Judgement& judged, const Expected& expected, const Rehearsal& base,
                       const Rehearsal& candidate) {
    const std::size_t changed = expected.units.size();
    std::string text =
        judged.kind == Kind::timed_out
            ? fmt::format("what runs now came up after {:.1f} s; this did not in {:.0f} s ({})",
                          static_cast<double>(base.boot.count()) / 1000,
                          static_cast<double>(candidate.boot.count()) / 1000, candidate.state)
        : !candidate.up
            ? fmt::format("neither this nor what runs now came up ({})", candidate.state)
        : candidate.units.empty() || base.units.empty() ? "nothing could be seen of its units"
        : changed == 0 ? "no unit differs; it came up as what runs now does"
                       : fmt::format("{} of {} judged", judged.good.size() + judged.failed.size(),
                                     many(changed, "changed unit"));
    if (candidate.truncated || base.truncated || expected.partly) {
        text += "; there is more than could be looked at";
    }
    if (!judged.failed.empty()) {
        text += "; fails here and not before: " + first_of(judged.failed);
    }
    if (!judged.unjudged.empty()) {
        text += "; not judged: " + first_of(judged.unjudged);
    }
    for (const std::string& line : judged.listening) {
        text += "; " + line;
    }
    if (!judged.restarted.empty()) {
        text += "; started again while it booted, and stands since: " +
                core::join(judged.restarted, ", ");
    }
    return core::shorten(text, 2'000);
}

/// What does not differ may fall because of what does; and what nobody told of may fall, too.
void judge_others(const Rehearsal& base, const Rehearsal& candidate, const Expected& expected,
                  Judgement& out) {
    const auto is_in = [](const std::vector<std::string>& list, const std::string& name) {
        return std::binary_search(list.begin(), list.end(), name);
    };
    for (const Unit& unit : candidate.units) {
        const Unit* before = base.find(unit.name);
        if (is_in(expected.units, unit.name)) {
            continue;
        }
        if (before == nullptr && fell(unit)) {
            const auto why = excuse(unit, nullptr);
            out.unjudged.push_back(
                {.unit = unit.name,
                 .why = why.empty() ? "it fails here, and what runs now has none" : why});
        } else if (before == nullptr || !well(*before) || well(unit)) {
            continue;
        } else if (stands_again(unit)) {
            out.restarted.push_back(unit.name);
        } else if (const auto why = excuse(unit, before); fell(unit) && why.empty()) {
            out.failed.push_back({.unit = unit.name, .why = how_it_fell(unit)});
        } else {
            out.unjudged.push_back(
                {.unit = unit.name, .why = fell(unit) ? why : why_unseen(&unit, unit.name)});
        }
    }
    for (const Unit& unit : base.units) {
        if (stays(unit) && candidate.find(unit.name) == nullptr &&
            !is_in(expected.units, unit.name) && !is_in(expected.removed, unit.name)) {
            out.unjudged.push_back({.unit = unit.name, .why = "it runs now, and not here"});
        }
    }
}

} // namespace

Judgement judge(const Rehearsal& base, const Rehearsal& candidate, const Expected& expected) {
    Judgement out;
    for (const std::string& name : expected.units) {
        judge_unit(name, base.find(name), candidate.find(name), out);
    }
    judge_others(base, candidate, expected, out);
    compare_sockets(base, candidate, expected, out);
    const bool partly = candidate.truncated || base.truncated || expected.partly ||
                        candidate.units.empty() || base.units.empty();
    out.kind = !candidate.up && base.up                                       ? Kind::timed_out
               : !out.failed.empty()                                          ? Kind::failed
               : !out.unjudged.empty() || !candidate.up || !base.up || partly ? Kind::unjudged
                                                                              : Kind::passed;
    out.summary = summary_of(out, expected, base, candidate);
    return out;
}

core::Json to_json(const Judgement& judgement) {
    const auto findings = [](const std::vector<Finding>& all) {
        core::Json out = core::Json::array();
        for (const Finding& each : all) {
            out.push_back({{"unit", each.unit}, {"why", each.why}});
        }
        return out;
    };
    return {{"good", judgement.good},
            {"failed", findings(judgement.failed)},
            {"unjudged", findings(judgement.unjudged)},
            {"listening", judgement.listening},
            {"restarted", judgement.restarted},
            {"summary", judgement.summary}};
}

std::string text_of(const Judgement& judgement) {
    std::string out = judgement.summary + "\n";
    for (const Finding& each : judgement.failed) {
        out += "failed: " + each.unit + ": " + each.why + "\n";
    }
    for (const Finding& each : judgement.unjudged) {
        out += "not judged: " + each.unit + ": " + each.why + "\n";
    }
    for (const std::string& name : judgement.good) {
        out += "good: " + name + "\n";
    }
    for (const std::string& name : judgement.restarted) {
        out += "started again while it booted, and stands since: " + name + "\n";
    }
    for (const std::string& line : judgement.listening) {
        out += line + "\n";
    }
    return out;
}

} // namespace agentd::rehearsal
