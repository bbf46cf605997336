#include "proposals/switch_plan.hpp"

#include "proposals/names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;
using core::Problem;

namespace {

constexpr Names<UnitAction, 6> action_names{"none", "stop", "restart", "reload", "start", "keep"};
constexpr std::size_t longest_name = 512;
constexpr std::size_t most_sockets = 16;

/// `foo@.service` of `foo@bar.service`; "" of what was made of no template.
std::string template_of(const std::string& unit) {
    const auto at = unit.find('@');
    const auto dot = unit.rfind('.');
    return at == std::string::npos || dot == std::string::npos || dot < at
               ? ""
               : unit.substr(0, at + 1) + unit.substr(dot);
}

core::Result<UnitMove> move_from_json(const Json& value) {
    ObjectReader in(value, "move");
    UnitMove move{.unit = in.text("unit", longest_name),
                  .action = value_of(action_names, in.one_of("action", {"none", "stop", "restart",
                                                                        "reload", "start", "keep"}))
                                .value_or(UnitAction::none),
                  .wanted = in.boolean("wanted")};
    const Json& sockets = in.any("sockets");
    move.goes_on = in.boolean("goes_on");
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    if (!sockets.is_array() || sockets.size() > most_sockets ||
        !std::all_of(sockets.begin(), sockets.end(),
                     [](const Json& each) { return each.is_string(); })) {
        return Problem{.code = "bad_value", .message = "`sockets` has to be a short list of names"};
    }
    for (const Json& each : sockets) {
        move.sockets.push_back(each.get<std::string>());
    }
    return move;
}

class Planner {
  public:
    Planner(const SwitchMoves& moves, const std::vector<std::string>& running)
        : running_(running.begin(), running.end()) {
        for (const auto& move : moves.moves) {
            by_unit_.emplace(move.unit, &move);
        }
        plan_.restarts_manager = moves.restarts_manager;
        plan_.truncated = moves.truncated;
    }

    SwitchPlan take() {
        for (const auto& unit : running_) {
            const auto own = by_unit_.find(unit);
            const auto found = own == by_unit_.end() ? by_unit_.find(template_of(unit)) : own;
            if (found != by_unit_.end()) {
                act(unit, *found->second);
            }
        }
        for (const auto& [unit, move] : by_unit_) {
            if (move->wanted && !running_.contains(unit)) {
                plan_.start.push_back(unit);
            }
        }
        for (auto* list : {&plan_.stop, &plan_.restart, &plan_.reload, &plan_.start, &plan_.keep,
                           &plan_.goes_on}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
        return std::move(plan_);
    }

  private:
    void act(const std::string& unit, const UnitMove& move) {
        switch (move.action) {
        case UnitAction::stop:
            plan_.stop.push_back(unit);
            return;
        case UnitAction::restart:
            restart(unit, move);
            return;
        case UnitAction::reload:
            plan_.reload.push_back(unit);
            return;
        case UnitAction::keep:
            plan_.keep.push_back(unit);
            return;
        case UnitAction::none:
        case UnitAction::start:
            return;
        }
    }

    /// What a socket starts is stopped, and the socket is started anew: it comes back when asked.
    void restart(const std::string& unit, const UnitMove& move) {
        bool by_socket = false;
        for (const auto& socket : move.sockets) {
            if (running_.contains(socket)) {
                plan_.restart.push_back(socket);
                by_socket = true;
            }
        }
        (by_socket ? plan_.stop : plan_.restart).push_back(unit);
        if (move.goes_on && !by_socket) {
            plan_.goes_on.push_back(unit);
        }
    }

    std::set<std::string> running_;
    std::map<std::string, const UnitMove*> by_unit_;
    SwitchPlan plan_;
};

} // namespace

SwitchPlan plan_of(const SwitchMoves& moves, const std::vector<std::string>& running) {
    return Planner(moves, running).take();
}

Json to_json(const SwitchMoves& moves) {
    Json list = Json::array();
    for (const auto& move : moves.moves) {
        list.push_back({{"unit", move.unit},
                        {"action", name_of(action_names, move.action)},
                        {"wanted", move.wanted},
                        {"sockets", move.sockets},
                        {"goes_on", move.goes_on}});
    }
    return {{"schema", "agentd.moves/1"},
            {"moves", std::move(list)},
            {"restarts_manager", moves.restarts_manager},
            {"truncated", moves.truncated}};
}

core::Result<SwitchMoves> moves_from_json(const Json& value) {
    ObjectReader in(value, "moves");
    in.one_of("schema", {"agentd.moves/1"});
    const Json& list = in.any("moves");
    SwitchMoves moves{.restarts_manager = in.boolean("restarts_manager"),
                      .truncated = in.boolean("truncated")};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    if (!list.is_array() || list.size() > SwitchMoves::max_moves) {
        return Problem{.code = "bad_value", .message = "`moves` has to be a list of units"};
    }
    for (const Json& each : list) {
        auto move = move_from_json(each);
        if (!move) {
            return move.problem();
        }
        moves.moves.push_back(std::move(*move));
    }
    return moves;
}

Json to_json(const SwitchPlan& plan) {
    return {{"schema", "agentd.switch/1"}, {"stop", plan.stop},
            {"restart", plan.restart},     {"reload", plan.reload},
            {"start", plan.start},         {"keep", plan.keep},
            {"goes_on", plan.goes_on},     {"restarts_manager", plan.restarts_manager},
            {"truncated", plan.truncated}};
}

} // namespace agentd::proposals
