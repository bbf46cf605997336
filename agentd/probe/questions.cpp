#include "agentd/probe/questions.hpp"

#include "agentd/core/text.hpp"
#include "agentd/probe/outside.hpp"
#include "agentd/probe/ssh.hpp"

#include <unistd.h>

namespace agentd::probe {

namespace {

using core::parse_integer;

constexpr const char* usage =
    "usage: agentd-probe tcp|ssh ADDRESS:PORT SECONDS | http URL SECONDS | dns NAME | disk PATH "
    "MIB INODES | ssh-from-outside ADDRESS:PORT SECONDS; both kinds of ssh: [USER KEYFILE]";

/// The key is read and the wire made as root; a word from the network is read as nobody.
Answer ask_sshd(Endpoint endpoint, std::chrono::seconds limit, bool outside,
                const std::vector<std::string>& words) {
    const auto login =
        read_login(words.size() > 3 ? words[3] : "", words.size() > 4 ? words[4] : "");
    if (!login) {
        return {.status = cannot, .said = login.problem().message};
    }
    if (outside) {
        const auto machine = step_outside();
        if (!machine) {
            return {.status = cannot, .said = machine.problem().message};
        }
        endpoint.address = is_loopback(endpoint.address) ? *machine : endpoint.address;
    }
    if (::geteuid() == 0 && !become_nobody()) {
        return {.status = cannot, .said = "cannot become nobody"};
    }
    return ssh(endpoint, limit, *login);
}

} // namespace

Answer ask(const std::vector<std::string>& words) {
    const std::string kind = words.empty() ? "" : words[0];
    const auto number = [&](std::size_t at) {
        return at < words.size() ? parse_integer(words[at]).value_or(-1) : -1;
    };
    if (kind == "dns" && words.size() == 2) {
        return dns(words[1]);
    }
    if (kind == "disk" && words.size() == 4 && number(2) >= 0 && number(3) >= 0) {
        return disk(words[1], number(2), number(3));
    }
    const std::chrono::seconds limit(number(2));
    const bool timed = words.size() >= 3 && limit.count() >= 1 && limit.count() <= 600;
    if (const auto page = timed && kind == "http" ? parse_url(words[1]) : std::nullopt) {
        return http(*page, limit);
    }
    const auto endpoint = timed ? parse_endpoint(words[1]) : std::nullopt;
    if (endpoint && kind == "tcp") {
        return tcp(*endpoint, limit);
    }
    if (endpoint && (kind == "ssh" || kind == "ssh-from-outside")) {
        return ask_sshd(*endpoint, limit, kind != "ssh", words);
    }
    return {.status = cannot, .said = usage};
}

} // namespace agentd::probe
