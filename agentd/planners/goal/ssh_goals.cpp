// Who may come in over SSH, and how.
#include "agentd/planners/goal/clause.hpp"

#include <array>

namespace agentd::planners::goal {

namespace {

using core::Result;

Wish root_login(const Situation& in) {
    return set(spelling(in, {"services.openssh.settings.PermitRootLogin",
                             "services.openssh.permitRootLogin"}),
               "no");
}
Wish passwords(const Situation& in, bool allowed) {
    return set(spelling(in, {"services.openssh.settings.PasswordAuthentication",
                             "services.openssh.passwordAuthentication"}),
               allowed);
}
Wish keyboard(const Situation& in) {
    return set(spelling(in, {"services.openssh.settings.KbdInteractiveAuthentication",
                             "services.openssh.kbdInteractiveAuthentication",
                             "services.openssh.challengeResponseAuthentication"}),
               false);
}
Wish x11(const Situation& in, bool on) {
    return set(
        spelling(in, {"services.openssh.settings.X11Forwarding", "services.openssh.forwardX11"}),
        on);
}

Result<Made> no_root(const State&, const Situation& in) {
    return only(root_login(in));
}
Result<Made> root_by_key(const State&, const Situation& in) {
    Wish wish = root_login(in);
    wish.value = Value(std::string("prohibit-password"));
    return only(std::move(wish));
}
Result<Made> no_passwords(const State&, const Situation& in) {
    return only(passwords(in, false));
}
Result<Made> with_passwords(const State&, const Situation& in) {
    return only(passwords(in, true));
}
Result<Made> x11_off(const State&, const Situation& in) {
    return only(x11(in, false));
}
Result<Made> x11_on(const State&, const Situation& in) {
    return only(x11(in, true));
}
Result<Made> no_root_no_passwords(const State&, const Situation& in) {
    return Made{.wishes = {root_login(in), passwords(in, false)}};
}
Result<Made> no_keyboard(const State&, const Situation& in) {
    return only(keyboard(in));
}

Result<Made> harden(const State&, const Situation& in) {
    return Made{.wishes = {root_login(in), passwords(in, false), keyboard(in), x11(in, false)}};
}

Result<Made> listen(const State& match, const Situation&) {
    Made out;
    for (const Item& port : match.items("ports")) {
        out.wishes.push_back(add("services.openssh.ports", port.number));
    }
    return out;
}

/// Of its ports others are taken away only where nothing says any: the usual one goes by itself.
Result<Made> move_to(const State& match, const Situation& in) {
    const Sayings* said = in.scene.around.said;
    const auto ports = proposals::OptionPath::parse("services.openssh.ports");
    if (said != nullptr && said->seen(*ports) != Seen::no) {
        return core::Problem{.code = "bad_value",
                             .message = "the repository says the ports of ssh already, or may",
                             .hint = "say which goes and which comes: add 2222 to "
                                     "services.openssh.ports and remove 22 from "
                                     "services.openssh.ports"};
    }
    return listen(match, in);
}

Result<Made> server(const State&, const Situation&) {
    return Made{.wishes = {set("services.openssh.enable", true)},
                .service = "services.openssh.enable"};
}

constexpr auto patterns = std::to_array<Pattern>({
    {"(allow|permit|accept) (ssh logins|ssh access|logins over ssh|logins via ssh|ssh connections)",
     server, "allow ssh logins"},
    {"(harden|lock down|secure|tighten) (ssh|sshd|openssh) [server|daemon|access|configuration]",
     harden, "harden ssh"},
    {"(forbid|disable|disallow|deny|prohibit|block|turn off|prevent) [ssh] (root (login|logins)|"
     "(login|logins) (as|by|of|for) root|logging in as root) "
     "[(over|via|through|in|on|for|from) ssh [server|daemon]]",
     no_root, "forbid root logins over ssh"},
    {"root (cannot|can't|can not|must not|mustn't|should not|shouldn't|may not|shall not) "
     "(log in|login|ssh in) [(over|via|through|with|using) ssh]",
     no_root},
    {"(don't|do not|never) (let|allow) root [to] (log in|login) [(over|via|through|with) ssh]",
     no_root},
    {"(don't|do not|never) allow [ssh] root (login|logins) [(over|via|through|with) ssh]", no_root},
    {"(forbid|disable|disallow|deny|prohibit|block|turn off) [ssh] password "
     "(login|logins|authentication|auth) [(over|via|through|in|on|for|from) ssh [server|daemon]]",
     no_passwords, "forbid password logins over ssh"},
    {"(forbid|disable|disallow|deny|prohibit|block|turn off) (ssh (logins|login)|logins|login|"
     "logging in) (with|by|using) (password|passwords) "
     "[(over|via|through|in|on|for) ssh [server|daemon]]",
     no_passwords},
    {"(only allow|allow only|accept only|only accept) [ssh] (keys|key logins|public keys|logins "
     "with "
     "keys|key authentication|public key authentication) [(over|for|via|in|with) ssh]",
     no_passwords},
    {"(don't|do not|never) allow [ssh] password (login|logins|authentication) "
     "[(over|via|through|with|for) ssh]",
     no_passwords},
    {"(allow|enable|permit|turn on) [ssh] password (login|logins|authentication) "
     "(over|via|through|in|on|for) ssh [server|daemon]",
     with_passwords},
    {"(allow|enable|permit|turn on) ssh password (login|logins|authentication)", with_passwords},
    {"(allow|permit) [ssh] root (login|logins) (with|by) [a|ssh] (key|keys) "
     "[(over|via|through) ssh] [only]",
     root_by_key},
    {"no [ssh] password (login|logins|authentication) [(over|via|through|with|for) ssh]",
     no_passwords},
    {"(allow|let|permit) root [to] (log in|login) (with|by|using) [a|ssh] (key|keys) "
     "[(over|via|through) ssh] [only]",
     root_by_key},
    {"(forbid|disable|disallow|deny|prohibit|block|turn off) [ssh] root (login|logins) and "
     "password (login|logins|authentication) [(over|via|through|in|on|for|from) ssh]",
     no_root_no_passwords},
    {"(forbid|disable|disallow|deny|prohibit|block|turn off) [ssh] password "
     "(login|logins|authentication) and root (login|logins) "
     "[(over|via|through|in|on|for|from) ssh]",
     no_root_no_passwords},
    {"(forbid|disable|disallow|deny|turn off) [ssh] (keyboard-interactive|keyboard interactive) "
     "(login|logins|authentication) [(over|for|in) ssh [server|daemon]]",
     no_keyboard},
    {"(forbid|disable|disallow|deny|prohibit|turn off|switch off) [ssh] (x11|x) forwarding "
     "[(over|via|through|in|on|for|of|by) ssh [server|daemon]]",
     x11_off, "turn off X11 forwarding in the ssh server"},
    {"(turn|switch) [ssh] x11 forwarding off [(in|for|of) ssh [server|daemon]]", x11_off},
    {"(allow|enable|turn on|switch on|permit) [ssh] (x11|x) forwarding "
     "[(over|via|through|in|on|for|of|by) ssh [server|daemon]]",
     x11_on},
    {"(let|make|have) (ssh|sshd|openssh) [server|daemon] [also] listen on [port|ports] {ports}",
     listen, "let ssh listen on port 2222"},
    {"(change|set|move|switch) (ssh|sshd|openssh) [server|daemon] (port|ports) (to|=) [port] "
     "{port:ports}",
     move_to, "change the ssh port to 2222"},
    {"(change|set|move|switch) port (of|for) (ssh|sshd|openssh) [server|daemon] (to|=) "
     "{port:ports}",
     move_to},
    {"(move|switch) (ssh|sshd|openssh) [server|daemon] to port {port:ports}", move_to},
});

} // namespace

Patterns ssh_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
