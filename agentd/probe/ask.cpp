#include "agentd/probe/ask.hpp"

#include "agentd/probe/connect.hpp"
#include "agentd/probe/disk.hpp"
#include "agentd/probe/http.hpp"
#include "agentd/probe/names.hpp"
#include "agentd/probe/outside.hpp"
#include "agentd/probe/program.hpp"
#include "agentd/probe/rights.hpp"
#include "agentd/probe/ssh.hpp"

namespace agentd::probe {

namespace {

template <class Act> Answer without_rights(Act act) {
    const auto given_up = give_up_rights();
    return given_up ? act() : cannot(given_up.problem().message);
}

/// With the connection, and nothing that could be opened besides.
template <class Speak>
Answer over_connection(const Endpoint& endpoint, std::chrono::seconds limit, Speak speak) {
    const Patience patience(limit);
    const auto connection = connect_to(endpoint, patience);
    if (!connection) {
        return answer_of(connection.problem());
    }
    const auto kept = keep_what_is_open();
    return kept ? speak(*connection, patience) : cannot(kept.problem().message);
}

Answer ask_disk(const Question& question) {
    const auto held = hold(question.target);
    if (!held) {
        return answer_of(held.problem());
    }
    return without_rights(
        [&] { return disk(*held, {.mib = question.free_mb, .inodes = question.free_inodes}); });
}

/// The key is read and the wire made as root; a word from the network is read as nobody.
Answer ask_sshd(const Question& question, Endpoint endpoint) {
    const auto login = read_login(question.user, question.key);
    if (!login) {
        return cannot(login.problem().message);
    }
    if (question.outside) {
        const auto machine = step_outside();
        if (!machine) {
            return cannot(machine.problem().message);
        }
        endpoint.address = is_loopback(endpoint.address) ? *machine : endpoint.address;
    }
    return without_rights([&] {
        if (!begin_ssh()) {
            return cannot("libssh2 does not start");
        }
        return over_connection(endpoint, question.limit,
                               [&](const core::Fd& connection, const Patience& patience) {
                                   return ssh(connection, *login, patience);
                               });
    });
}

Answer ask_page(const Question& question, const Page& page) {
    return without_rights([&] {
        return over_connection(page.at, question.limit,
                               [&](const core::Fd& connection, const Patience& patience) {
                                   return http(connection, page, patience);
                               });
    });
}

Answer ask_program(const Question& question) {
    const auto nobody = become_nobody();
    return nobody ? run_program(question.target, question.arguments, question.limit)
                  : cannot(nobody.problem().message);
}

} // namespace

Answer ask(const Question& question) {
    const auto endpoint = parse_endpoint(question.target);
    const auto page = parse_url(question.target);
    switch (question.kind) {
    case Kind::tcp:
        return endpoint ? without_rights([&] { return tcp(*endpoint, question.limit); })
                        : cannot("not an address and a port");
    case Kind::http:
        return page ? ask_page(question, *page) : cannot("not a page that can be asked for");
    case Kind::dns:
        return without_rights([&] { return dns(question.target); });
    case Kind::disk:
        return ask_disk(question);
    case Kind::ssh:
        return endpoint ? ask_sshd(question, *endpoint) : cannot("not an address and a port");
    case Kind::find:
        return without_rights([&] { return find_program(question.target); });
    case Kind::command:
        return ask_program(question);
    }
    return cannot("nobody knows how to ask this");
}

} // namespace agentd::probe
