/// @file
/// Signatures of public keys as browsers hand them out: SubjectPublicKeyInfo of three kinds.
#pragma once

#include <optional>
#include <string_view>

namespace agentd::core {

/// What WebAuthn calls ES256 (-7), EdDSA (-8) and RS256 (-257).
enum class SpkiKind { es256, eddsa, rs256 };

/// The kind of a key: P-256 as an uncompressed point, Ed25519, or RSA of 2048 to 4096 bits with an
/// odd exponent of 3 to 32 bits. nullopt for anything else, also for a key that has a second
/// spelling or bytes behind it.
/// @param spki DER SubjectPublicKeyInfo (RFC 5280).
std::optional<SpkiKind> spki_kind(std::string_view spki);

/// A signature as authenticators make it (WebAuthn 6.5.5): ES256 as a DER sequence, EdDSA as 64
/// bytes, RS256 as PKCS #1 v1.5 with SHA-256. False for a key without a kind.
bool spki_verify(std::string_view spki, std::string_view message, std::string_view signature);

} // namespace agentd::core
