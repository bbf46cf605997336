#include "agentd/core/text.hpp"
#include "agentd/explanation/claim_case.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace agentd::explanation {

namespace {

using proposals::Effect;

/// `80/443` and `443/tcp` in their parts.
std::vector<std::string_view> parts_of(std::string_view word) {
    return core::split(word, '/');
}

bool is_number(std::string_view word) {
    return !word.empty() && word.size() <= 5 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The number of `8080/tcp on wg0`.
std::string port_of(const Effect& effect) {
    const auto end = effect.subject.find_first_not_of("0123456789");
    return effect.subject.substr(0, end);
}

/// The ports named behind a verb: `open ports 80 and 443`.
std::set<std::string> ports_after(const Words& words, std::initializer_list<const char*> verbs) {
    std::set<std::string> ports;
    for (const auto* verb : verbs) {
        for (auto at = words.find(verb); at; at = words.find(verb, *at + 1)) {
            bool spoken = false;
            for (auto next = *at + 1; next < *at + 10 && !words.at(next).empty(); ++next) {
                for (const auto word : parts_of(words.at(next))) {
                    spoken = spoken || word == "port" || word == "ports";
                    if (spoken && is_number(word)) {
                        ports.emplace(word);
                    }
                }
            }
        }
    }
    return ports;
}

/// Each number of the words, in all the ways it may stand, `60000-61000` as well.
std::set<std::string> named(const Words& words) {
    std::set<std::string> out;
    for (std::size_t at = 0; at < words.size(); ++at) {
        for (const auto part : parts_of(words.at(at))) {
            out.emplace(part);
        }
    }
    return out;
}

/// What opens or closes, by its number.
std::map<std::string, Facts> by_port(const Case& of, std::string_view kind) {
    std::map<std::string, Facts> out;
    for (const auto fact : of.where([&](const Effect& e) { return e.kind == kind; })) {
        out[port_of(of.effects.effects[fact])].push_back(fact);
    }
    return out;
}

void doubt_closings(const Case& of) {
    const auto closing = ports_after(of.words, {"close", "closes", "closing", "block", "blocks"});
    const auto opens = by_port(of, "port_opened"), closes = by_port(of, "port_closed");
    const bool walled =
        !of.where([](const Effect& e) { return e.kind == "firewall_added"; }).empty();
    for (const auto& port : closing) {
        if (const auto found = opens.find(port); found != opens.end()) {
            of.doubt("closes port " + port, "port " + port + " opens", found->second);
        } else if (!closes.contains(port) && !walled) {
            of.doubt("closes port " + port, "no port " + port + " closes");
        }
    }
    const bool speaks_of_closing =
        of.words.has_any({"closes the port", "closes ports", "close the port", "close ports",
                          "closes a port", "closes unused ports", "close unused ports"});
    if (auto facts = of.where([](const Effect& e) { return e.kind == "port_opened"; });
        speaks_of_closing && closing.empty() && !facts.empty()) {
        of.doubt("closes ports", counted(facts.size(), "port") + " open instead", facts);
    }
}

void doubt_openings(const Case& of) {
    const auto opening = ports_after(of.words, {"open", "opens", "opening"});
    if (opening.empty()) {
        return;
    }
    const auto opens = by_port(of, "port_opened"), closes = by_port(of, "port_closed");
    for (const auto& port : opening) {
        if (const auto found = closes.find(port); found != closes.end() && !opens.contains(port)) {
            of.doubt("opens port " + port, "port " + port + " closes", found->second);
        }
    }
    // Who names what opens leaves nothing out.
    const auto words = named(of.words);
    const auto more = of.where([&](const Effect& e) {
        const auto whole = e.subject.substr(0, e.subject.find_first_not_of("0123456789-"));
        return e.kind == "port_opened" && !words.contains(port_of(e)) && !words.contains(whole);
    });
    if (!more.empty()) {
        of.doubt("opens port " + *opening.begin(),
                 "more opens than is said: " + of.effects.effects[more.front()].subject, more);
    }
}

} // namespace

void doubt_ports(const Case& of) {
    doubt_closings(of);
    doubt_openings(of);
}

} // namespace agentd::explanation
