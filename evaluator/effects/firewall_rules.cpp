/// The lines of firewall scripts that open something. A line is an opening only when every word of
/// it is understood; any other line is left to be compared as text.
#include "evaluator/effects/firewall.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

using Words = std::vector<std::string>;

bool is_plain(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._:/,+-@").find(c) != std::string_view::npos;
    });
}

/// `22`, `8000:8010` or `8000-8010`.
bool parse_ports(std::string_view text, Opening& opening) {
    const auto middle = text.find_first_of(":-");
    const auto first = core::parse_integer(text.substr(0, middle));
    const auto last = middle == text.npos ? first : core::parse_integer(text.substr(middle + 1));
    if (!first || !last || *first < 0 || *first > *last || *last > 65535)
        return false;
    opening.first = static_cast<std::uint16_t>(*first);
    opening.last = static_cast<std::uint16_t>(*last);
    return true;
}

Words words_of(std::string_view line) {
    Words out;
    for (std::size_t at = 0; at < line.size();) {
        const auto start = line.find_first_not_of(" \t", at);
        if (start == line.npos)
            break;
        const auto end = std::min(line.find_first_of(" \t", start), line.size());
        out.emplace_back(line.substr(start, end - start));
        at = end;
    }
    return out;
}

/// What follows the command and `-A nixos-fw`, option by option.
struct IptablesMatch {
    Opening opening{};
    std::string ports{};
    bool accepts = false;
};

bool take(IptablesMatch& match, const std::string& option, const std::string& value) {
    if (option == "-p" && (value == "tcp" || value == "udp"))
        match.opening.protocol = value;
    else if (option == "--dport" || option == "--dports")
        match.ports = value;
    else if (option == "-i" || option == "--in-interface")
        match.opening.interface = value;
    else if (option == "-s" || option == "--source" || option == "-d" || option == "--destination")
        match.opening.limit += (match.opening.limit.empty() ? "" : " ") + option + " " + value;
    else if (option == "-j" && (value == "nixos-fw-accept" || value == "ACCEPT"))
        match.accepts = true;
    else
        return option == "-m" && (value == "tcp" || value == "udp" || value == "multiport");
    return true;
}

std::optional<std::vector<Opening>> openings_of(const Opening& base, std::string_view ports) {
    std::vector<Opening> out;
    for (const auto part : core::split(ports, ',')) {
        auto opening = base;
        if (!parse_ports(core::trim(part), opening))
            return std::nullopt;
        out.push_back(std::move(opening));
    }
    return out;
}

/// The words of the one command that a line of a script is, up to the first that is not plain; none
/// where its failure would not end the script (`a || true`, `a | b`), or where it goes on below.
Words plain_command(std::string_view line) {
    Words out;
    char quote = '\0';
    std::size_t end = 0;
    for (; end < line.size(); ++end) {
        const char c = line[end];
        if (c == '\\' || c == '`' || (quote == '\0' && (c == '|' || c == '&')))
            return out;
        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == ';' || (c == '#' && end > 0 && line[end - 1] == ' '))
            break;
    }
    if (quote != '\0')
        return out;
    for (auto& word : words_of(line.substr(0, end))) {
        if (word.find_first_of("\"'$<>(){}") != word.npos)
            break;
        out.push_back(std::move(word));
    }
    return out;
}

bool is_short_for(std::string_view word, std::string_view option, std::size_t least) {
    return word.size() >= least && option.starts_with(word);
}

/// The address that the option at `at` names, in any of the spellings that iptables takes, or "".
std::string address_of(const Words& words, std::size_t at) {
    const auto& word = words[at];
    if (word.starts_with("-s") || word.starts_with("-d")) {
        if (word.size() > 2)
            return word.substr(2);
        return at + 1 < words.size() ? words[at + 1] : "";
    }
    const auto equals = word.find('=');
    const auto option = word.substr(0, equals);
    if (!is_short_for(option, "--source", 4) && !is_short_for(option, "--src", 4) &&
        !is_short_for(option, "--destination", 5) && !is_short_for(option, "--dst", 4) &&
        option != "--src-range" && option != "--dst-range")
        return {};
    if (equals != word.npos)
        return word.substr(equals + 1);
    return at + 1 < words.size() ? words[at + 1] : "";
}

} // namespace

std::string Opening::name() const {
    auto out = first == 0 && last == 0 ? std::string("everything")
               : first == last         ? std::to_string(first)
                                       : std::to_string(first) + "-" + std::to_string(last);
    if (first != 0 || last != 0 || protocol != "any")
        out += "/" + protocol;
    if (!interface.empty())
        out += " on " + interface;
    if (!limit.empty())
        out += " (" + limit + ")";
    return out;
}

bool is_of_no_family(std::string_view line) {
    const auto words = plain_command(line);
    const auto is_table = [&](const char* name) { return !words.empty() && words[0] == name; };
    if (!is_table("ip46tables") && !is_table("iptables") && !is_table("ip6tables"))
        return false;
    for (std::size_t at = 1; at < words.size(); ++at) {
        const auto address = address_of(words, at);
        const bool six = address.find(':') != address.npos;
        const bool four = !six && address.find('.') != address.npos &&
                          address.find_first_not_of("0123456789./,-") == address.npos;
        if ((six && !is_table("ip6tables")) || (four && !is_table("iptables")))
            return true;
    }
    return false;
}

std::optional<std::vector<Opening>> parse_iptables_opening(std::string_view line) {
    const auto words = words_of(line);
    std::size_t at = 0;
    if (words.empty() ||
        (words[0] != "ip46tables" && words[0] != "iptables" && words[0] != "ip6tables"))
        return std::nullopt;
    IptablesMatch match;
    if (words[0] != "ip46tables")
        match.opening.limit = words[0] == "iptables" ? "IPv4" : "IPv6";
    at = words.size() > 1 && words[1] == "-w" ? 2 : 1;
    if (words.size() < at + 2 || words[at] != "-A" || words[at + 1] != "nixos-fw")
        return std::nullopt;
    for (at += 2; at < words.size(); at += 2)
        if (at + 1 >= words.size() || !is_plain(words[at]) || !is_plain(words[at + 1]) ||
            !take(match, words[at], words[at + 1]))
            return std::nullopt;
    if (!match.accepts || is_of_no_family(line))
        return std::nullopt;
    if (match.ports.empty()) {
        if (!match.opening.protocol.empty() || match.opening.interface.empty())
            return std::nullopt;
        match.opening.protocol = "any";
        return std::vector{match.opening};
    }
    if (match.opening.protocol.empty())
        return std::nullopt;
    return openings_of(match.opening, match.ports);
}

namespace {

/// `{ a, b }` or `a`: its words, quotes dropped, and where they end; empty when it is no such set.
Words nft_set(const Words& words, std::size_t& at) {
    Words out;
    const auto add = [&](std::string word) {
        std::erase(word, '"');
        if (word.ends_with(','))
            word.pop_back();
        if (!is_plain(word))
            return false;
        out.push_back(std::move(word));
        return true;
    };
    if (at < words.size() && words[at] != "{")
        return add(words[at++]) ? out : Words{};
    for (++at; at < words.size() && words[at] != "}"; ++at)
        if (!add(words[at]))
            return {};
    return at++ < words.size() ? out : Words{};
}

/// What follows `accept` may only be one comment in quotes, with no second statement behind it.
bool ends_in_accept(const Words& words, std::size_t at) {
    if (at >= words.size() || words[at] != "accept")
        return false;
    if (at + 1 == words.size())
        return true;
    if (words[at + 1] != "comment" || at + 2 >= words.size())
        return false;
    std::string text;
    for (at += 2; at < words.size(); ++at)
        text += (text.empty() ? "" : " ") + words[at];
    return text.size() > 1 && text.front() == '"' && text.find('"', 1) == text.size() - 1 &&
           text.find('\\') == text.npos;
}

} // namespace

std::optional<std::vector<Opening>> parse_nft_opening(std::string_view line) {
    const auto words = words_of(line);
    std::size_t at = 0;
    Words interfaces{""};
    if (words.size() > 2 && (words[0] == "iifname" || words[0] == "iif"))
        interfaces = nft_set(words, at = 1);
    Opening opening{.protocol = "any"};
    Words ports{""};
    if (at + 2 < words.size() && (words[at] == "tcp" || words[at] == "udp") &&
        words[at + 1] == "dport") {
        opening.protocol = words[at];
        ports = nft_set(words, at += 2);
    }
    const bool everything = opening.protocol == "any";
    if (interfaces.empty() || ports.empty() || !ends_in_accept(words, at) ||
        (everything && interfaces.front().empty()))
        return std::nullopt;
    // A line that opens more is left to be read by a person.
    constexpr std::size_t most = 1'024;
    if (interfaces.size() * ports.size() > most)
        return std::nullopt;
    std::vector<Opening> out;
    for (const auto& interface : interfaces)
        for (const auto& port : ports) {
            opening.interface = interface;
            if (!everything && !parse_ports(port, opening))
                return std::nullopt;
            out.push_back(opening);
        }
    return out;
}

} // namespace agentd::evaluator::effects
