/// @file
/// How a sentence names what somebody else named: short, and without what could speak for agentd.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::explanation {

/// Its beginning and its end, with `…` between, where it is longer than about `limit` bytes: what
/// a classifier says last is often what is grave.
std::string clipped(const std::string& text, std::size_t limit);

/// `a, b, c and 9 more`
std::string some_of(const std::vector<std::string>& names);

/// `the key ssh-ed25519 SHA256:…`: type and digest alone. A key's comment and options are free
/// text, and stay in the fact. `a key` where it is no plain one.
std::string key_named(std::string_view name);

/// The ports that lines of commands and settings speak of: numbers where ports stand, in commands,
/// environments and what a socket listens on. No part of a version, a time or a share.
std::set<std::string> ports_spoken(std::string_view lines);

} // namespace agentd::explanation
