/// @file
/// What the rendered firewall lets in: NixOS's iptables scripts and nftables rule sets.
#pragma once

#include "evaluator/effects/side.hpp"
#include "evaluator/effects/unit_file.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

/// Something that may come in. `protocol` "any" with `first` 0 is everything (a trusted interface).
struct Opening {
    std::string protocol{};
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    std::string interface {}; ///< empty: all
    std::string limit{};      ///< sources or destinations it is limited to; empty: none
    /// `8080/tcp`, `8000-8010/udp on wg0`, `everything on br0`
    std::string name() const;
    friend bool operator==(const Opening&, const Opening&) = default;
    friend auto operator<=>(const Opening&, const Opening&) = default;
};

struct Firewall {
    std::string unit{};   ///< `firewall.service` or `nftables.service`; empty: there is none
    bool filters = false; ///< its rules end in a refusal, so what is not listed stays out
    std::set<Opening> openings{};
    std::string remainder{}; ///< everything it runs that is no opening, builds left out
    /// Lines of its start that one of the commands they run will refuse: it may end there.
    std::set<std::string> broken{};
};

/// The firewall that a system starts. `units` are those of `etc/systemd/system`.
Firewall read_firewall(const Side& side, const std::map<std::string, Unit>& units);

/// One line of an iptables script, or nullopt when it is not exactly an opening.
std::optional<std::vector<Opening>> parse_iptables_opening(std::string_view line);
/// A rule for both families, or for one of them, that names an address of the other; false where
/// its failure is caught (`|| true`) or cannot be told.
bool is_of_no_family(std::string_view line);
/// One line of an nftables rule set.
std::optional<std::vector<Opening>> parse_nft_opening(std::string_view line);

} // namespace agentd::evaluator::effects
