#include "audit/seal.hpp"
#include "audit/tree.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace agentd;
using namespace agentd::audit;

namespace {
const std::string seed(32, '\x07');
core::Ed25519Key key() {
    return std::move(*core::Ed25519Key::from_seed(seed));
}
VerifierKey verifier() {
    return *VerifierKey::make("agentd/web", key().public_key());
}
Checkpoint head() {
    return {.origin = "agentd/web", .size = 30, .root = leaf_hash("x")};
}
} // namespace

TEST_CASE("a note signed here opens with the key and says what was signed") {
    const auto opened = open_note(sign_note(head(), key()), verifier());
    REQUIRE(opened);
    CHECK(*opened == head());
}

TEST_CASE("no byte of a seal can be changed, and none added or cut off") {
    const std::string line = seal_line(sign_note(head(), key()));
    const auto opens = [](std::string_view bytes) {
        const auto note = note_of_seal(bytes);
        return note && open_note(*note, verifier()).has_value();
    };
    REQUIRE(opens(line));
    for (std::size_t i = 0; i < line.size(); ++i) {
        for (const int bit : {0x01, 0x02, 0x20, 0x80}) {
            std::string changed = line;
            changed[i] = static_cast<char>(changed[i] ^ bit);
            INFO("byte " << i << " bit " << bit);
            REQUIRE_FALSE(opens(changed));
        }
        REQUIRE_FALSE(opens(line.substr(0, i)));
    }
    CHECK_FALSE(opens(line + " "));
    CHECK_FALSE(opens(" " + line));
}

TEST_CASE("spare bits in the base64 of a signature are refused") {
    // 68 bytes end in `==`-less text with spare bits: the last digit before the padding has some.
    std::string note = sign_note(head(), key());
    const auto at = note.find_last_not_of("=\n");
    REQUIRE(note[at + 1] == '=');
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    note[at] = digits[digits.find(note[at]) + 1];
    CHECK_FALSE(open_note(note, verifier()));
}

TEST_CASE("a seal by another key or for another log is refused") {
    const auto other = core::Ed25519Key::generate();
    CHECK(open_note(sign_note(head(), other), verifier()).problem().code == "wrong_key");
    Checkpoint elsewhere = head();
    elsewhere.origin = "agentd/db";
    CHECK(open_note(sign_note(elsewhere, key()), verifier()).problem().code == "wrong_key");
}

TEST_CASE("a size with leading zeros or a sign is refused even when it is signed") {
    const std::string text = "agentd/web\n030\n" + core::base64_encode(std::string(32, 'r')) + "\n";
    const auto signature = key().sign(text);
    const std::string blob =
        verifier().key_hash() + std::string(reinterpret_cast<const char*>(signature.data()), 64);
    const std::string note = text + "\n\xE2\x80\x94 agentd/web " + core::base64_encode(blob) + "\n";
    CHECK_FALSE(open_note(note, verifier()));
}

TEST_CASE("a key and a signature made by another implementation are read as they were meant") {
    // The example of Go's golang.org/x/mod/sumdb/note.
    const std::string vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const std::string text = "If you think cryptography is the answer to your problem,\n"
                             "then you don't know what your problem is.\n";
    const auto blob =
        core::base64_decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC"
                            "2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=");
    const auto key = VerifierKey::parse(vkey);
    REQUIRE(key);
    REQUIRE(blob);
    CHECK(blob->substr(0, 4) == key->key_hash());
    core::Ed25519Signature signature{};
    std::copy(blob->begin() + 4, blob->end(), signature.begin());
    CHECK(core::ed25519_verify(key->key(), text, signature));
}

TEST_CASE("a printed key is read back, and with any byte changed it is refused") {
    const std::string own = verifier().str();
    REQUIRE(VerifierKey::parse(own));
    CHECK(*VerifierKey::parse(own) == verifier());
    for (std::size_t i = 0; i < own.size(); ++i) {
        std::string changed = own;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        REQUIRE_FALSE(VerifierKey::parse(changed));
    }
}
