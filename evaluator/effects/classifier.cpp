#include "evaluator/effects/classifier.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace agentd::evaluator::effects {
namespace {

std::string safe(std::string_view text) {
    auto shown = core::printable(core::to_utf8(text));
    std::replace(shown.begin(), shown.end(), '\t', ' ');
    return core::shorten(shown, Sink::longest_text);
}

bool earlier(const Effect& a, const Effect& b) {
    return std::tie(a.area, a.kind, a.subject, a.before, a.after, a.risk, a.sentence) <
           std::tie(b.area, b.kind, b.subject, b.before, b.after, b.risk, b.sentence);
}

} // namespace

Effect effect_of(std::string_view area, std::string kind, std::string subject, Risk risk,
                 std::string sentence) {
    return {.area = std::string(area),
            .kind = std::move(kind),
            .subject = std::move(subject),
            .before = std::nullopt,
            .after = std::nullopt,
            .risk = risk,
            .sentence = std::move(sentence)};
}

void Sink::add(Effect effect) {
    effect.subject = safe(effect.subject);
    effect.sentence = safe(effect.sentence);
    std::replace(effect.subject.begin(), effect.subject.end(), '\n', ' ');
    std::replace(effect.sentence.begin(), effect.sentence.end(), '\n', ' ');
    for (auto* side : {&effect.before, &effect.after})
        if (*side)
            *side = safe(**side);
    effects_.push_back(std::move(effect));
}

std::vector<Effect> Sink::take() {
    std::sort(effects_.begin(), effects_.end(), earlier);
    effects_.erase(std::unique(effects_.begin(), effects_.end()), effects_.end());
    return std::move(effects_);
}

std::span<const Classifier> classifiers() noexcept {
    static constexpr std::array all{
        Classifier{.name = "network", .classify = classify_network},
        Classifier{.name = "accounts", .classify = classify_accounts},
        Classifier{.name = "privileges", .classify = classify_privileges},
        Classifier{.name = "wrappers", .classify = classify_wrappers},
        Classifier{.name = "secrets", .classify = classify_secrets},
        Classifier{.name = "ssh", .classify = classify_ssh},
        Classifier{.name = "lockout", .classify = classify_lockout},
        Classifier{.name = "nix", .classify = classify_nix_conf},
        Classifier{.name = "boot", .classify = classify_boot},
        Classifier{.name = "kernel settings", .classify = classify_kernel_settings},
        Classifier{.name = "scripts", .classify = classify_scripts},
        Classifier{.name = "units", .classify = classify_units},
        Classifier{.name = "packages", .classify = classify_packages},
        Classifier{.name = "user profiles", .classify = classify_user_profiles},
        Classifier{.name = "system", .classify = classify_system},
        Classifier{.name = "tmpfiles", .classify = classify_tmpfiles},
        Classifier{.name = "mounts", .classify = classify_mounts},
        Classifier{.name = "certificates", .classify = classify_certificates},
        Classifier{.name = "environment", .classify = classify_environment},
        Classifier{.name = "known files", .classify = classify_known_files},
        Classifier{.name = "etc", .classify = classify_etc},
        Classifier{.name = "leftovers", .classify = classify_leftovers},
    };
    return all;
}

} // namespace agentd::evaluator::effects
