#include "evaluator/effects/firewall.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/effects/firewall_undone.hpp"
#include "evaluator/effects/script_folder.hpp"
#include "evaluator/effects/store_text.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t largest_script = 1U << 20;
constexpr std::size_t most_scripts = 32;
constexpr int deepest = 4;
constexpr std::size_t most_openings = 8'192; ///< lines beyond are compared as text

/// One script the unit runs.
struct Script {
    std::string name;
    std::string text;
};

/// Every text the commands lead to, each once: scripts made for this system, not those of packages.
class Scripts {
  public:
    explicit Scripts(const Side& side) : side_(side) {}

    void follow(std::string_view text, int depth) {
        for (const auto& reference : store_references(text, side_.store.prefix())) {
            if ((!parse_package_name(reference.name).version.empty() &&
                 !is_script(reference.top, side_.store)))
                continue;
            const auto path =
                std::string(text.substr(reference.begin, reference.full_end - reference.begin));
            if (!seen_.insert(path).second)
                continue;
            if (side_.store.resolve(path).end != Resolved::End::file)
                continue;
            auto bytes = depth > deepest || found.size() >= most_scripts
                             ? std::nullopt
                             : side_.store.read(path, largest_script);
            if (!bytes || bytes->find('\0') != std::string::npos) {
                unread += "not read: " + path + "\n"; // with its hash: another one is a change
                continue;
            }
            found.push_back({.name = reference.name, .text = *bytes});
            follow(*bytes, depth + 1);
        }
    }

    std::vector<Script> found;
    std::string unread;

  private:
    const Side& side_;
    std::set<std::string> seen_;
};

/// True of a line that takes no packet away from the openings below it: a comment, a rule of
/// another table, for ICMP only, or one that lets in.
bool leaves_order(std::string_view line) {
    constexpr std::string_view quiet = " 2> /dev/null || true";
    if (line.empty() || line.starts_with('#'))
        return true;
    if (line.ends_with(quiet))
        line.remove_suffix(quiet.size());
    const auto words = core::split(line, ' ');
    const auto follows = [&](std::string_view option, std::string_view value) {
        for (std::size_t at = 0; at + 1 < words.size(); ++at)
            if (words[at] == option && words[at + 1] == value)
                return true;
        return false;
    };
    if (line.find_first_of(";&|<>`$()\\\"'{}!") != line.npos ||
        (words[0] != "ip46tables" && words[0] != "iptables" && words[0] != "ip6tables"))
        return false;
    if (std::none_of(words.begin(), words.end(),
                     [](std::string_view word) { return word.ends_with("nixos-fw"); }))
        return follows("-t", "mangle") || follows("-t", "raw") || follows("-t", "nat");
    return follows("-A", "nixos-fw") &&
           (follows("-p", "icmp") || follows("-p", "icmpv6") || follows("-p", "ipv6-icmp") ||
            follows("-j", "nixos-fw-accept") || follows("-j", "ACCEPT"));
}

/// Openings count only between the making of the chain and the refusal that ends it, and above
/// every line that may refuse before they are reached: below one, it matters where they stand.
void read_iptables(const Script& script, std::string_view prefix, bool start, Firewall& out,
                   FirewallUndone& undone) {
    bool built = false;
    bool inside = false;
    bool continued = false;
    bool refuses = false;
    bool entered = false;
    bool ordered = false;
    for (const auto line : core::lines(script.text)) {
        const auto trimmed = core::trim(line);
        if (trimmed == "ip46tables -N nixos-fw")
            inside = built = true;
        undone.iptables(trimmed, built);
        if (trimmed == "ip46tables -A nixos-fw -j nixos-fw-log-refuse") {
            refuses = refuses || inside;
            inside = false;
        }
        entered = entered || trimmed == "ip46tables -A INPUT -j nixos-fw";
        const bool broken =
            start && !continued && is_of_no_family(trimmed) && out.broken.size() < most_openings;
        const bool starts = trimmed == "ip46tables -N nixos-fw";
        const auto openings =
            inside && !continued && !ordered && out.openings.size() < most_openings
                ? parse_iptables_opening(trimmed)
                : std::nullopt;
        ordered = ordered || (inside && !starts && (continued || !leaves_order(trimmed)));
        continued = trimmed.ends_with('\\');
        if (openings)
            out.openings.insert(openings->begin(), openings->end());
        else if (broken)
            out.broken.emplace(trimmed);
        else if (!trimmed.empty())
            out.remainder += shape_of(trimmed, prefix) + "\n";
    }
    out.filters = out.filters || (refuses && entered);
}

/// Where a line of an nftables file stands: openings count only in the chains that NixOS lets
/// incoming packets through, everything else is compared as text.
class NftPlace {
  public:
    /// True when the line opened or closed a block itself.
    bool step(std::string_view line) {
        const auto clean = core::trim(line.substr(0, line.find('#')));
        if (clean.ends_with('{')) {
            open_.emplace_back(core::trim(clean.substr(0, clean.size() - 1)));
            return true;
        }
        if (clean == "}") {
            if (!open_.empty())
                open_.pop_back();
            return true;
        }
        return false;
    }
    bool lets_in() const {
        return open_.size() == 2 && open_[0] == "table inet nixos-fw" &&
               (open_[1] == "chain input" || open_[1] == "chain input-allow");
    }
    /// True outside of blocks within a chain.
    bool is_chain() const { return open_.size() <= 2; }
    std::string chain() const {
        return open_.size() < 2 ? std::string{} : open_[0] + " / " + open_[1];
    }
    bool is_input() const { return lets_in() && open_[1] == "chain input"; }
    /// Rules are told together with where they stand, so that none can move unseen.
    std::string name() const { return core::join(open_, " / "); }

  private:
    std::vector<std::string> open_;
};

void read_nft(const Script& script, std::string_view prefix, Firewall& out,
              FirewallUndone& undone) {
    NftPlace place;
    bool hooked = false;
    bool jumps = false;
    std::set<std::string> ordered; // chains with a line that may refuse before those below it
    for (const auto line : core::lines(script.text)) {
        const auto trimmed = core::trim(line);
        undone.nft(trimmed, hooked, place.lets_in());
        if (place.step(trimmed)) {
            if (!place.is_chain())
                ordered.insert(place.chain());
            out.remainder += std::string(trimmed) + "\n";
            continue;
        }
        const auto openings = place.lets_in() && !ordered.contains(place.chain()) &&
                                      out.openings.size() < most_openings
                                  ? parse_nft_opening(trimmed)
                                  : std::nullopt;
        if (!openings && !trimmed.empty() && !trimmed.starts_with('#') &&
            !trimmed.starts_with("type filter hook "))
            ordered.insert(place.chain());
        if (openings)
            out.openings.insert(openings->begin(), openings->end());
        else if (!trimmed.empty())
            out.remainder += place.name() + ": " + shape_of(trimmed, prefix) + "\n";
        hooked = hooked || (place.is_input() && trimmed.find("hook input") != trimmed.npos &&
                            trimmed.find("policy drop") != trimmed.npos);
        jumps = jumps || trimmed.find("jump input-allow") != trimmed.npos;
    }
    out.filters = out.filters || (hooked && jumps);
}

bool is_start(std::string_view command) {
    return command.starts_with("ExecStart=");
}

/// Whether it filters is a matter of how it starts; what a reload would open may be open as well.
void read_unit(const Side& side, const std::string& name, const Unit& unit, Firewall& out) {
    const auto& prefix = side.store.prefix();
    bool filters = out.filters;
    Scripts scripts(side);
    std::size_t read = 0;
    FirewallUndone undone;
    for (const bool start : {true, false}) {
        for (const auto& command : unit.commands())
            if (is_start(command) == start) {
                out.remainder += shape_of(command, prefix) + "\n";
                scripts.follow(command, 0);
            }
        for (; read < scripts.found.size(); ++read) {
            const auto& script = scripts.found[read];
            out.remainder += "== " + script.name + "\n";
            if (script.text.find("nixos-fw") != std::string::npos &&
                script.text.find("tables") != std::string::npos && name == "firewall.service")
                read_iptables(script, prefix, start, out, undone);
            else
                read_nft(script, prefix, out, undone);
        }
        if (start)
            filters = out.filters && !undone.any();
    }
    out.remainder += scripts.unread;
    out.filters = filters;
}

} // namespace

Firewall read_firewall(const Side& side, const std::map<std::string, Unit>& units) {
    Firewall out;
    for (const std::string name : {"firewall.service", "nftables.service"}) {
        const auto unit = units.find(name);
        if (unit == units.end() || unit->second.masked || !unit->second.readable ||
            unit->second.pulled_in_by.empty())
            continue;
        out.unit += (out.unit.empty() ? "" : " ") + name;
        read_unit(side, name, unit->second, out);
    }
    return out;
}

} // namespace agentd::evaluator::effects
