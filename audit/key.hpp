/// @file
/// The log's signing key on disk.
#pragma once

#include "agentd/core/crypto.hpp"

#include <string>

namespace agentd::audit {

/// Reads the seed at `path` (base64 of 32 bytes and LF). Failure when it is missing, malformed, or
/// readable by anybody but its owner.
core::Ed25519Key load_key(const std::string& path);
/// Makes a key and writes it durably, 0600. Failure when there is already something at `path`.
core::Ed25519Key make_key(const std::string& path);

} // namespace agentd::audit
