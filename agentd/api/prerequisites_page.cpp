#include "agentd/api/prerequisites.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "proposals/approvers.hpp"

#include <algorithm>

namespace agentd::api {

namespace {

/// The origin may be an address on loopback as well: keys work there, passkeys do not.
Prerequisite secure_context(const std::string& origin) {
    const bool secure = proposals::passkey_host(origin).has_value();
    return {.name = "page " + origin,
            .ok = secure,
            .detail = secure ? "a browser may use passkeys there"
                             : "no browser uses passkeys there: it is no name over https, and not "
                               "http://localhost",
            .mend = "give the page a name with TLS (web.tls_certificate, or a proxy before "
                    "web.proxy_socket) and put that https address into web.origins",
            .needed = false};
}

/// A line of sudoers that lets somebody be root without a password; nullopt when there is none.
std::optional<std::string> open_door(const std::string& file) {
    std::string text;
    try {
        text = core::read_file_if_exists(file, 1U << 20).value_or("");
    } catch (const core::Failure&) {
        return std::nullopt; // not ours to read: then it is the configuration that warns
    }
    for (const auto line : core::lines(text)) {
        const auto rule = core::trim(line);
        if (!rule.starts_with('#') && !rule.starts_with("root ") &&
            rule.find("NOPASSWD:") != std::string_view::npos && rule.ends_with("ALL")) {
            return std::string(rule);
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<Prerequisite> page_prerequisites(const Config& config) {
    std::vector<Prerequisite> out;
    if (config.web.enable) {
        for (const std::string& origin : config.web.origins) {
            out.push_back(secure_context(origin));
        }
    }
    const std::string root = config.machine.root == "/" ? "" : config.machine.root;
    for (const char* file : {"/run/current-system/etc/sudoers", "/etc/sudoers"}) {
        if (const auto rule = open_door(root + file)) {
            out.push_back({.name = "sudo-password",
                           .ok = false,
                           .detail = "sudo asks for no password: " +
                                     core::printable(core::shorten(*rule, 120)),
                           .mend = "whatever runs as that user, an agent too, can enrol keys and "
                                   "approve by itself: security.sudo.wheelNeedsPassword = true",
                           .needed = false});
            break;
        }
    }
    return out;
}

} // namespace agentd::api
