#include "proposals/act.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::proposals {

using core::Json;
using core::Problem;

namespace {

constexpr const char* schema = "agentd.act/1";

/// Of the others a restart reaches far beyond one service, or is none at all.
constexpr std::array<std::string_view, 4> restartable{".service", ".socket", ".timer", ".path"};

/// Without these nothing is recorded, carried out or asked any more.
constexpr std::array<std::string_view, 4> never_restarted{"dbus.service", "dbus.socket",
                                                          "dbus-broker.service", "init.scope"};

/// Starting one of these ends the machine, or everything that runs on it.
constexpr std::array<std::string_view, 12> ends_all{"emergency.service",
                                                    "rescue.service",
                                                    "systemd-exit.service",
                                                    "systemd-halt.service",
                                                    "systemd-hibernate.service",
                                                    "systemd-hybrid-sleep.service",
                                                    "systemd-kexec.service",
                                                    "systemd-poweroff.service",
                                                    "systemd-reboot.service",
                                                    "systemd-soft-reboot.service",
                                                    "systemd-suspend-then-hibernate.service",
                                                    "systemd-suspend.service"};

/// Restarting these may lock people out, or break what others are in the middle of.
constexpr std::array<std::string_view, 9> delicate{"sshd.service",
                                                   "sshd.socket",
                                                   "ssh.service",
                                                   "nix-daemon.service",
                                                   "agentd.service",
                                                   "systemd-networkd.service",
                                                   "systemd-resolved.service",
                                                   "firewall.service",
                                                   "NetworkManager.service"};

template <class List> bool holds(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_plain_unit(std::string_view name) {
    // A template is no unit, and systemctl would take a pattern for many.
    return name.find("@.") == std::string_view::npos &&
           name.find_first_of("*?[]") == std::string_view::npos && !name.starts_with("-");
}

bool is_restartable(std::string_view name) {
    return std::any_of(restartable.begin(), restartable.end(),
                       [&](std::string_view suffix) { return name.ends_with(suffix); });
}

std::string range(std::int64_t least, std::int64_t most) {
    return std::to_string(least) + " to " + std::to_string(most);
}

std::string days_text(std::int64_t days) {
    return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::optional<std::string> outside_bounds(const Act& act) {
    using Why = std::optional<std::string>;
    const auto within = [](std::int64_t value, std::int64_t least, std::int64_t most,
                           const char* what) {
        return value >= least && value <= most
                   ? Why()
                   : Why(std::string("`") + what + "` has to be " + range(least, most));
    };
    return core::match(
        act,
        [&](const GcOlderThan& gc) {
            return within(gc.days, GcOlderThan::least, GcOlderThan::most, "days");
        },
        [&](const VacuumJournal& vacuum) {
            return within(vacuum.megabytes, VacuumJournal::least, VacuumJournal::most, "megabytes");
        },
        [](const RestartUnit& restart) {
            const auto& name = restart.unit.str();
            return is_plain_unit(name) && is_restartable(name)
                       ? Why()
                       : Why("only one service, socket, timer or path unit is restarted");
        },
        [](const ResetFailed& reset) {
            return is_plain_unit(reset.unit.str()) ? Why()
                                                   : Why("only one unit by its own name is reset");
        });
}

core::Result<core::UnitName> read_unit(core::ObjectReader& in) {
    const auto text = in.text("unit", 255);
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    const auto unit = core::UnitName::parse(text);
    if (!unit) {
        return Problem{.code = "bad_act",
                       .message = "`" + core::printable(core::shorten(text, 80)) +
                                  "` is not the name of a unit",
                       .hint = "with its suffix, like nginx.service"};
    }
    return *unit;
}

core::Result<Act> read_act(const Json& value) {
    core::ObjectReader in(value, "act");
    in.one_of("schema", {schema});
    const auto kind =
        in.one_of("act", {"gc_older_than", "vacuum_journal", "restart_unit", "reset_failed"});
    constexpr std::int64_t any = 1'000'000'000;
    if (kind == "restart_unit" || kind == "reset_failed") {
        const auto unit = read_unit(in);
        if (!unit) {
            return unit.problem();
        }
        return kind == "restart_unit" ? Act(RestartUnit{*unit}) : Act(ResetFailed{*unit});
    }
    const bool gc = kind == "gc_older_than";
    const auto number = in.integer(gc ? "days" : "megabytes", -any, any);
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return gc ? Act(GcOlderThan{number}) : Act(VacuumJournal{number});
}

Effect effect_of(const Act& act) {
    return core::match(
        act,
        [](const GcOlderThan& gc) {
            const auto days = days_text(gc.days);
            return Effect{.subject = days,
                          .risk = gc.days < 7 ? Risk::high : Risk::notice,
                          .sentence = "deletes generations of the system older than " + days +
                                      ", and what nothing in the store keeps any more; there is no "
                                      "going back to them"};
        },
        [](const VacuumJournal& vacuum) {
            const auto size = std::to_string(vacuum.megabytes) + " MiB";
            return Effect{.subject = size,
                          .risk = Risk::notice,
                          .sentence = "deletes the oldest entries of the journal until it is no "
                                      "larger than " +
                                      size};
        },
        [](const RestartUnit& restart) {
            const auto& unit = restart.unit.str();
            const bool careful = holds(delicate, unit) || unit.starts_with("user@");
            return Effect{.subject = unit,
                          .risk = careful ? Risk::high : Risk::notice,
                          .sentence = "restarts " + unit + ": it stops, then starts again"};
        },
        [](const ResetFailed& reset) {
            return Effect{.subject = reset.unit.str(),
                          .risk = Risk::low,
                          .sentence = reset.unit.str() +
                                      " is no longer counted as failed; nothing is started"};
        });
}

} // namespace

std::string_view name_of(const Act& act) noexcept {
    constexpr std::array<std::string_view, 4> names{"gc_older_than", "vacuum_journal",
                                                    "restart_unit", "reset_failed"};
    static_assert(names.size() == std::variant_size_v<Act>);
    return names.at(act.index());
}

const core::UnitName* unit_of(const Act& act) noexcept {
    if (const auto* restart = std::get_if<RestartUnit>(&act)) {
        return &restart->unit;
    }
    const auto* reset = std::get_if<ResetFailed>(&act);
    return reset != nullptr ? &reset->unit : nullptr;
}

Json to_json(const Act& act) {
    Json out{{"schema", schema}, {"act", name_of(act)}};
    core::match(
        act, [&](const GcOlderThan& gc) { out["days"] = gc.days; },
        [&](const VacuumJournal& vacuum) { out["megabytes"] = vacuum.megabytes; },
        [&](const RestartUnit& restart) { out["unit"] = restart.unit.str(); },
        [&](const ResetFailed& reset) { out["unit"] = reset.unit.str(); });
    return out;
}

core::Result<Act> act_from_json(const Json& value) {
    auto act = read_act(value);
    if (!act) {
        return act;
    }
    if (const auto why = outside_bounds(*act)) {
        return Problem{.code = "bad_act",
                       .message = std::string(name_of(*act)) + ": " + *why,
                       .hint = "ask again within these bounds: nothing lifts them"};
    }
    return act;
}

std::string canonical_bytes(const Act& act) {
    return core::canonical(to_json(act));
}

core::Result<Act> parse_act(std::string_view text) {
    const auto json = core::parse_json(text, {.bytes = 4096, .depth = 4});
    if (!json) {
        return json.problem();
    }
    auto act = act_from_json(*json);
    if (act && canonical_bytes(*act) != text) {
        return Problem{.code = "not_canonical", .message = "the act is not in its canonical form"};
    }
    return act;
}

std::optional<std::string> why_forbidden(const Act& act) {
    if (auto why = outside_bounds(act)) {
        return why;
    }
    const auto* restart = std::get_if<RestartUnit>(&act);
    if (restart == nullptr) {
        return std::nullopt;
    }
    const auto& unit = restart->unit.str();
    if (unit.starts_with("agentd-")) {
        return unit + " records or carries out what agentd does; no act restarts it";
    }
    if (holds(ends_all, unit)) {
        return unit + " ends what runs on this machine when it is started; no act restarts it";
    }
    if (holds(never_restarted, unit)) {
        return unit + " is what services and sessions of this machine hang on; no act restarts it";
    }
    return std::nullopt;
}

Effects effects_of(const Act& act, const core::StorePath& running) {
    Effects effects{.from = running.str(), .to = running.str()};
    Effect done = effect_of(act);
    done.area = "act";
    done.kind = name_of(act);
    effects.effects.push_back(std::move(done));
    if (const auto why = why_forbidden(act)) {
        effects.effects.push_back({.area = "act",
                                   .kind = "act_forbidden",
                                   .subject = std::string(name_of(act)),
                                   .risk = Risk::critical,
                                   .sentence = *why});
    }
    sort(effects);
    return effects;
}

std::string describe(const Act& act) {
    return core::match(
        act,
        [](const GcOlderThan& gc) { return "collect garbage older than " + days_text(gc.days); },
        [](const VacuumJournal& vacuum) {
            return "shrink the journal to " + std::to_string(vacuum.megabytes) + " MiB";
        },
        [](const RestartUnit& restart) { return "restart " + restart.unit.str(); },
        [](const ResetFailed& reset) { return "reset the failure of " + reset.unit.str(); });
}

} // namespace agentd::proposals
