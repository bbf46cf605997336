#include "agentd/planners/remedies.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/evaluation.hpp"

namespace agentd::planners {

namespace {

using core::Problem;
using core::Result;
using proposals::plan::WishKind;

constexpr int most_commits_back = 5;

Problem no_remedy(std::string why) {
    return {.code = "no_remedy", .message = "no remedy known: " + std::move(why)};
}

std::string upstream_ref(const RemedyPlace& place) {
    return "refs/upstream/" + place.branch;
}

Result<FoundRemedy> turn_on(const std::string& service, const core::Commit& head,
                            const RemedyPlace& place, const std::stop_token& stop) {
    const auto index = place.indexes.get(
        {.repository = place.repository, .ref = upstream_ref(place), .commit = head}, place.host,
        stop);
    if (!index) {
        return index.problem();
    }
    const auto option = (*index)->has_service(service)
                            ? proposals::OptionPath::parse("services." + service + ".enable")
                            : std::nullopt;
    if (!option) {
        return no_remedy("the flake has no option services." + service + ".enable");
    }
    return FoundRemedy{
        .title = "enable " + service,
        .rationale = service + ".service is expected on this machine and does not run; the flake "
                               "has an option that turns it on.",
        .change =
            proposals::plan::Request{
                .hosts = {place.host.str()},
                .operations = {{.kind = WishKind::set_option, .option = *option, .value = true}}},
        .base = head};
}

/// The text of one unit as a commit has it; nullopt when it cannot be evaluated or is not there.
std::optional<std::string> unit_text(const std::string& unit, const core::Commit& commit,
                                     const RemedyPlace& place, const std::stop_token& stop) {
    const evaluator::FlakeSource source{
        .repository = place.repository, .ref = upstream_ref(place), .commit = commit};
    auto text = evaluator::unit_text(place.nix, source, place.host, unit, stop);
    return text && !text->empty() ? std::optional(std::move(*text)) : std::nullopt;
}

/// Each file of `commit` as its parent had it, if the head still has it as the commit left it.
std::optional<std::vector<proposals::FileEdit>> take_back(const proposals::Repository& repository,
                                                          const core::Commit& parent,
                                                          const core::Commit& commit,
                                                          const core::Commit& head) {
    const auto before = repository.tree(parent);
    const auto after = repository.tree(commit);
    const auto now = repository.tree(head);
    std::vector<proposals::FileEdit> edits;
    for (const auto& file : repository.diff(parent, commit)) {
        if (after->find(file.path) != now->find(file.path)) {
            return std::nullopt;
        }
        const auto entry = before->find(file.path);
        edits.push_back({.path = file.path,
                         .mode = entry ? entry->mode : proposals::FileMode::file,
                         .bytes = entry ? before->read(file.path) : std::nullopt});
    }
    return edits;
}

Result<FoundRemedy> take_back_what_broke(const std::string& unit, const core::Commit& head,
                                         const RemedyPlace& place, const std::stop_token& stop) {
    const auto repository = proposals::Repository::open_or_init_bare(place.repository);
    const auto now = unit_text(unit, head, place, stop);
    core::Commit commit = head;
    for (int i = 0; now && i < most_commits_back && !stop.stop_requested(); ++i) {
        const auto parent = repository.first_parent(commit);
        const auto before = parent ? unit_text(unit, *parent, place, stop) : std::nullopt;
        if (!before) {
            break;
        }
        if (*before == *now) {
            commit = *parent;
            continue;
        }
        auto edits = take_back(repository, *parent, commit, head);
        if (!edits) {
            return no_remedy("commit " + commit.short_form() + " changed " + unit +
                             ", and later commits build on it");
        }
        return FoundRemedy{.title = "take back what broke " + unit,
                           .rationale = unit + " fails since commit " + commit.short_form() +
                                        " changed it. This restores the files of that commit as "
                                        "they were before it.",
                           .change = std::move(*edits),
                           .base = head};
    }
    return stop.stop_requested() ? Problem{.code = "cancelled", .message = "stopped on request"}
                                 : no_remedy("none of the last commits changed " + unit);
}

} // namespace

Result<FoundRemedy> find_remedy(const Symptom& symptom, const RemedyPlace& place,
                                const std::stop_token& stop) {
    const auto repository = proposals::Repository::open_or_init_bare(place.repository);
    const auto head = repository.resolve(upstream_ref(place));
    const bool service = symptom.subject.ends_with(".service");
    if (!head) {
        return Problem{.code = "no_head", .message = "the head of the branch is not known yet"};
    }
    if (!service || !core::UnitName::parse(symptom.subject)) {
        return no_remedy("nothing is planned for " + symptom.kind);
    }
    if (symptom.kind == "unit_missing") {
        return turn_on(symptom.subject.substr(0, symptom.subject.size() - 8), *head, place, stop);
    }
    if (symptom.kind != "unit_failed") {
        return no_remedy("nothing is planned for " + symptom.kind);
    }
    const auto evaluated = evaluator::evaluate(
        place.nix, {.repository = place.repository, .ref = upstream_ref(place), .commit = *head},
        place.host, stop);
    const auto* done = std::get_if<evaluator::Evaluated>(&evaluated);
    if (done == nullptr || place.running != done->toplevel) {
        return no_remedy(
            "the machine does not run what the head builds, so its commits say nothing "
            "about the failure");
    }
    return take_back_what_broke(symptom.subject, *head, place, stop);
}

} // namespace agentd::planners
