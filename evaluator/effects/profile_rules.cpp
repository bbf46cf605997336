/// What packages on everybody's path bring for polkit, the message bus and desktops, whoever owns
/// it: putting it there is all it takes.
#include "evaluator/effects/profile.hpp"

#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t largest = 256U << 10;

bool holds(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool is_rule(const std::string& name) {
    return name.starts_with("share/polkit-1/") || name.starts_with("share/dbus-1/system") ||
           name.starts_with("etc/xdg/autostart/");
}

/// With an empty sentence where there is nothing to say.
Effect judged(const std::string& name, const std::string& text) {
    const auto subject = "sw/" + name;
    if (name.starts_with("share/polkit-1/rules.d/")) {
        const bool free = holds(text, {"Result.YES", "result.YES", ".YES", "\"yes\"", "'yes'"});
        return effect_of("accounts", "sudo_changed", subject, Risk::critical,
                         free ? "something is allowed with no password (polkit, " + subject + ")"
                              : "what may be done without a password (polkit) changes (" + subject +
                                    ")");
    }
    if (name.starts_with("share/polkit-1/"))
        return effect_of("accounts", "sudo_changed", subject, Risk::high,
                         holds(text, {">yes<", "auth_self"})
                             ? "something is allowed with no password of an administrator "
                               "(polkit, " +
                                   subject + ")"
                             : "");
    if (name.starts_with("share/dbus-1/system")) {
        const bool root = holds(text, {"User=root", "User=0", "User = root"});
        return effect_of("system", "message_bus", subject, root ? Risk::high : Risk::notice,
                         root ? "a program of root is started for whoever asks over the message "
                                "bus (" +
                                    subject + ")"
                              : "what may be asked over the message bus changes (" + subject + ")");
    }
    return effect_of("environment", "shell_startup", subject, Risk::high,
                     "a program is started for everybody who logs in to a desktop (" + subject +
                         ")");
}

std::string text_of(const Side& side, const std::string& path) {
    return side.store.read(path, largest).value_or("cannot be read: Result.YES User=root >yes<");
}

} // namespace

void tell_profile_rules(const Side& before, const Profile& old_one, const Side& after,
                        const Profile& new_one, Sink& sink) {
    Comparer comparer(before, after);
    for (const auto& [name, path] : new_one.leads) {
        if (!is_rule(name))
            continue;
        const auto found = old_one.leads.find(name);
        if (found != old_one.leads.end() && found->second == path)
            continue;
        const auto text = text_of(after, path);
        comparer.forget_lines();
        if (found != old_one.leads.end() &&
            comparer.texts(text_of(before, found->second), text) != Likeness::differs)
            continue;
        auto effect = judged(name, text);
        if (effect.sentence.empty())
            continue;
        effect.after = found == old_one.leads.end() ? without_hashes(text, after.store.prefix())
                                                    : core::join(comparer.lines(), "\n");
        sink.add(std::move(effect));
    }
}

} // namespace agentd::evaluator::effects
