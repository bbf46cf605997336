/// @file
/// The words of a Nix text that may name attributes, found without reading it as Nix.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace agentd::proposals {

/// Adds every identifier of `text`, wherever it stands (in a comment, in a string: it does no
/// harm), and the content of every short one-line string literal, which may be a quoted name:
/// `"net.ipv4.ip_forward"`. A name that is put together at evaluation is not among them.
void collect_nix_words(std::string_view text, std::set<std::string>& words);

} // namespace agentd::proposals
