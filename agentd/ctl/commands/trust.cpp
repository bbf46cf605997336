// Who may have what done without being asked: looked at, signed for, taken back.
#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/presence.hpp"
#include "agentd/ctl/view.hpp"
#include "policy/trust/grant.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl::commands {

namespace {

using core::Json;
using policy::trust::Identity;

void print(Terminal& terminal, const Json& standing) {
    for (const Json& line : ctl::list(standing, "lines")) {
        const std::string text = line.is_string() ? line.get<std::string>() : "";
        terminal.line((text.starts_with("  ") ? "  " : "") + one_line(text, 500));
    }
}

/// `agent:claude`, `agent:claude#0123…` of those that are known; else a name without a binding.
std::variant<Identity, Trouble> named(Context& context, const std::string& name) {
    const Reply reply = context.call("trust.show", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return *trouble;
    }
    std::vector<Identity> found;
    for (const Json& standing : ctl::list(std::get<Json>(reply), "standings")) {
        const auto who = policy::trust::identity_from_json(part(standing, "proposer"));
        const bool fits =
            who &&
            (to_string(*who) == name || who->kind + ":" + who->id == name ||
             (!who->binding.empty() && (who->kind + ":" + who->id + "#" + who->binding) == name));
        if (fits && std::find(found.begin(), found.end(), *who) == found.end()) {
            found.push_back(*who);
        }
    }
    if (found.size() == 1) {
        return found.front();
    }
    const auto colon = name.find(':');
    const auto bare = policy::trust::identity_from_json(
        {{"kind", name.substr(0, colon)},
         {"id", colon == std::string::npos ? "" : name.substr(colon + 1)},
         {"binding", ""}});
    if (!found.empty() || !bare) {
        return usage(found.empty() ? "whose trust? name it as KIND:NAME, like agent:claude"
                                   : "several go by that name, made of different things",
                     "agentctl trust show names them in full");
    }
    return *bare;
}

/// What is signed is what was asked for, whatever the daemon made of it.
int sign_and_give(Context& context, const Json& offered, const Identity& who) {
    Terminal& terminal = context.terminal();
    const std::string bytes = raw(offered, "grant");
    const auto grant = policy::trust::parse_grant(bytes);
    if (!grant || grant->key.who != who ||
        to_string(grant->level) != context.asked().argument("LEVEL") ||
        to_string(grant->key.effect_class) != context.asked().argument("CLASS")) {
        return terminal.fail({.problem = {.code = "failed",
                                          .message = "agentd offers another grant to sign than the "
                                                     "one that was asked for; nothing is signed"},
                              .exit = status::failed});
    }
    print(terminal, part(offered, "standing"));
    terminal.line("you sign: " + to_string(grant->key) + " may go as far as " +
                  std::string(to_string(grant->level)) + " until " +
                  core::format_instant(grant->expires));
    const auto presence = sign_with_key(context, bytes, policy::trust::grant_namespace);
    if (const auto* trouble = std::get_if<Trouble>(&presence)) {
        return terminal.fail(*trouble);
    }
    const Reply reply =
        context.call("trust.grant", {{"grant", bytes}, {"presence", std::get<Json>(presence)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const Json& result = std::get<Json>(reply);
    terminal.line("granted by " + shown(result, "by") + "; root has it at " +
                  shown(part(result, "standing"), "level") + " now");
    terminal.result(result);
    return status::ok;
}

} // namespace

int trust_show(Context& context) {
    Terminal& terminal = context.terminal();
    const Reply reply = context.call("trust.show", Json::object());
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const Json& result = std::get<Json>(reply);
    const auto standings = ctl::list(result, "standings");
    for (const Json& standing : standings) {
        print(terminal, standing);
    }
    if (standings.empty()) {
        terminal.line("nobody had anything applied here yet: everybody asks");
    }
    if (!truth(result, "verified")) {
        terminal.line("the log is not what its seals say, so nobody is trusted: "
                      "agentctl audit verify");
    }
    terminal.result(result);
    return status::ok;
}

int trust_explain(Context& context) {
    Terminal& terminal = context.terminal();
    const auto wanted = context.proposal();
    if (const auto* trouble = std::get_if<Trouble>(&wanted)) {
        return terminal.fail(*trouble);
    }
    const Reply reply =
        context.call("trust.explain", {{"proposal", std::get<std::string>(wanted)}});
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const Json& result = std::get<Json>(reply);
    print(terminal, part(result, "standing"));
    terminal.line("since a person agreed to a change " +
                  count(static_cast<std::size_t>(number(result, "steps_since_person")), "other") +
                  " happened by itself; with this one the highest class is " +
                  shown(result, "class_since_person"));
    terminal.result(result);
    return status::ok;
}

int trust_grant(Context& context) {
    Terminal& terminal = context.terminal();
    const std::string level = context.asked().argument("LEVEL");
    const std::string effect_class = context.asked().argument("CLASS");
    if ((level != "ask" && level != "veto" && level != "auto") ||
        !policy::parse_effect_class(effect_class)) {
        return terminal.fail(usage("there is no such class of changes, or no such level to grant",
                                   "agentctl trust grant --help"));
    }
    const auto who = named(context, context.asked().argument("WHO"));
    if (const auto* trouble = std::get_if<Trouble>(&who)) {
        return terminal.fail(*trouble);
    }
    const auto days = core::parse_integer(context.asked().value("--days").value_or("30"));
    const Reply statement = context.call(
        "trust.statement", {{"proposer", policy::trust::to_json(std::get<Identity>(who))},
                            {"class", effect_class},
                            {"level", level},
                            {"days", days.value_or(0)},
                            {"reason", context.asked().value("--reason").value_or("")}});
    if (const auto* trouble = std::get_if<Trouble>(&statement)) {
        return terminal.fail(*trouble);
    }
    return sign_and_give(context, std::get<Json>(statement), std::get<Identity>(who));
}

/// As root it speaks to the helper itself, so that it works without agentd.
int trust_revoke(Context& context) {
    Terminal& terminal = context.terminal();
    const bool root = context.around().uid == 0;
    Json params{{"proposer", nullptr},
                {"class", nullptr},
                {"because", context.asked().value("--reason").value_or("taken back")}};
    if (const auto name = context.asked().argument("WHO"); !name.empty()) {
        const auto who = named(context, name);
        if (const auto* trouble = std::get_if<Trouble>(&who)) {
            return terminal.fail(*trouble);
        }
        params["proposer"] = policy::trust::to_json(std::get<Identity>(who));
    }
    if (const auto name = context.asked().value("--class")) {
        params["class"] = *name;
    }
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    Reply reply = Json();
    if (root && loaded != nullptr && *loaded) {
        params["op"] = "trust.revoke";
        params["by"] = "root";
        reply = ask_helper((*loaded)->sockets.apply, params, context.around().stop);
    } else {
        reply = context.call("trust.revoke", params);
    }
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    terminal.line("taken back: for 14 days, or until somebody signs a new grant, a person decides");
    terminal.result({{"revoked", true}});
    return status::ok;
}

} // namespace agentd::ctl::commands
