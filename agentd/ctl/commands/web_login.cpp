#include "agentd/core/text.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/approvers.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

Config settings_of(Context& context) {
    const auto config = context.config();
    const auto* loaded = std::get_if<std::optional<Config>>(&config);
    return loaded != nullptr && *loaded ? **loaded
                                        : Config{.host = *core::HostName::parse("unknown")};
}

/// Whose browser it is: who has roles by name, and is one person however many keys he has.
std::string name_of(Context& context) {
    if (auto named = context.asked().value("--name")) {
        return *named;
    }
    const auto caller = context.around().variable ? context.around().variable("SUDO_USER")
                                                  : std::optional<std::string>();
    return caller && *caller != "root" && proposals::is_approver_name(*caller) ? *caller : "";
}

/// Waits for the key that the link brings, and says yes to it when a person, or --yes, does.
int admit(Context& context, const std::string& socket, const std::string& token) {
    Terminal& terminal = context.terminal();
    const auto helper = [&](core::Json request) {
        request["token"] = token;
        return ask_helper(socket, request, context.around().stop);
    };
    const Reply waited = helper({{"op", "pair.wait"}});
    if (const auto* trouble = std::get_if<Trouble>(&waited)) {
        return terminal.fail(*trouble);
    }
    const core::Json offer = std::get<core::Json>(waited).value("offer", core::Json());
    if (!offer.is_object()) {
        return terminal.fail({.problem = {.code = "expired",
                                          .message = "nobody opened the link in time",
                                          .hint = "sudo agentctl web login"},
                              .exit = status::declined});
    }
    const std::string what = shown(offer, "method") + " of `" + shown(offer, "name") + "` (" +
                             shown(offer, "label") + "), " + shown(offer, "key_id");
    bool yes = context.asked().has("--yes");
    if (!yes) {
        terminal.progress("the link brought a " + what);
        terminal.progress("its code: " + shown(offer, "code"));
        const auto said = terminal.ask("Does your browser show this code? It will approve. [y/N] ");
        yes = said && (*said == "y" || *said == "yes");
    }
    const Reply admitted =
        helper({{"op", "pair.admit"}, {"key_id", offer.value("key_id", "")}, {"yes", yes}});
    if (const auto* trouble = std::get_if<Trouble>(&admitted)) {
        return terminal.fail(*trouble);
    }
    terminal.progress((yes ? "enrolled: " : "not enrolled: ") + what);
    return yes ? status::ok : status::declined;
}

} // namespace

int web_login(Context& context) {
    constexpr std::size_t longest_label = 64;
    Terminal& terminal = context.terminal();
    const std::string label = context.asked().value("--label").value_or("browser");
    if (label.size() > longest_label || !core::hidden_code_points(label).empty()) {
        return terminal.fail(usage("--label is plain text of at most 64 bytes"));
    }
    const std::string name = name_of(context);
    if (!name.empty() && !proposals::is_approver_name(name)) {
        return terminal.fail(usage("--name is 1 to 64 of letters, digits and . _ - @"));
    }
    const Config config = settings_of(context);
    if (context.around().uid != 0 && config.programs.separation) {
        return terminal.fail(
            {.problem = {.code = "denied",
                         .message = "only root may invite a browser: it will be able "
                                    "to approve",
                         .hint = "sudo agentctl web login"},
             .exit = status::denied});
    }
    const Reply page = context.call("web.login", {{"label", label}});
    if (const auto* trouble = std::get_if<Trouble>(&page)) {
        return terminal.fail(*trouble);
    }
    core::Json invitation{{"op", "pair.invite"}, {"label", label}};
    if (!name.empty()) {
        invitation["name"] = name;
    }
    const Reply invited = ask_helper(config.sockets.apply, invitation, context.around().stop);
    if (const auto* trouble = std::get_if<Trouble>(&invited)) {
        return terminal.fail(*trouble);
    }
    const std::string secret = "#" + shown(std::get<core::Json>(invited), "token");
    const std::string link = shown(std::get<core::Json>(page), "url") + secret;
    terminal.line(link);
    const auto others =
        std::get<core::Json>(page).find("others"); // the same one, at other addresses
    for (const core::Json& url :
         others != std::get<core::Json>(page).end() ? *others : core::Json::array()) {
        terminal.line(core::printable(url.is_string() ? url.get<std::string>() : "") + secret);
    }
    terminal.progress("open it in the browser that is to approve: good once, for two minutes");
    terminal.progress("what it enrols, a passkey or a key of the browser, approves as " +
                      (name.empty() ? "`" + label + "`; --name says who it is"
                                    : "`" + name + "`; --name says another name"));
    context.around().out.flush(); // somebody reads it while we wait
    terminal.result({{"url", link}, {"good_for_seconds", 120}});
    if (!terminal.can_ask() && !context.asked().has("--yes")) {
        terminal.progress("what it brings has to be said yes to: call this in a terminal, or with "
                          "--yes, which takes whatever comes first");
        return status::ok;
    }
    return admit(context, config.sockets.apply, shown(std::get<core::Json>(invited), "token"));
}

} // namespace agentd::ctl::commands
