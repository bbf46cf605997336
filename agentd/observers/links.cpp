#include "agentd/observers/links.hpp"

#include "agentd/core/text.hpp"

namespace agentd::observers {

std::vector<std::string> Links::kinds() const {
    return {"running_not_head", "running_not_profile", "head_broken"};
}

Findings Links::look(Sight& sight) {
    if (sight.moment().switching) {
        return {.blind = true};
    }
    const auto& links = sight.links();
    const HeadSystem& head = sight.moment().head;
    const bool known = links.running && head.toplevel;
    const bool same = known && *links.running == *head.toplevel;
    const std::string at =
        head.branch + (head.commit.empty() ? "" : " (" + head.commit.substr(0, 12) + ")");
    Findings findings{.conditions = judge(links, head)};
    findings.facts.push_back({.name = "flake",
                              .owner = "you",
                              .state = same    ? Fact::State::good
                                       : known ? Fact::State::amiss
                                               : Fact::State::unknown,
                              .text = same    ? "the machine runs what " + at + " builds"
                                      : known ? "the machine does not run what " + at + " builds"
                                      : head.trouble.empty()
                                          ? "what " + at + " builds is not known yet"
                                          : at + " does not evaluate"});
    return findings;
}

std::vector<Condition> Links::judge(const machine::SystemLinks& links, const HeadSystem& head) {
    std::vector<Condition> conditions;
    if (links.running && links.profile && *links.running != *links.profile) {
        conditions.push_back({.key = "running_not_profile",
                              .kind = "running_not_profile",
                              .title = "the next boot takes another system than the one running",
                              .detail = "running " + links.running->str() + ", the profile is " +
                                        links.profile->str(),
                              .severity = Severity::warning});
    }
    if (!head.trouble.empty()) {
        conditions.push_back({.key = "head_broken",
                              .kind = "head_broken",
                              .title = "the head of " + head.branch + " does not evaluate",
                              .detail = core::shorten(core::to_utf8(head.trouble), 1500),
                              .severity = Severity::warning,
                              .trusted = false});
    }
    if (links.running && head.toplevel && *links.running != *head.toplevel) {
        conditions.push_back({.key = "running_not_head",
                              .kind = "running_not_head",
                              .title = "the machine does not run what " + head.branch + " says",
                              .detail = "running " + links.running->str() + ", commit " +
                                        head.commit.substr(0, 12) + " builds " +
                                        head.toplevel->str(),
                              .severity = Severity::info});
    }
    return conditions;
}

} // namespace agentd::observers
