#include "agentd/stages/dry_activate.hpp"

#include "agentd/core/text.hpp"
#include "agentd/stages/keep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace agentd::stages {

namespace {

using proposals::EvidenceStatus;
using Names = std::set<std::string>;

constexpr std::size_t most_told = 50;

/// `a.service, b.socket`; what is no unit, and what only orders others, is left out.
void add_names(std::string_view list, Names& out) {
    for (const auto part : core::split(list, ',')) {
        const auto name = core::UnitName::parse(core::trim(part));
        if (name && !name->str().ends_with(".target")) {
            out.insert(name->str());
        }
    }
}

std::vector<std::string> sorted(const Names& names) {
    return {names.begin(), names.end()};
}

/// Of NixOS 20.09 to today, of its Perl and of its Rust.
void read_line(std::string_view line, std::map<std::string_view, Names>& out) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> phrases{
        {{"would stop the following units: ", "stop"},
         {"would NOT stop the following changed units: ", "keep"},
         {"would NOT restart the following changed units: ", "keep"},
         {"would restart the following units: ", "restart"},
         {"would reload the following units: ", "reload"},
         {"would start the following units: ", "start"}}};
    for (const auto& [phrase, key] : phrases) {
        if (line.starts_with(phrase)) {
            add_names(line.substr(phrase.size()), out[key]);
        }
    }
}

std::string word_for(std::string_view unit, const std::vector<std::pair<const char*, Names>>& all) {
    for (const auto& [word, names] : all) {
        if (names.contains(std::string(unit))) {
            return word;
        }
    }
    return "leave alone";
}

std::vector<std::pair<const char*, Names>> by_word(const DryWords& said) {
    const auto set = [](const std::vector<std::string>& list) {
        return Names(list.begin(), list.end());
    };
    return {{"stop", set(said.stop)},
            {"restart", set(said.restart)},
            {"reload", set(said.reload)},
            {"start", set(said.start)}};
}

DryWords words_of(const proposals::SwitchPlan& plan) {
    const auto no_targets = [](std::vector<std::string> list) {
        std::erase_if(list, [](const std::string& name) { return name.ends_with(".target"); });
        return list;
    };
    return {.stop = no_targets(plan.stop),
            .restart = no_targets(plan.restart),
            .reload = no_targets(plan.reload),
            .start = no_targets(plan.start)};
}

std::vector<std::string> running_units(const rehearsal::Rehearsal& asked) {
    std::vector<std::string> out;
    for (const auto& unit : asked.units) {
        if (unit.active == "active" || unit.active == "activating" || unit.active == "reloading") {
            out.push_back(unit.name);
        }
    }
    return out;
}

void judge_dry_run(const rehearsal::Rehearsal& asked, const Explained& explained,
                   proposals::Evidence& evidence) {
    const rehearsal::DryRun& dry = *asked.dry_run;
    evidence.duration = dry.took;
    evidence.status = EvidenceStatus::unjudged;
    const auto said = dry_words(dry.text);
    if (dry.status != 0) {
        evidence.status = dry.status < 0 ? EvidenceStatus::timed_out : EvidenceStatus::failed;
        evidence.summary = dry.status < 0 ? "it did not end in time"
                                          : fmt::format("it ended with status {}", dry.status);
    } else if (!explained.moves || explained.moves->truncated || asked.truncated) {
        evidence.summary = "there is nothing to hold it against";
    } else {
        const auto plan = proposals::plan_of(*explained.moves, running_units(asked));
        const auto all = differences(said, plan);
        evidence.status = all.empty() ? EvidenceStatus::passed : EvidenceStatus::unjudged;
        evidence.summary =
            fmt::format("would stop {}, restart {}, reload {}, start {}; {}", said.stop.size(),
                        said.restart.size(), said.reload.size(), said.start.size(),
                        all.empty() ? "as worked out from the two systems" : core::join(all, "; "));
    }
}

} // namespace

DryWords dry_words(std::string_view said) {
    std::map<std::string_view, Names> found;
    for (const auto line : core::lines(said)) {
        read_line(core::trim(line), found);
    }
    Names stop, start;
    for (const std::string& name : found["stop"]) {
        (found["start"].contains(name) ? found["restart"] : stop).insert(name);
    }
    for (const std::string& name : found["start"]) {
        if (!found["stop"].contains(name)) {
            start.insert(name);
        }
    }
    return {.stop = sorted(stop),
            .restart = sorted(found["restart"]),
            .reload = sorted(found["reload"]),
            .start = sorted(start),
            .keep = sorted(found["keep"])};
}

std::vector<std::string> differences(const DryWords& said, const proposals::SwitchPlan& plan) {
    const auto theirs = by_word(said);
    const auto ours = by_word(words_of(plan));
    Names all;
    for (const auto* side : {&theirs, &ours}) {
        for (const auto& [word, names] : *side) {
            all.insert(names.begin(), names.end());
        }
    }
    std::vector<std::string> out;
    for (const std::string& unit : all) {
        const std::string they = word_for(unit, theirs);
        const std::string we = word_for(unit, ours);
        if (they != we && out.size() < most_told) {
            out.push_back(
                fmt::format("{}: NixOS would {} it, the two systems say {}", unit, they, we));
        }
    }
    return out;
}

EvidenceStatus record_dry_activation(const core::Result<rehearsal::Rehearsal>& asked,
                                     const Explained& explained, const RehearseTools& tools,
                                     const Reporter& report) {
    proposals::Evidence evidence{.level = proposals::EvidenceLevel::dry_activate,
                                 .status = EvidenceStatus::not_tried,
                                 .started = tools.clock.now()};
    if (!asked) {
        evidence.status = asked.problem().code == "cancelled" ? EvidenceStatus::cancelled
                                                              : EvidenceStatus::not_tried;
        evidence.summary = asked.problem().message;
    } else if (!asked->dry_run) {
        evidence.summary = "what runs now did not come up again to be asked (" + asked->state + ")";
    } else {
        judge_dry_run(*asked, explained, evidence);
        const auto& text = asked->dry_run->text;
        evidence.log_blob = keep(tools.blobs, text.empty() ? "(it said nothing)\n" : text);
    }
    evidence.summary = core::shorten(core::printable(evidence.summary), 2'000);
    report.evidence(evidence);
    return evidence.status;
}

} // namespace agentd::stages
