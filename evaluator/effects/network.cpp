/// What can reach the machine, and whom it asks for names.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/firewall.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/unit_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// Ports of services that are rarely meant for strangers.
constexpr std::array<std::uint16_t, 14> delicate{23,   111,  135,  139,  445,  2049,  2375,
                                                 3306, 3389, 5432, 6379, 9200, 11211, 27017};

Effect network(std::string kind, std::string subject, Risk risk, std::string sentence) {
    return effect_of("network", std::move(kind), std::move(subject), risk, std::move(sentence));
}

Risk risk_of(const Opening& opening) {
    const bool wide = opening.protocol == "any" || opening.last - opening.first > 100;
    const bool touchy = std::any_of(delicate.begin(), delicate.end(), [&](auto port) {
        return opening.first <= port && port <= opening.last;
    });
    return wide || touchy || opening.interface.empty() ? Risk::high : Risk::notice;
}

std::string described(const Opening& opening) {
    return opening.protocol == "any" ? "everything that comes in on " + opening.interface
                                     : "port " + opening.name();
}

/// Every interface, or nearly every port from everywhere.
bool is_everything(const Opening& opening) {
    return opening.limit.empty() &&
           (opening.protocol == "any" ? opening.interface == "+"
                                      : (opening.interface.empty() || opening.interface == "+") &&
                                            opening.last - opening.first > 60'000);
}

void openings(const Firewall& before, const Firewall& after, Sink& sink) {
    for (const auto& each : after.openings)
        if (!before.openings.contains(each)) {
            auto effect = network("port_opened", each.name(), risk_of(each),
                                  described(each) + " will be reachable from the network");
            effect.after = "open";
            sink.add(std::move(effect));
            if (is_everything(each))
                sink.add(network("firewall_removed", "firewall", Risk::critical,
                                 "the firewall refuses next to nothing any more: " + each.name() +
                                     " is let in"));
        }
    for (const auto& each : before.openings)
        if (!after.openings.contains(each)) {
            const bool ssh = each.first <= 22 && 22 <= each.last;
            auto effect =
                network("port_closed", each.name(), ssh ? Risk::high : Risk::low,
                        described(each) + " will no longer be reachable from the network");
            effect.before = "open";
            sink.add(std::move(effect));
        }
}

/// NixOS's script ends with the first line that fails, before its rules count.
void broken_rules(const Firewall& before, const Firewall& after, Sink& sink) {
    for (const auto& line : after.broken)
        if (!before.broken.contains(line)) {
            auto effect =
                network("firewall_changed", after.unit, Risk::critical,
                        "the firewall may fail to start, and then refuses nothing: a rule "
                        "names an address that its command has no use for, IPv4 for "
                        "ip6tables or the other way round");
            effect.after = line;
            sink.add(std::move(effect));
        }
}

void removed(const Firewall& before, const Firewall& after, const std::string& prefix, Sink& sink) {
    auto effect = network("firewall_removed", "firewall", Risk::critical,
                          after.unit.empty()
                              ? "the firewall is gone: everything that listens will be reachable"
                              : "the firewall no longer refuses anything: " + after.unit +
                                    " is not a filter that is understood");
    if (!after.unit.empty())
        effect.after = core::join(line_changes(before.remainder, after.remainder, prefix), "\n");
    sink.add(std::move(effect));
}

/// The firewalls of both sides, and whether what they run is fully told by the ports.
void firewalls(const Side& before, const Side& after, const Firewall& old_one,
               const Firewall& new_one, Claims& claims, Sink& sink) {
    broken_rules(old_one, new_one, sink);
    if (old_one.filters && !new_one.filters)
        removed(old_one, new_one, before.store.prefix(), sink);
    else if (!old_one.filters && new_one.filters)
        sink.add(network("firewall_added", "firewall", Risk::notice,
                         "a firewall now refuses what is not opened"));
    if (old_one.filters && new_one.filters)
        openings(old_one, new_one, sink);
    if (old_one.unit == new_one.unit && old_one.remainder == new_one.remainder) {
        if (old_one.filters == new_one.filters && !new_one.unit.empty())
            claims.explain_commands(new_one.unit);
        return;
    }
    if (old_one.unit.empty() || new_one.unit.empty() || old_one.filters != new_one.filters)
        return;
    auto effect = network("firewall_changed", new_one.unit, Risk::high,
                          "the firewall changes in more than its open ports");
    effect.after =
        core::join(line_changes(old_one.remainder, new_one.remainder, before.store.prefix()), "\n");
    static_cast<void>(after);
    sink.add(std::move(effect));
}

/// Where a socket unit listens for other machines.
std::set<std::string> listeners(const std::map<std::string, Unit>& units) {
    std::set<std::string> out;
    for (const auto& [name, unit] : units)
        for (const auto* key : {"Socket.ListenStream", "Socket.ListenDatagram"})
            if (const auto found = unit.settings.find(key); found != unit.settings.end())
                for (const auto& value : found->second)
                    if (value.front() != '/' && value.front() != '@' && value.front() != '%' &&
                        !value.starts_with("127.") && !value.starts_with("[::1]") &&
                        !value.starts_with("vsock"))
                        out.insert(value + " (" + name + ")");
    return out;
}

/// Without a firewall a new listener is a new way in.
void sockets(const std::map<std::string, Unit>& before, const std::map<std::string, Unit>& after,
             Sink& sink) {
    const auto old_ones = listeners(before);
    const auto new_ones = listeners(after);
    for (const auto& each : new_ones)
        if (!old_ones.contains(each))
            sink.add(network("port_opened", each, Risk::high,
                             each + " listens for other machines, and there is no firewall"));
    for (const auto& each : old_ones)
        if (!new_ones.contains(each))
            sink.add(network("port_closed", each, Risk::low,
                             each + " no longer listens for other machines"));
}

void names(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    struct File {
        const char* path;
        const char* kind;
        const char* sentence;
        Risk risk;
    };
    static constexpr std::array files{
        File{"etc/resolv.conf", "dns_changed", "other name servers are asked", Risk::high},
        File{"etc/resolvconf.conf", "dns_changed", "other name servers are asked", Risk::high},
        File{"etc/systemd/resolved.conf", "dns_changed", "names are looked up in another way",
             Risk::high},
        File{"etc/nsswitch.conf", "dns_changed", "names and accounts are looked up in another way",
             Risk::high},
        File{"etc/hosts", "hosts_changed", "fixed names of machines change", Risk::notice}};
    Comparer comparer(before, after);
    for (const auto& file : files) {
        const auto* old_node = before.tree.find(file.path);
        const auto* new_node = after.tree.find(file.path);
        if ((old_node == nullptr && new_node == nullptr) ||
            comparer.nodes(old_node, new_node) == Likeness::same)
            continue;
        const auto* old_text = before.tree.file(file.path);
        const auto* new_text = after.tree.file(file.path);
        if ((old_node != nullptr && old_text == nullptr) ||
            (new_node != nullptr && new_text == nullptr))
            continue; // a link or worse: left to be unclassified
        claims.claim(file.path);
        auto effect = network(file.kind, file.path, file.risk, file.sentence);
        if (old_text != nullptr)
            effect.before = *old_text;
        if (new_text != nullptr)
            effect.after = *new_text;
        // A fixed address for a cache of Nix or a server of keys is a way round every signature
        // check.
        if (effect.after && core::to_lower(*effect.after).find("nixos.org") != std::string::npos)
            effect.risk = Risk::critical;
        sink.add(std::move(effect));
    }
}

} // namespace

void classify_network(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto old_one = read_firewall(before, before.units);
    const auto new_one = read_firewall(after, after.units);
    firewalls(before, after, old_one, new_one, claims, sink);
    if (!new_one.filters && !old_one.filters)
        sockets(before.units, after.units, sink);
    names(before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
