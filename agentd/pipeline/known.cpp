#include "agentd/pipeline/known.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/id.hpp"
#include "agentd/core/log.hpp"
#include "agentd/stages/apply.hpp"
#include "agentd/stages/preview.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace agentd::pipeline {

using core::Json;
using core::Result;

std::optional<std::vector<core::StorePath>> confirmed_systems(const Surroundings& in) {
    try {
        const auto answer = stages::ask_applyd(in.config.sockets.apply, {{"op", "state"}}, {});
        const auto list = answer ? answer->find("last_good") : Json::const_iterator();
        if (!answer || list == answer->end() || !list->is_array()) {
            return std::nullopt;
        }
        std::vector<core::StorePath> systems;
        for (const Json& text : *list) {
            const auto path =
                text.is_string() ? core::StorePath::parse(text.get<std::string>()) : std::nullopt;
            if (path) {
                systems.push_back(*path);
            }
        }
        return systems;
    } catch (const core::Failure& failure) {
        core::log(core::Level::warning, std::string("agentd-applyd: ") + failure.what());
        return std::nullopt;
    }
}

std::optional<bool> confirmed_before(const Surroundings& in, const proposals::Draft& draft) {
    const auto* rollback = draft.rollback();
    const auto systems = rollback ? confirmed_systems(in) : std::nullopt;
    if (!systems) {
        return std::nullopt;
    }
    return std::any_of(systems->begin(), systems->end(),
                       [&](const core::StorePath& path) { return path.str() == rollback->to; });
}

stages::KnownSystems known_systems(const Surroundings& in) {
    const machine::Machine machine(in.machine);
    return {.links = machine.links(),
            .generations = machine::list_generations(machine),
            .confirmed = confirmed_systems(in).value_or(std::vector<core::StorePath>{})};
}

Result<std::vector<std::string>> preview(const Surroundings& in, const proposals::Act& act,
                                         const std::stop_token& stop) {
    machine::Machine machine(in.machine);
    const auto known = known_systems(in);
    return stages::preview(
        act, {.nix = in.nix, .machine = machine, .known = known, .clock = in.clock}, stop);
}

policy::trust::Moment this_moment(const Surroundings& in, const core::Digest& policy) {
    // Signatures are checked by who verifies the log; the rows know how long it has to be.
    return {.at = in.clock.now(),
            .policy_sha256 = policy.hex(),
            .agentd_version = AGENTD_VERSION,
            .verified = true,
            .least_entries = in.ledger.projection().next_index()};
}

void tell_root_of_faults(const Surroundings& in) {
    const auto faults = in.sequencer.ask(
        [&] { return in.ledger.trust().take_faults(in.clock.now() - std::chrono::hours(1)); });
    for (const auto& fault : faults) {
        const auto told = stages::ask_applyd(
            in.config.sockets.apply,
            {{"op", "trust.revoke"},
             {"proposer", policy::trust::to_json(fault.who)},
             {"class",
              fault.effect_class ? core::Json(to_string(*fault.effect_class)) : core::Json()},
             {"because", fault.because},
             {"by", "agentd"}},
            {});
        if (!told) {
            core::log(core::Level::warning, "root was not told that trust is to be taken back: " +
                                                told.problem().message);
        }
    }
}

void know_trust(const Surroundings& in, policy::Facts& facts, const proposals::Draft& draft,
                const core::Digest& policy) {
    in.sequencer.ask([&] {
        const TrustLog& log = in.ledger.trust();
        add_trust(facts, log, draft.proposer, in.config.host.str(), this_moment(in, policy));
    });
}

void drop_roots(const Surroundings& in) {
    const std::filesystem::path folder = in.config.state.directory + "/gcroots";
    in.sequencer.ask([&] {
        std::set<std::string> open;
        for (const auto& row : in.ledger.queries().proposals(store::Which::open)) {
            open.insert(row.id);
        }
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            const std::string name = entry.path().filename().string();
            // Nix names the roots of further outputs `<id>-2`, `<id>-3`, …
            if (core::is_ulid(name.substr(0, 26)) && !open.contains(name.substr(0, 26))) {
                std::filesystem::remove(entry.path(), error);
            }
        }
    });
}

} // namespace agentd::pipeline
