/// Who may become root, and how anybody proves who they are: sudo, doas, polkit, PAM.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

struct Area {
    std::string_view start; ///< names of the tree it covers
    std::string_view kind;
    std::string_view sentence;
};

constexpr std::array areas{
    Area{"etc/sudoers", "sudo_changed", "who may use sudo changes"},
    Area{"etc/doas.conf", "sudo_changed", "who may use doas changes"},
    Area{"etc/polkit-1/", "sudo_changed", "what may be done without a password (polkit) changes"},
    Area{"etc/pam.d/", "pam_changed", "how people prove who they are changes"},
    Area{"etc/security/", "pam_changed", "limits and access rules of logins change"}};

/// Words that let somebody in without proof.
struct Danger {
    std::string_view word;
    std::string_view sentence;
};
constexpr std::array dangers{
    Danger{"NOPASSWD", "somebody may become root with sudo and no password"},
    Danger{"!authenticate", "somebody may become root with sudo and no password"},
    Danger{"nopass", "somebody may become root with doas and no password"},
    Danger{"pam_permit", "a login accepts everybody (pam_permit)"},
    Danger{"nullok", "a login accepts empty passwords"},
    Danger{"Result.YES", "something is allowed with no password (polkit)"},
    Danger{"result.YES", "something is allowed with no password (polkit)"},
    Danger{"pam_exec", "a login runs a program of its own (pam_exec)"}};

/// To sudo `#include`, `#includedir` and `#1000` are no comments.
std::set<std::string> telling(const Area& area, const std::string* text) {
    auto out = meaningful_lines(text);
    if (text == nullptr || area.start != "etc/sudoers")
        return out;
    for (const auto line : core::lines(*text))
        if (const auto clean = core::trim(line);
            clean.starts_with("#include") ||
            (clean.size() > 1 && clean[0] == '#' &&
             (clean[1] == '-' || (clean[1] >= '0' && clean[1] <= '9'))))
            out.emplace(clean);
    return out;
}

void tell(const Area& area, const std::string& path, const Side& before, const Side& after,
          Sink& sink) {
    const auto old_lines = telling(area, before.tree.file(path));
    const auto new_lines = telling(area, after.tree.file(path));
    std::vector<std::string> gained;
    std::vector<std::string> lost;
    std::set_difference(new_lines.begin(), new_lines.end(), old_lines.begin(), old_lines.end(),
                        std::back_inserter(gained));
    std::set_difference(old_lines.begin(), old_lines.end(), new_lines.begin(), new_lines.end(),
                        std::back_inserter(lost));
    Effect effect{.area = "accounts",
                  .kind = std::string(area.kind),
                  .subject = path,
                  .before = core::join(lost, "\n"),
                  .after = core::join(gained, "\n"),
                  .risk = Risk::critical,
                  .sentence = std::string(area.sentence) + " (" + path + ")"};
    const bool pam = area.kind == "pam_changed";
    if (how_it_differs(before, after, path) == (pam ? "added" : "removed"))
        effect.risk = Risk::high;
    for (const auto& line : gained)
        for (const auto& danger : dangers)
            if (line.find(danger.word) != std::string::npos) {
                // Some stacks of PAM end in pam_permit for accounts and sessions: only proof
                // matters.
                if (danger.word == "pam_permit" && !line.starts_with("auth") &&
                    !line.starts_with("-auth"))
                    continue;
                effect.risk = Risk::critical;
                effect.sentence = std::string(danger.sentence) + " (" + path + ")";
            }
    sink.add(std::move(effect));
}

} // namespace

void classify_privileges(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    Comparer comparer(before, after);
    for (const auto& area : areas)
        for (const auto& path : differing(before, after, area.start)) {
            if (!is_text_or_absent(before, after, path))
                continue;
            claim_file(before, after, path, claims);
            if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds)
                tell_builds(path, sink);
            else
                tell(area, path, before, after, sink);
        }
}

} // namespace agentd::evaluator::effects
