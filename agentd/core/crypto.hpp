/// @file
/// Hashes, signatures and random bytes: the one place that includes libcrypto and libsodium.
#pragma once

#include "agentd/core/digest.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::core {

/// SHA-256 in one go (FIPS 180-4, by libcrypto).
Digest sha256(std::string_view bytes);

/// SHA-256 piece by piece. Not copyable; `finish` may be called once.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(std::string_view bytes);
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-512 in one go: 64 raw bytes (SSH signatures hash their message with it).
std::string sha512(std::string_view bytes);

std::string base64_encode(std::string_view bytes);
/// Strict RFC 4648 with padding: no white space, spare bits must be zero.
std::optional<std::string> base64_decode(std::string_view text);
/// Without padding, `+` and `/`, as `ssh-keygen -l` prints fingerprints.
std::string base64_encode_unpadded(std::string_view bytes);
std::string hex_encode(std::string_view bytes);

/// Bytes from the kernel's generator.
std::string random_bytes(std::size_t count);
/// Time does not depend on where the inputs differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

/// A signing key (RFC 8032). The seed is wiped when the key goes.
class Ed25519Key {
public:
    static Ed25519Key generate();
    /// @param seed exactly 32 bytes, else nullopt.
    static std::optional<Ed25519Key> from_seed(std::string_view seed);
    Ed25519Key(Ed25519Key&& other) noexcept;
    Ed25519Key& operator=(Ed25519Key&& other) noexcept;
    ~Ed25519Key();

    Ed25519Public public_key() const noexcept;
    std::string seed() const;
    Ed25519Signature sign(std::string_view message) const;

private:
    Ed25519Key() = default;
    std::array<std::uint8_t, 64> secret_{};
};

bool ed25519_verify(const Ed25519Public& key, std::string_view message,
                    const Ed25519Signature& signature) noexcept;

/// ECDSA on P-256 with SHA-256 as WebCrypto gives it.
/// @param spki DER SubjectPublicKeyInfo; any other curve or key type is refused.
/// @param signature raw r‖s, 64 bytes.
bool p256_verify(std::string_view spki, std::string_view message, std::string_view signature);
/// True when `spki` is one P-256 public key and nothing else.
bool is_p256_spki(std::string_view spki);

} // namespace agentd::core
