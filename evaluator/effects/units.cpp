/// Units of systemd: what comes, goes, changes, and what of it runs as root.
#include "evaluator/effects/account_list.hpp"
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/unit_change.hpp"
#include "evaluator/effects/unit_file.hpp"
#include "evaluator/effects/unit_folders.hpp"
#include "evaluator/effects/unit_guard.hpp"
#include "evaluator/effects/unit_power.hpp"
#include "evaluator/effects/unit_program.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array protective{"firewall.service", "nftables.service", "fail2ban.service",
                                "auditd.service",   "apparmor.service", "sshd.service",
                                "sshd.socket"};

class UnitChanges {
  public:
    UnitChanges(const Side& before, const Side& after, std::string directory, const Claims& claims,
                Sink& sink)
        : before_(before), after_(after), directory_(std::move(directory)),
          user_(directory_.ends_with("user")), claims_(claims), sink_(sink),
          comparer_(before, after), old_accounts_(read_accounts(before)),
          new_accounts_(read_accounts(after)) {}

    void run(Claims& claims) {
        const auto& old_units = user_ ? before_.user_units : before_.units;
        const auto& new_units = user_ ? after_.user_units : after_.units;
        std::set<std::string> names;
        for (const auto* units : {&old_units, &new_units})
            for (const auto& [name, unit] : *units) {
                names.insert(name);
                for (const auto& path : unit.paths)
                    claims.claim(path);
            }
        static const Unit none;
        for (const auto& name : names) {
            const auto old_unit = old_units.find(name);
            const auto new_unit = new_units.find(name);
            one(name, old_unit == old_units.end() ? none : old_unit->second,
                new_unit == new_units.end() ? none : new_unit->second);
        }
        if (!user_) {
            tell_guards(old_units, new_units, comparer_, sink_);
            tell_folders(old_units, new_units, sink_);
        }
    }

  private:
    static bool there(const Unit& unit) { return !unit.paths.empty(); }

    std::string subject(const std::string& name) const { return user_ ? "user/" + name : name; }

    void add(std::string kind, const std::string& name, std::optional<std::string> before,
             std::optional<std::string> after, Risk risk, std::string sentence) {
        sink_.add({.area = "units",
                   .kind = std::move(kind),
                   .subject = subject(name),
                   .before = std::move(before),
                   .after = std::move(after),
                   .risk = risk,
                   .sentence = std::move(sentence)});
    }

    void one(const std::string& name, const Unit& before, const Unit& after) {
        if (before == after && written_alike(before, after, before_, after_))
            return;
        if (!before.readable || !after.readable) {
            const auto& bad = after.readable ? before : after;
            add("unit_unreadable", name, std::nullopt, bad.trouble, Risk::high,
                name + " cannot be judged: " + bad.trouble);
            return;
        }
        if (!user_ && !after.masked)
            tell_powers(name, before.masked ? Unit{} : before, after,
                        {old_accounts_, new_accounts_, after_.store.prefix()}, sink_);
        if (!there(before) || (before.masked && !after.masked && there(after)))
            return added(name, after);
        if (!there(after) || (after.masked && !before.masked))
            return removed(name, before, after);
        if (before == after)
            return not_understood(name);
        changed(name, before, after);
    }

    /// What is read is the same, what is written is not: somebody reads it otherwise.
    void not_understood(const std::string& name) {
        add("unit_changed", name, std::nullopt, std::nullopt, Risk::high,
            name + " is written otherwise than before, and what that does is not known");
    }

    std::string commands_of(const Unit& unit) const {
        return without_hashes(core::join(unit.commands(), "\n"), after_.store.prefix());
    }

    /// Without a file of its own: drop-ins of an instance or of all with a prefix, or only a wish
    /// that it be started.
    bool is_bare(const std::string& name) const {
        return after_.tree.find(directory_ + "/" + name) == nullptr;
    }

    /// What an instance without a file of its own runs: what its template says.
    void instance(const std::string& name, const Unit& unit) {
        const auto at = name.find('@');
        const auto& units = user_ ? after_.user_units : after_.units;
        const auto found = at == std::string::npos || unit.pulled_in_by.empty() || !is_bare(name)
                               ? units.end()
                               : units.find(name.substr(0, at + 1) + name.substr(name.rfind('.')));
        if (found != units.end())
            execution(name, found->second, true, {});
    }

    /// Runs in the name of somebody who logs in.
    bool of_person(const Unit& unit) const {
        const auto found = new_accounts_.users.find(unit.last("Service.User"));
        return user_ || (found != new_accounts_.users.end() && found->first != "root" &&
                         is_person(found->second));
    }

    void added(const std::string& name, const Unit& unit) {
        const bool moves_data =
            name.ends_with(".mount") || name.ends_with(".swap") || name.ends_with(".automount");
        const auto user = unit.last("Service.User");
        auto sentence = name + " is added";
        if (unit.has_commands() && !user_)
            sentence += runs_as_root(unit) ? " and runs as root"
                        : user.empty()     ? " and runs as a user of its own"
                                           : " and runs as " + user;
        const bool grave = moves_data || !unit.aliases.empty() || name.ends_with(".d") ||
                           (of_person(unit) && unit.has_commands()) || unit.masked ||
                           (is_bare(name) && !unit.settings.empty());
        if (unit.masked)
            sentence = name + " is switched off for good (masked)";
        const auto risk = grave ? Risk::high
                          : unit.has_commands() || name.ends_with(".socket") ||
                                  name.ends_with(".timer") || name.ends_with(".path")
                              ? Risk::notice
                              : Risk::low;
        add("unit_added", name, std::nullopt, commands_of(unit), risk, sentence);
        execution(name, unit, true, {});
        if (!unit.has_commands())
            instance(name, unit);
    }

    void removed(const std::string& name, const Unit& before, const Unit& after) {
        const bool grave =
            std::find(protective.begin(), protective.end(), name) != protective.end() ||
            name.starts_with("agentd") || name.ends_with(".mount");
        add("unit_removed", name, commands_of(before), std::nullopt,
            grave ? Risk::high : Risk::notice,
            after.masked ? name + " is switched off for good (masked)" : name + " is removed");
    }

    void changed(const std::string& name, const Unit& before, const Unit& after) {
        auto change = compare_units(before, after, comparer_);
        const bool explained = claims_.explains_commands(subject(name));
        if (explained)
            std::erase_if(change.settings,
                          [](const auto& each) { return each.key.starts_with("Exec"); });
        hardening(name, before, after);
        if (change.settings.empty() && !explained &&
            !written_alike(before, after, before_, after_)) {
            not_understood(name);
        } else if (change.settings.empty()) {
            if (change.only_builds || change.restarts || change.commands)
                add("unit_changed", name, std::nullopt, std::nullopt, Risk::low,
                    change.only_builds && !change.commands && !change.restarts
                        ? name + " runs with other builds of its packages"
                        : name + " uses something else than before");
        } else {
            tell(name, after, change);
        }
        const bool became_root = !runs_as_root(before) && runs_as_root(after);
        const bool started = before.pulled_in_by.empty() && !after.pulled_in_by.empty();
        if ((change.commands && !explained) || became_root || (started && runs_as_root(after)))
            execution(name, after, became_root || started, change.lines);
        if (started && !after.has_commands())
            instance(name, after);
    }

    /// The settings themselves stand in `unit_changed`; this says what they come to.
    void hardening(const std::string& name, const Unit& before, const Unit& after) {
        const int had = protections(before);
        const int has = protections(after);
        if (!name.ends_with(".service") || has >= had)
            return;
        const auto of = [](int count) {
            return std::to_string(count) + " of " + std::to_string(most_protections) +
                   " protections";
        };
        add("unit_hardening", name, of(had), of(has), Risk::high,
            name + " is kept from less than before: " + of(has) + " instead of " +
                std::to_string(had));
    }

    /// What a timer, a socket or a path unit does otherwise, in one sentence; "" for more than
    /// that.
    static std::string trigger(const std::string& name, const UnitChange& change) {
        if (change.settings.size() != 1)
            return {};
        const auto& only = change.settings.front();
        const auto one = [](std::string text) {
            std::replace(text.begin(), text.end(), '\n', ' ');
            return core::shorten(text.empty() ? "not at all" : text, 60);
        };
        const auto told = [&](const char* verb) {
            return name + " " + verb + " " + one(only.after) + " instead of " + one(only.before);
        };
        if (name.ends_with(".timer") && only.key.starts_with("On"))
            return told(only.key == "OnCalendar" ? "starts its service at"
                                                 : "starts its service after");
        if (name.ends_with(".socket") && only.key.starts_with("Listen"))
            return told("listens on");
        return name.ends_with(".path") && only.key.starts_with("Path") ? told("watches")
                                                                       : std::string{};
    }

    /// A value as it may be read by everybody: never what a credential says.
    static std::string shown(const std::string& key, const std::string& value,
                             const std::string& prefix) {
        if (core::to_lower(key).starts_with("setcredential"))
            return value.empty() ? "" : "…";
        return without_hashes(value, prefix);
    }

    void tell(const std::string& name, const Unit& unit, const UnitChange& change) {
        auto risk = change.commands && of_person(unit) ? Risk::high : Risk::low;
        std::vector<std::string> keys;
        std::vector<std::string> before;
        std::vector<std::string> after;
        bool weaker = false;
        const auto& prefix = after_.store.prefix();
        for (const auto& each : change.settings) {
            risk = std::max(risk, name.ends_with(".mount") ? Risk::high : each.risk);
            weaker = weaker || each.loses_hardening;
            keys.push_back(each.key);
            before.push_back(each.key + "=" + shown(each.key, each.before, prefix));
            after.push_back(each.key + "=" + shown(each.key, each.after, prefix));
        }
        auto sentence = name + " changes: " + core::shorten(core::join(keys, ", "), 200);
        if (weaker)
            sentence = name + " loses protection: " + core::shorten(core::join(keys, ", "), 200);
        else if (auto what = trigger(name, change); !what.empty())
            sentence = std::move(what);
        if (name.ends_with(".d") || is_bare(name))
            risk = Risk::high;
        after.insert(after.end(), change.lines.begin(), change.lines.end());
        add("unit_changed", name, core::join(before, "\n"), core::join(after, "\n"), risk,
            sentence);
    }

    void execution(const std::string& name, const Unit& unit, bool fresh,
                   const std::vector<std::string>& lines) {
        const auto foreign = foreign_parts(unit, after_.store);
        const auto shown = lines.empty() ? commands_of(unit) : core::join(lines, "\n");
        if (!user_ && runs_as_root(unit))
            add("unit_root_exec", name, std::nullopt, shown,
                foreign.program.empty() ? Risk::high : Risk::critical,
                said_of_root(name, foreign, fresh));
        else if (const auto& shaky = foreign.program; !shaky.empty())
            add("unit_changed", name, std::nullopt, shaky, Risk::high,
                name + " runs " + shaky + ", which lies outside the store and may change later");
    }

    const Side& before_;
    const Side& after_;
    std::string directory_;
    bool user_;
    const Claims& claims_;
    Sink& sink_;
    Comparer comparer_;
    Accounts old_accounts_;
    Accounts new_accounts_;
};

} // namespace

void classify_units(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    for (const auto* directory : {"etc/systemd/system", "etc/systemd/user"})
        UnitChanges(before, after, directory, claims, sink).run(claims);
}

} // namespace agentd::evaluator::effects
