#include "proposals/sshsig.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <optional>

namespace agentd::proposals {

using core::Problem;

namespace {

constexpr std::string_view begin_line = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view end_line = "-----END SSH SIGNATURE-----";
constexpr std::string_view magic = "SSHSIG";
constexpr std::size_t longest_armor_line = 76;

/// SSH's wire strings (RFC 4251, section 5), read from the front.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    std::optional<std::uint32_t> number() {
        if (rest_.size() < 4) {
            return std::nullopt;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = (value << 8) | static_cast<unsigned char>(rest_[i]);
        }
        rest_.remove_prefix(4);
        return value;
    }
    std::optional<std::string_view> string() {
        const auto length = number();
        if (!length || *length > rest_.size()) {
            return std::nullopt;
        }
        const auto out = rest_.substr(0, *length);
        rest_.remove_prefix(*length);
        return out;
    }
    bool literal(std::string_view expected) {
        const bool found = rest_.starts_with(expected);
        rest_.remove_prefix(found ? expected.size() : 0);
        return found;
    }
    bool at_end() const noexcept { return rest_.empty(); }

  private:
    std::string_view rest_;
};

void put_string(std::string& out, std::string_view bytes) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>((length >> shift) & 0xFFU);
    }
    out += bytes;
}

Problem bad_armor(std::string why) {
    return {.code = "bad_armor",
            .message = "not an SSH signature: " + std::move(why),
            .hint = "sign with `ssh-keygen -Y sign -n agentd-approve@v1 -f KEY FILE`"};
}

Problem unsupported(std::string_view type) {
    return {.code = "unsupported_key",
            .message = "keys of type `" + core::printable(core::shorten(core::to_utf8(type), 64)) +
                       "` are not taken",
            .hint = "use an Ed25519 key: `ssh-keygen -t ed25519`"};
}

core::Result<std::string> blob_of_armor(std::string_view armor) {
    if (armor.size() > max_ssh_armor) {
        return bad_armor("longer than " + std::to_string(max_ssh_armor) + " bytes");
    }
    if (armor.ends_with('\n')) {
        armor.remove_suffix(1);
    }
    if (!armor.starts_with(begin_line) || !armor.ends_with(end_line) ||
        armor.size() < begin_line.size() + end_line.size()) {
        return bad_armor("its first or last line is missing");
    }
    armor.remove_prefix(begin_line.size());
    armor.remove_suffix(end_line.size());
    if (!armor.ends_with('\n')) {
        return bad_armor("its last line is missing");
    }
    std::string base64;
    for (const auto line : core::lines(armor)) {
        if (line.empty() || line.size() > longest_armor_line) {
            return bad_armor("a line is empty or too long");
        }
        base64 += line;
    }
    auto blob = core::base64_decode(base64);
    if (!blob) {
        return bad_armor("not strict base64");
    }
    return std::move(*blob);
}

/// The 64 bytes inside `string "ssh-ed25519", string signature`.
core::Result<std::string> ed25519_signature(std::string_view wire) {
    WireReader in(wire);
    const auto type = in.string();
    if (type && *type != "ssh-ed25519") {
        return unsupported(*type);
    }
    const auto bytes = in.string();
    if (!type || !bytes || bytes->size() != 64 || !in.at_end()) {
        return bad_armor("the signature inside is malformed");
    }
    return std::string(*bytes);
}

} // namespace

core::Result<std::string> ed25519_of_wire(std::string_view wire) {
    WireReader in(wire);
    const auto type = in.string();
    if (!type) {
        return Problem{.code = "bad_key", .message = "not an SSH public key"};
    }
    if (*type != "ssh-ed25519") {
        return unsupported(*type);
    }
    const auto key = in.string();
    if (!key || key->size() != 32 || !in.at_end()) {
        return Problem{.code = "bad_key", .message = "the SSH public key is malformed"};
    }
    return std::string(*key);
}

core::Result<SshSignature> parse_ssh_signature(std::string_view armor) {
    const auto blob = blob_of_armor(armor);
    if (!blob) {
        return blob.problem();
    }
    WireReader in(*blob);
    if (!in.literal(magic) || in.number() != 1U) {
        return bad_armor("its version is not known");
    }
    const auto key = in.string();
    const auto name_space = in.string();
    const auto reserved = in.string();
    const auto hash = in.string();
    const auto signature = in.string();
    if (!key || !name_space || !reserved || !hash || !signature || !in.at_end()) {
        return bad_armor("it is cut off or has spare bytes");
    }
    if (!reserved->empty()) {
        return bad_armor("its reserved field is not empty");
    }
    if (*hash != "sha256" && *hash != "sha512") {
        return bad_armor("its hash is neither sha256 nor sha512");
    }
    if (auto checked = ed25519_of_wire(*key); !checked) {
        return checked.problem();
    }
    auto bytes = ed25519_signature(*signature);
    if (!bytes) {
        return bytes.problem();
    }
    return SshSignature{.public_key = std::string(*key),
                        .namespace_ = std::string(*name_space),
                        .hash = std::string(*hash),
                        .signature = std::move(bytes).value()};
}

bool verify_ssh_signature(const SshSignature& signature, std::string_view message,
                          std::string_view wanted_namespace) {
    const auto key = ed25519_of_wire(signature.public_key);
    if (!key || signature.namespace_ != wanted_namespace || wanted_namespace.empty() ||
        signature.signature.size() != 64) {
        return false;
    }
    const auto digest = core::sha256(message).bytes();
    const std::string hashed =
        signature.hash == "sha512"
            ? core::sha512(message)
            : std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
    std::string signed_data(magic);
    put_string(signed_data, signature.namespace_);
    put_string(signed_data, {});
    put_string(signed_data, signature.hash);
    put_string(signed_data, hashed);
    core::Ed25519Public public_key{};
    core::Ed25519Signature bytes{};
    std::copy(key->begin(), key->end(), public_key.begin());
    std::copy(signature.signature.begin(), signature.signature.end(), bytes.begin());
    return core::ed25519_verify(public_key, signed_data, bytes);
}

} // namespace agentd::proposals
