/// @file
/// Signed checkpoints in C2SP's forms (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), read
/// strictly: of one value there is one spelling.
#pragma once

#include "agentd/core/crypto.hpp"
#include "agentd/core/digest.hpp"
#include "agentd/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::audit {

/// What a seal signs: this log had this root at this size.
struct Checkpoint {
    std::string origin{};
    std::uint64_t size = 0;
    core::Digest root{core::Digest::Bytes{}};
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// A public key with its name: `<name>+<8 hex>+<base64(0x01 ‖ key)>`.
class VerifierKey {
  public:
    /// Refuses a key hash that is not the key's, and every other spelling.
    static std::optional<VerifierKey> parse(std::string_view vkey);
    static std::optional<VerifierKey> make(std::string name, const core::Ed25519Public& key);

    const std::string& name() const noexcept { return name_; }
    const core::Ed25519Public& key() const noexcept { return key_; }
    /// First four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ key).
    std::string key_hash() const;
    std::string str() const;
    friend bool operator==(const VerifierKey&, const VerifierKey&) = default;

  private:
    VerifierKey(std::string name, const core::Ed25519Public& key)
        : name_(std::move(name)), key_(key) {}
    std::string name_;
    core::Ed25519Public key_;
};

/// The name of a log: 1 to 200 bytes of `[A-Za-z0-9._/-]`.
bool is_origin(std::string_view text) noexcept;

/// The signed note of `checkpoint`, text and one signature line, LF at the end.
/// `checkpoint.origin` must be an origin.
std::string sign_note(const Checkpoint& checkpoint, const core::Ed25519Key& key);

/// The checkpoint of a note that holds exactly one signature, by `key`, over this log's origin.
core::Result<Checkpoint> open_note(std::string_view note, const VerifierKey& key);

inline constexpr std::string_view seal_prefix = "{\"seal\":\"";
/// `{"seal":"<note>"}` without LF.
std::string seal_line(std::string_view note);
/// The note of such a line, or nullopt when it is not exactly what `seal_line` writes.
std::optional<std::string> note_of_seal(std::string_view line);

} // namespace agentd::audit
