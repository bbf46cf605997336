#include "agentd/core/crypto.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/failure.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace agentd::core {

namespace {

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// Fetched once: a fetch for each hash costs more than hashing an entry.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    AGENTD_CHECK(method != nullptr);
    return method;
}

void ensure_sodium() { AGENTD_CHECK(sodium_init() >= 0); }

int hex_value(char c) noexcept {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

std::optional<Digest> Digest::parse(std::string_view hex) noexcept {
    if (hex.size() != 2 * size) {
        return std::nullopt;
    }
    Bytes bytes{};
    for (std::size_t i = 0; i < size; ++i) {
        const int high = hex_value(hex[2 * i]);
        const int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return Digest(bytes);
}

std::string Digest::hex() const {
    return hex_encode({reinterpret_cast<const char*>(bytes_.data()), bytes_.size()});
}

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    AGENTD_CHECK(EVP_DigestInit_ex2(state_->context.get(), sha256_method(), nullptr) == 1);
}
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    AGENTD_CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
    Digest::Bytes out{};
    unsigned length = 0;
    AGENTD_CHECK(EVP_DigestFinal_ex(state_->context.get(), out.data(), &length) == 1);
    AGENTD_CHECK(length == out.size());
    return Digest(out);
}

Digest sha256(std::string_view bytes) {
    Digest::Bytes out{};
    unsigned length = 0;
    AGENTD_CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, sha256_method(),
                            nullptr) == 1);
    return Digest(out);
}

std::string sha512(std::string_view bytes) {
    std::string out(64, '\0');
    unsigned length = 0;
    AGENTD_CHECK(EVP_Digest(bytes.data(), bytes.size(),
                            reinterpret_cast<unsigned char*>(out.data()), &length, EVP_sha512(),
                            nullptr) == 1);
    AGENTD_CHECK(length == out.size());
    return out;
}

std::string base64_encode(std::string_view bytes) {
    ensure_sodium();
    std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    out.pop_back();
    return out;
}

std::string base64_encode_unpadded(std::string_view bytes) {
    std::string out = base64_encode(bytes);
    while (!out.empty() && out.back() == '=') {
        out.pop_back();
    }
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    ensure_sodium();
    std::string out(text.size() / 4 * 3 + 3, '\0');
    std::size_t length = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                          text.size(), nullptr, &length, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    out.resize(length);
    // One byte string has one text: spare bits and odd padding are refused.
    if (base64_encode(out) != text) {
        return std::nullopt;
    }
    return out;
}

std::string hex_encode(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string random_bytes(std::size_t count) {
    ensure_sodium();
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Ed25519Key Ed25519Key::generate() {
    ensure_sodium();
    Ed25519Key key;
    Ed25519Public unused{};
    crypto_sign_keypair(unused.data(), key.secret_.data());
    return key;
}

std::optional<Ed25519Key> Ed25519Key::from_seed(std::string_view seed) {
    ensure_sodium();
    if (seed.size() != crypto_sign_SEEDBYTES) {
        return std::nullopt;
    }
    Ed25519Key key;
    Ed25519Public unused{};
    crypto_sign_seed_keypair(unused.data(), key.secret_.data(), bytes_of(seed));
    return key;
}

Ed25519Key::Ed25519Key(Ed25519Key&& other) noexcept : secret_(other.secret_) {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

Ed25519Key& Ed25519Key::operator=(Ed25519Key&& other) noexcept {
    if (this != &other) {
        secret_ = other.secret_;
        sodium_memzero(other.secret_.data(), other.secret_.size());
    }
    return *this;
}

Ed25519Key::~Ed25519Key() { sodium_memzero(secret_.data(), secret_.size()); }

Ed25519Public Ed25519Key::public_key() const noexcept {
    Ed25519Public out{};
    std::copy(secret_.begin() + 32, secret_.end(), out.begin());
    return out;
}

std::string Ed25519Key::seed() const {
    return {reinterpret_cast<const char*>(secret_.data()), crypto_sign_SEEDBYTES};
}

Ed25519Signature Ed25519Key::sign(std::string_view message) const {
    Ed25519Signature out{};
    crypto_sign_detached(out.data(), nullptr, bytes_of(message), message.size(), secret_.data());
    return out;
}

bool ed25519_verify(const Ed25519Public& key, std::string_view message,
                    const Ed25519Signature& signature) noexcept {
    return sodium_init() >= 0 && crypto_sign_verify_detached(signature.data(), bytes_of(message),
                                                             message.size(), key.data()) == 0;
}

namespace {

using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

PublicKey parse_p256(std::string_view spki) {
    const unsigned char* at = bytes_of(spki);
    PublicKey key(spki.size() > 256 ? nullptr
                                    : d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())),
                  &EVP_PKEY_free);
    std::array<char, 32> group{};
    if (!key || at != bytes_of(spki) + spki.size() || !EVP_PKEY_is_a(key.get(), "EC") ||
        EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                       group.size(), nullptr) != 1 ||
        std::string_view(group.data()) != "prime256v1") {
        return {nullptr, &EVP_PKEY_free};
    }
    return key;
}

/// WebCrypto's r‖s as the DER sequence that libcrypto wants.
std::string der_signature(std::string_view raw) {
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> sig(ECDSA_SIG_new(), &ECDSA_SIG_free);
    BIGNUM* r = BN_bin2bn(bytes_of(raw), 32, nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw) + 32, 32, nullptr);
    AGENTD_CHECK(sig && r != nullptr && s != nullptr);
    AGENTD_CHECK(ECDSA_SIG_set0(sig.get(), r, s) == 1);
    std::string der(80, '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    const int length = i2d_ECDSA_SIG(sig.get(), &out);
    AGENTD_CHECK(length > 0 && static_cast<std::size_t>(length) <= der.size());
    der.resize(static_cast<std::size_t>(length));
    return der;
}

} // namespace

bool is_p256_spki(std::string_view spki) { return parse_p256(spki) != nullptr; }

bool p256_verify(std::string_view spki, std::string_view message, std::string_view signature) {
    const PublicKey key = parse_p256(spki);
    if (!key || signature.size() != 64) {
        return false;
    }
    const std::string der = der_signature(signature);
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, sha256_method(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(message),
                            message.size()) == 1;
}

} // namespace agentd::core
