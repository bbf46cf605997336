#include "audit/seal.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::audit {

using core::Problem;
using core::Result;

namespace {

constexpr char ed25519_algorithm = '\x01';
constexpr std::string_view em_dash_space = "\xE2\x80\x94 ";
constexpr std::size_t max_note = 2048;

template <class Array> std::string_view view_of(const Array& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Array> Array array_of(std::string_view bytes) {
    Array out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

std::string note_text(const Checkpoint& checkpoint) {
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
           core::base64_encode(view_of(checkpoint.root.bytes())) + "\n";
}

/// The signature line's bytes are determined by text, name and signature.
std::string assemble(const std::string& text, const VerifierKey& key,
                     const core::Ed25519Signature& signature) {
    const std::string blob = key.key_hash() + std::string(view_of(signature));
    return text + "\n" + std::string(em_dash_space) + key.name() + " " + core::base64_encode(blob) +
           "\n";
}

Problem damaged(std::string message) {
    return {.code = "bad_seal", .message = std::move(message)};
}

} // namespace

bool is_origin(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-' || c == '/';
    });
}

std::optional<VerifierKey> VerifierKey::make(std::string name, const core::Ed25519Public& key) {
    return is_origin(name) ? std::optional(VerifierKey(std::move(name), key)) : std::nullopt;
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view vkey) {
    const auto first = vkey.find('+');
    const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
    if (second == std::string_view::npos) {
        return std::nullopt;
    }
    const auto blob = core::base64_decode(vkey.substr(second + 1));
    if (!blob || blob->size() != 33 || blob->front() != ed25519_algorithm) {
        return std::nullopt;
    }
    auto key = make(std::string(vkey.substr(0, first)),
                    array_of<core::Ed25519Public>(std::string_view(*blob).substr(1)));
    if (!key || key->str() != vkey) {
        return std::nullopt;
    }
    return key;
}

std::string VerifierKey::key_hash() const {
    const auto digest = core::sha256(name_ + "\n" + ed25519_algorithm + std::string(view_of(key_)));
    return std::string(view_of(digest.bytes()).substr(0, 4));
}

std::string VerifierKey::str() const {
    return name_ + "+" + core::hex_encode(key_hash()) + "+" +
           core::base64_encode(ed25519_algorithm + std::string(view_of(key_)));
}

std::string sign_note(const Checkpoint& checkpoint, const core::Ed25519Key& key) {
    const auto vkey = VerifierKey::make(checkpoint.origin, key.public_key());
    AGENTD_CHECK(vkey.has_value());
    const std::string text = note_text(checkpoint);
    return assemble(text, *vkey, key.sign(text));
}

Result<Checkpoint> open_note(std::string_view note, const VerifierKey& key) {
    if (note.size() > max_note) {
        return damaged("a seal of " + std::to_string(note.size()) + " bytes");
    }
    const auto parts = core::split(note, '\n');
    // origin, size, root, an empty line, one signature, and nothing behind the last LF
    if (parts.size() != 6 || !parts[3].empty() || !parts[5].empty()) {
        return damaged("not of the form origin, size, root, one signature");
    }
    const auto size = core::parse_integer(parts[1]);
    const auto root = core::base64_decode(parts[2]);
    const auto blob_at = parts[4].rfind(' ');
    if (!size || *size < 0 || !root || root->size() != core::Digest::size ||
        blob_at == std::string_view::npos) {
        return damaged("size, root or signature is malformed");
    }
    if (parts[0] != key.name()) {
        return Problem{.code = "wrong_key",
                       .message = "sealed for another log: `" +
                                  core::shorten(core::printable(core::to_utf8(parts[0])), 80) +
                                  "`"};
    }
    const auto blob = core::base64_decode(parts[4].substr(blob_at + 1));
    if (!blob || blob->size() != 4 + core::Ed25519Signature{}.size()) {
        return damaged("the signature is malformed");
    }
    Checkpoint checkpoint{.origin = key.name(),
                          .size = static_cast<std::uint64_t>(*size),
                          .root = core::Digest(array_of<core::Digest::Bytes>(*root))};
    const auto signature = array_of<core::Ed25519Signature>(std::string_view(*blob).substr(4));
    const std::string text = note_text(checkpoint);
    if (blob->substr(0, 4) != key.key_hash()) {
        return Problem{.code = "wrong_key", .message = "signed with another key"};
    }
    if (assemble(text, key, signature) != note) {
        return damaged("not spelled as a seal is");
    }
    if (!core::ed25519_verify(key.key(), text, signature)) {
        return damaged("the signature does not fit the text");
    }
    return checkpoint;
}

std::string seal_line(std::string_view note) {
    return core::canonical(core::Json{{"seal", std::string(note)}});
}

std::optional<std::string> note_of_seal(std::string_view line) {
    const auto parsed = core::parse_json(line, {.bytes = 2 * max_note, .depth = 2});
    if (!parsed || !parsed->is_object() || parsed->size() != 1) {
        return std::nullopt;
    }
    const auto it = parsed->find("seal");
    if (it == parsed->end() || !it->is_string()) {
        return std::nullopt;
    }
    auto note = it->get<std::string>();
    return seal_line(note) == line ? std::optional(std::move(note)) : std::nullopt;
}

} // namespace agentd::audit
