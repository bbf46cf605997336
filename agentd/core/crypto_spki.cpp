#include "agentd/core/crypto_spki.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>
#include <memory>

namespace agentd::core {

namespace {

using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::size_t longest_spki = 1024;
constexpr std::size_t longest_signature = 512;
constexpr std::size_t p256_spki = 91; ///< an uncompressed point with its header

const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// nullptr for what is not one key in the one spelling that DER has.
PublicKey parse(std::string_view spki) {
    PublicKey none(nullptr, &EVP_PKEY_free);
    const unsigned char* at = bytes_of(spki);
    if (spki.empty() || spki.size() > longest_spki) {
        return none;
    }
    PublicKey key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())), &EVP_PKEY_free);
    if (!key || at != bytes_of(spki) + spki.size()) {
        return none;
    }
    unsigned char* again = nullptr;
    const int length = i2d_PUBKEY(key.get(), &again);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
        again, [](unsigned char* bytes) { OPENSSL_free(bytes); });
    const bool same = length > 0 && static_cast<std::size_t>(length) == spki.size() &&
                      std::memcmp(again, spki.data(), spki.size()) == 0;
    return same ? std::move(key) : std::move(none);
}

bool is_p256(const EVP_PKEY* key, std::size_t size) {
    std::array<char, 32> group{};
    return size == p256_spki && EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                          group.size(), nullptr) == 1 &&
           std::string_view(group.data()) == "prime256v1";
}

bool is_usable_rsa(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") != 1 || EVP_PKEY_get_bits(key) < 2048 ||
        EVP_PKEY_get_bits(key) > 4096) {
        return false;
    }
    BIGNUM* exponent = nullptr;
    const bool got = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1;
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> owner(exponent, &BN_free);
    return got && BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0 &&
           BN_num_bits(exponent) <= 32;
}

std::optional<SpkiKind> kind_of(const EVP_PKEY* key, std::size_t size) {
    if (is_p256(key, size)) {
        return SpkiKind::es256;
    }
    if (EVP_PKEY_is_a(key, "ED25519") == 1) {
        return SpkiKind::eddsa;
    }
    return is_usable_rsa(key) ? std::optional(SpkiKind::rs256) : std::nullopt;
}

} // namespace

std::optional<SpkiKind> spki_kind(std::string_view spki) {
    const PublicKey key = parse(spki);
    return key ? kind_of(key.get(), spki.size()) : std::nullopt;
}

bool spki_verify(std::string_view spki, std::string_view message, std::string_view signature) {
    const PublicKey key = parse(spki);
    const auto kind = key ? kind_of(key.get(), spki.size()) : std::nullopt;
    if (!kind || signature.empty() || signature.size() > longest_signature) {
        return false;
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    const EVP_MD* method = *kind == SpkiKind::eddsa ? nullptr : EVP_sha256();
    return context && // RSA's default padding is that of PKCS #1 v1.5
           EVP_DigestVerifyInit(context.get(), nullptr, method, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                            message.size()) == 1;
}

} // namespace agentd::core
