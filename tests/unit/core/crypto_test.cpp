#include "agentd/core/crypto.hpp"
#include "tests/support/catch.hpp"

using namespace agentd::core;

TEST_CASE("SHA-256 agrees with the standard's own example") {
    CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 pieces;
    pieces.update("a");
    pieces.update("bc");
    CHECK(pieces.finish() == sha256("abc"));
}

TEST_CASE("a digest is 64 lower-case hex digits and nothing else") {
    const std::string hex = sha256("x").hex();
    CHECK(Digest::parse(hex)->hex() == hex);
    CHECK_FALSE(Digest::parse(hex.substr(1)));
    std::string upper = hex;
    upper[0] = 'A';
    CHECK_FALSE(Digest::parse(upper));
}

TEST_CASE("base64 has one text for each byte string") {
    CHECK(base64_decode("YQ==") == "a");
    CHECK_FALSE(base64_decode("YR=="));  // spare bits set
    CHECK_FALSE(base64_decode("YQ"));    // padding missing
    CHECK_FALSE(base64_decode("YQ==\n")); // white space
    CHECK(base64_encode_unpadded("a") == "YQ");
}

TEST_CASE("an Ed25519 signature holds for its message and key only") {
    const auto key = Ed25519Key::generate();
    const auto signature = key.sign("message");
    CHECK(ed25519_verify(key.public_key(), "message", signature));
    CHECK_FALSE(ed25519_verify(key.public_key(), "Message", signature));
    CHECK_FALSE(ed25519_verify(Ed25519Key::generate().public_key(), "message", signature));
    CHECK(Ed25519Key::from_seed(key.seed())->public_key() == key.public_key());
    CHECK_FALSE(Ed25519Key::from_seed("short"));
}

TEST_CASE("what is not one P-256 key is not taken for one") {
    CHECK_FALSE(is_p256_spki(""));
    CHECK_FALSE(is_p256_spki(std::string(91, '\x30')));
    CHECK_FALSE(p256_verify("junk", "message", std::string(64, '\0')));
}
