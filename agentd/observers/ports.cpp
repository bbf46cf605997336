#include "agentd/observers/ports.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <malloc.h>

namespace agentd::observers {

namespace {

using evaluator::effects::Firewall;
using evaluator::effects::Opening;

constexpr std::size_t most_sockets = 4096;
constexpr std::size_t most_told = 16;
constexpr std::size_t largest_table = 4U << 20;
constexpr std::uint16_t first_ephemeral = 32768;

std::optional<std::uint32_t> hex(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

/// `0100007F`, 127.0.0.0/8 in the kernel's byte order; ::1 and what is mapped from 127/8.
bool is_loopback(std::string_view address) {
    if (address.size() == 8) {
        return address.ends_with("7F");
    }
    return address == "00000000000000000000000001000000" ||
           (address.starts_with("0000000000000000FFFF0000") && address.ends_with("7F"));
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < line.size() && out.size() < 16;) {
        const auto begin = line.find_first_not_of(' ', at);
        if (begin == line.npos) {
            break;
        }
        at = std::min(line.find(' ', begin), line.size());
        out.push_back(line.substr(begin, at - begin));
    }
    return out;
}

bool lets_in(const Opening& opening, const Listening& socket) {
    const bool any = opening.protocol == "any" && opening.first == 0 && opening.interface != "lo";
    return any || (opening.protocol == socket.protocol && opening.first <= socket.port &&
                   socket.port <= opening.last);
}

std::string name_of(const Listening& socket) {
    return std::to_string(socket.port) + "/" + socket.protocol;
}

Condition of_port(const char* kind, const std::string& port, std::string title, std::string detail,
                  Severity severity) {
    return {.key = std::string(kind) + ":" + port,
            .kind = kind,
            .subject = port,
            .title = std::move(title),
            .detail = std::move(detail),
            .severity = severity};
}

} // namespace

std::vector<Listening> listening_sockets(std::string_view table, std::string_view protocol) {
    std::vector<Listening> out;
    for (const auto line : core::lines(table)) {
        const auto all = words(line);
        if (all.size() < 8 || !all[0].ends_with(':')) {
            continue;
        }
        const auto colon = all[1].rfind(':');
        if (colon == std::string_view::npos || is_loopback(all[1].substr(0, colon))) {
            continue;
        }
        const auto port = hex(all[1].substr(colon + 1));
        const auto uid = core::parse_integer(all[7]);
        const bool listens =
            protocol == "tcp" ? all[3] == "0A" : all[3] == "07" && port && *port < first_ephemeral;
        if (listens && port && *port > 0 && uid && out.size() < most_sockets) {
            out.push_back({.protocol = std::string(protocol),
                           .port = static_cast<std::uint16_t>(*port),
                           .uid = static_cast<std::uint32_t>(*uid)});
        }
    }
    return out;
}

std::vector<std::string> Ports::kinds() const {
    return {"firewall_down", "port_exposed", "port_undeclared", "port_unused"};
}

std::vector<Condition> Ports::judge(const Firewall& firewall,
                                    const std::set<Listening>& listening) {
    std::vector<Condition> conditions;
    std::set<std::string> told;
    for (const Listening& socket : listening) {
        const bool let_in = std::any_of(firewall.openings.begin(), firewall.openings.end(),
                                        [&](const Opening& o) { return lets_in(o, socket); });
        if (let_in || told.size() >= most_told || !told.insert(name_of(socket)).second) {
            continue;
        }
        const std::string name = name_of(socket), who = "uid " + std::to_string(socket.uid);
        conditions.push_back(
            firewall.filters
                ? of_port(
                      "port_undeclared", name,
                      who + " listens on " + name + ", which the firewall keeps shut",
                      "it listens for other machines, and the configuration lets none of them in",
                      Severity::info)
                : of_port("port_exposed", name, who + " listens on " + name + " for everybody",
                          "the running system declares no firewall that keeps others out",
                          Severity::warning));
    }
    for (const Opening& opening : firewall.openings) {
        // A range, or an opening for some interface or some senders, is a wish for later.
        const bool single = opening.first == opening.last && opening.first > 0 &&
                            opening.interface.empty() && opening.limit.empty();
        const bool used = std::any_of(listening.begin(), listening.end(),
                                      [&](const Listening& l) { return lets_in(opening, l); });
        if (single && !used && opening.protocol == "tcp" && told.size() < 2 * most_told) {
            const std::string name = std::to_string(opening.first) + "/" + opening.protocol;
            told.insert("unused " + name);
            conditions.push_back(of_port(
                "port_unused", name, "the firewall lets in " + name + ", and nobody listens",
                "an opening without a service, or a service that does not run", Severity::info));
        }
    }
    return conditions;
}

/// Read once for each system: it does not change.
const Firewall& Ports::declared(const std::string& running_system) {
    if (declared_of_ != running_system) {
        namespace effects = evaluator::effects;
        const effects::StoreReader store;
        {
            const effects::Side side{
                .store = store,
                .toplevel = running_system,
                .tree = effects::read_tree(store, running_system,
                                           {.file_bytes = 256U << 10, .total_bytes = 16U << 20})};
            declared_ =
                effects::read_firewall(side, effects::read_units(side.tree, "etc/systemd/system"));
        }
        declared_.remainder = {};
        ::malloc_trim(0); // the tree was large and is not needed again
        declared_of_ = running_system;
    }
    return declared_;
}

Findings Ports::look(Sight& sight) {
    const auto& running = sight.links().running;
    if (sight.moment().switching || !running || sight.proc().empty()) {
        return {.blind = true};
    }
    std::set<Listening> listening;
    for (const auto& [file, protocol] : {std::pair("tcp", "tcp"), std::pair("tcp6", "tcp"),
                                         std::pair("udp", "udp"), std::pair("udp6", "udp")}) {
        const auto table = core::read_file_if_exists(sight.proc() + "/net/" + file, largest_table);
        const auto found = listening_sockets(table.value_or(""), protocol);
        listening.insert(found.begin(), found.end());
    }
    const Firewall& firewall = declared(running->str());
    Findings findings{.conditions = judge(firewall, listening)};
    bool up = true;
    for (const auto unit_name : core::split(firewall.unit, ' ')) {
        const auto* unit = machine::find_unit(sight.units(), unit_name);
        const bool filters = unit != nullptr && // its rules stay while it reads them anew
                             (unit->active == "active" || unit->active == "reloading");
        if (!unit_name.empty() && !filters) {
            up = false;
            findings.conditions.push_back(
                {.key = "firewall_down:" + std::string(unit_name),
                 .kind = "firewall_down",
                 .subject = std::string(unit_name),
                 .title = "the firewall is declared and does not run",
                 .detail = std::string(unit_name) + " is " +
                           (unit == nullptr ? std::string("not loaded") : quoted(unit->active, 20)),
                 .severity = Severity::critical});
        }
    }
    const bool grave = std::any_of(findings.conditions.begin(), findings.conditions.end(),
                                   [](const Condition& c) { return c.severity != Severity::info; });
    findings.facts.push_back(
        {.name = "network",
         .owner = "flake",
         .state = grave ? Fact::State::amiss : Fact::State::good,
         .text =
             std::to_string(listening.size()) + " listen for other machines; " +
             (firewall.unit.empty() ? std::string("no firewall is declared")
              : !up                 ? std::string(firewall.unit) + " DOES NOT RUN"
                    : std::to_string(firewall.openings.size()) + " openings in " + firewall.unit)});
    return findings;
}

} // namespace agentd::observers
