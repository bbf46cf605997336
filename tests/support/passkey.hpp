/// @file
/// An authenticator for tests: real keys and signatures by OpenSSL, every field to be tampered
/// with.
#pragma once

#include "agentd/core/crypto.hpp"
#include "proposals/approvers.hpp"
#include "proposals/webauthn.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace agentd::test {

/// What goes into an assertion or a registration, before it is signed.
struct PasskeyAnswer {
    std::string type{};
    std::string challenge{};
    std::string origin{};
    std::string site{};        ///< the rp id that is hashed
    unsigned flags = 0x05;     ///< user present, user verified
    std::string more_client{}; ///< more JSON members, beginning with a comma
    std::string more_data{};   ///< behind the counter
    std::string client_json() const {
        return R"({"type":")" + type + R"(","challenge":")" + challenge + R"(","origin":")" +
               origin + R"(","crossOrigin":false)" + more_client + "}";
    }
};

class Authenticator {
  public:
    enum class Kind { es256, eddsa, rs256, rsa1024, p384 };
    using Tamper = std::function<void(PasskeyAnswer&)>;

    explicit Authenticator(Kind kind = Kind::es256, std::string origin = "http://localhost:8484",
                           std::string rp_id = "localhost")
        : kind_(kind), key_(make(kind), &EVP_PKEY_free), origin_(std::move(origin)),
          rp_id_(std::move(rp_id)), credential_(core::random_bytes(32)) {}

    std::uint32_t counter = 0; ///< of the next answer

    std::string spki() const {
        unsigned char* der = nullptr;
        const int length = i2d_PUBKEY(key_.get(), &der);
        std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
        OPENSSL_free(der);
        return out;
    }
    std::string line(const std::string& name) const {
        return "passkey " + name + " " + core::base64_encode(credential_) + " " +
               core::base64_encode(spki()) + " " + rp_id_ + " " + origin_;
    }
    proposals::Approver approver(const std::string& name = "alice") const {
        return proposals::parse_approver_line(line(name)).value();
    }

    proposals::Assertion get(const std::string& message, const Tamper& tamper = {}) const {
        const PasskeyAnswer answer = made("webauthn.get", message, tamper);
        proposals::Assertion out{.authenticator_data = data_of(answer),
                                 .client_data = answer.client_json()};
        out.signature = sign(out.authenticator_data + raw_sha256(out.client_data));
        return out;
    }
    proposals::Registration create(const std::string& message, const Tamper& tamper = {}) const {
        const PasskeyAnswer answer = made("webauthn.create", message, [&](PasskeyAnswer& plain) {
            plain.flags |= 0x40;
            plain.more_data = std::string(16, '\0') + std::string("\0\x20", 2) + credential_ +
                              "\xa5 the key in CBOR, which nobody reads";
            if (tamper) {
                tamper(plain);
            }
        });
        return {.authenticator_data = data_of(answer),
                .client_data = answer.client_json(),
                .spki = spki()};
    }
    const std::string& credential() const { return credential_; }

  private:
    static EVP_PKEY* make(Kind kind) {
        switch (kind) {
        case Kind::es256:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
        case Kind::p384:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
        case Kind::eddsa:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        case Kind::rs256:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
        case Kind::rsa1024:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024});
        }
        return nullptr;
    }
    static std::string raw_sha256(const std::string& bytes) {
        const auto digest = core::sha256(bytes).bytes();
        return {reinterpret_cast<const char*>(digest.data()), digest.size()};
    }
    PasskeyAnswer made(const char* type, const std::string& message, const Tamper& tamper) const {
        PasskeyAnswer answer{.type = type,
                             .challenge = proposals::passkey_challenge(message),
                             .origin = origin_,
                             .site = rp_id_};
        if (tamper) {
            tamper(answer);
        }
        return answer;
    }
    std::string data_of(const PasskeyAnswer& answer) const {
        std::string data = raw_sha256(answer.site) + static_cast<char>(answer.flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            data += static_cast<char>((counter >> shift) & 0xff);
        }
        return data + answer.more_data;
    }
    std::string sign(const std::string& bytes) const {
        std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
        const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
        std::string out(1024, '\0');
        std::size_t length = out.size();
        const EVP_MD* method = kind_ == Kind::eddsa ? nullptr : EVP_sha256();
        if (EVP_DigestSignInit(context.get(), nullptr, method, nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length, in,
                           bytes.size()) != 1) {
            return {};
        }
        out.resize(length);
        return out;
    }

    Kind kind_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::string origin_;
    std::string rp_id_;
    std::string credential_;
};

} // namespace agentd::test
