#include "proposals/webauthn.hpp"

#include "agentd/core/crypto_spki.hpp"
#include "agentd/core/json.hpp"
#include "proposals/presence.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/passkey.hpp"

#include <nlohmann/json.hpp>

#include <random>

using namespace agentd;
using namespace agentd::proposals;
using test::Authenticator;
using test::PasskeyAnswer;
using Kind = test::Authenticator::Kind;

namespace {

constexpr const char* words = "the very bytes";
const std::string nonce(64, 'a');

std::string message_for(const std::string& statement) {
    return browser_message(core::sha256(statement).hex());
}

Presence presence_of(const Approver& who, const Assertion& assertion,
                     const std::string& about = words) {
    return {.method = PresenceMethod::passkey,
            .key_id = who.key_id,
            .signature = assertion_text(assertion),
            .signed_digest = core::sha256(about).hex()};
}

std::string code_of(const Authenticator& key, const Authenticator::Tamper& tamper) {
    const auto result = verify_assertion(key.get("m", tamper), "m", key.approver());
    return result ? "ok" : result.problem().code;
}

std::string code_at_enrolment(const Authenticator& key, const Authenticator::Tamper& tamper,
                              const std::vector<std::string>& origins = {"http://localhost:8484"}) {
    const auto result = check_registration(key.create("m", tamper), "m", origins);
    return result ? "ok" : result.problem().code;
}

} // namespace

TEST_CASE("a passkey of each kind approves a statement, and its counter is told") {
    for (const Kind kind : {Kind::es256, Kind::eddsa, Kind::rs256}) {
        Authenticator key(kind);
        key.counter = 0x01020304;
        const Approver alice = key.approver();
        const auto who = verify_presence(words, presence_of(alice, key.get(message_for(words))),
                                         std::vector{alice});
        REQUIRE(who.has_value());
        CHECK(who->name == "alice");
        CHECK(verify_assertion(key.get("m"), "m", alice).value() == 0x01020304);
        CHECK(counter_of(key.get("m")).value() == 0x01020304);
        const auto again = presence_from_json(to_json(presence_of(alice, key.get("m"))));
        REQUIRE(again.has_value());
        CHECK(again->method == PresenceMethod::passkey);
    }
}

TEST_CASE("what a passkey signed for an approval is no confirmation, and the other way round") {
    const Authenticator key;
    const std::vector approvers{key.approver()};
    const auto approve = [&](const std::string& message) {
        return verify_presence(nonce, presence_of(approvers[0], key.get(message), nonce),
                               approvers);
    };
    const auto confirm = [&](const std::string& message) {
        return verify_confirmation(nonce, presence_of(approvers[0], key.get(message), nonce),
                                   approvers);
    };
    const std::string approval = message_for(nonce);
    const std::string confirmation = std::string(confirmation_namespace) + ":" + nonce;
    CHECK(approve(approval).has_value());
    CHECK(confirm(confirmation).has_value());
    CHECK(approve(confirmation).problem().code == "wrong_challenge");
    CHECK(confirm(approval).problem().code == "wrong_challenge");
    CHECK(approve("agentd-login@v1:" + nonce).problem().code == "wrong_challenge");
}

TEST_CASE("each field of an assertion that is another than asked for is refused by name") {
    const Authenticator key;
    CHECK(code_of(key, {}) == "ok");
    const auto with = [&](auto change) { return code_of(key, change); };
    CHECK(with([](PasskeyAnswer& a) { a.type = "webauthn.create"; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.type = ""; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.challenge += "="; }) == "wrong_challenge");
    CHECK(with([](PasskeyAnswer& a) { a.challenge = passkey_challenge("n"); }) ==
          "wrong_challenge");
    for (const char* origin :
         {"http://localhost:8485", "http://localhost", "https://localhost:8484",
          "http://localhost:8484/", "http://LOCALHOST:8484", "null", ""}) {
        CHECK(with([&](PasskeyAnswer& a) { a.origin = origin; }) == "wrong_origin");
    }
    CHECK(with([](PasskeyAnswer& a) { a.site = "example.org"; }) == "wrong_site");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x01; }) == "not_verified");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x04; }) == "not_verified");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0; }) == "not_verified");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x1d; }) == "ok"); // in a backup, and it may be
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x15; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x45; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x85; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.more_data = "x"; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) {
              a.flags = 0x85;
              a.more_data = "\xa0";
          }) == "ok");
}

TEST_CASE(
    "what a browser says of its own accord is heard, what asks twice or from a frame is not") {
    const Authenticator key;
    const auto with = [&](const char* more) {
        return code_of(key, [&](PasskeyAnswer& a) { a.more_client = more; });
    };
    CHECK(with(R"(,"other_keys_can_be_added_here":"do not compare")") == "ok");
    CHECK(with(R"(,"androidPackageName":"org.mozilla.firefox")") == "ok");
    CHECK(with(R"(,"crossOrigin":true)") == "bad_assertion");
    CHECK(with(R"(,"topOrigin":"https://evil.example")") == "bad_assertion");
    CHECK(with(R"(,"challenge":"x")") == "bad_assertion");
    CHECK(with(R"(,"origin":"https://evil.example")") == "bad_assertion");
    CHECK(with(R"(} )") == "bad_assertion");
    CHECK(with((R"(,"x":")" + std::string(1024, 'x') + "\"").c_str()) == "bad_assertion");
}

TEST_CASE("an assertion of another key, or for a key of another kind, is refused") {
    const Authenticator alice;
    for (const Kind kind : {Kind::es256, Kind::eddsa, Kind::rs256}) {
        const Authenticator mallory(kind);
        const auto result = verify_assertion(mallory.get("m"), "m", alice.approver());
        CHECK(result.problem().code == "bad_signature");
        const std::vector approvers{alice.approver()};
        CHECK(verify_presence(words, presence_of(mallory.approver(), mallory.get(words)), approvers)
                  .problem()
                  .code == "unknown_key");
    }
}

TEST_CASE("no assertion with one byte changed or cut is taken") {
    const Authenticator key(Kind::eddsa); // an ECDSA signature has a second form: -s
    const Approver alice = key.approver();
    const std::vector approvers{alice};
    const Presence good = presence_of(alice, key.get(message_for(words)));
    REQUIRE(verify_presence(words, good, approvers).has_value());
    std::mt19937 random(11);
    for (std::size_t at = 0; at < good.signature.size(); ++at) {
        Presence bad = good;
        bad.signature[at] = static_cast<char>(random() % 256);
        CHECK(verify_presence(words, bad, approvers).has_value() ==
              (bad.signature == good.signature));
        bad.signature = good.signature.substr(0, at);
        CHECK_FALSE(verify_presence(words, bad, approvers).has_value());
    }
    for (const std::string& more : {std::string("."), std::string("="), std::string("\n")}) {
        Presence bad = good;
        bad.signature += more;
        CHECK(verify_presence(words, bad, approvers).problem().code == "bad_assertion");
    }
}

TEST_CASE("a browser's own signature is no passkey's, and no method stands for another") {
    const Authenticator key;
    const Approver alice = key.approver();
    const std::vector approvers{alice};
    Presence presence = presence_of(alice, key.get(message_for(words)));
    presence.method = PresenceMethod::browser;
    CHECK(verify_presence(words, presence, approvers).problem().code == "unknown_key");
    presence.method = PresenceMethod::password;
    CHECK(verify_presence(words, presence, approvers).problem().code == "presence");
    auto json = to_json(presence);
    CHECK_FALSE(presence_from_json(json).has_value());
    CHECK(satisfies(PresenceMethod::passkey, PresenceMethod::ssh));
    CHECK_FALSE(satisfies(PresenceMethod::ssh, PresenceMethod::passkey));
}

TEST_CASE("a line of a passkey is read back as it was, and none that is half one") {
    const Authenticator key(Kind::es256, "https://home.example.org:8443", "example.org");
    const auto alice = parse_approver_line(key.line("alice") + ",https://example.org  her phone");
    REQUIRE(alice.has_value());
    CHECK(alice->passkey.origins.size() == 2);
    CHECK(alice->passkey.rp_id == "example.org");
    CHECK(alice->label == "her phone");
    CHECK(parse_approver_line(approver_line(*alice)).value() == *alice);
    const std::string credential = core::base64_encode(key.credential());
    const std::string spki = core::base64_encode(key.spki());
    const auto code = [](const std::string& rest) {
        const auto read = parse_approver_line("passkey alice " + rest);
        return read ? "ok" : read.problem().code;
    };
    CHECK(code(credential + " " + spki + " localhost http://localhost:8484") == "ok");
    CHECK(code("") == "bad_key");
    CHECK(code("* " + spki + " localhost http://localhost") == "bad_key");
    CHECK(code(credential + " AAAA localhost http://localhost") == "bad_key");
    CHECK(code(credential + " " + spki) == "bad_origin");
    CHECK(code(credential + " " + spki + " localhost") == "bad_origin");
    for (const char* scope :
         {"example.org http://example.org", "example.org https://evil-example.org",
          "example.org https://example.org.evil.org", "org. https://example.org.",
          "example.org https://example.org:443", "localhost http://localhost:80",
          "example.org https://example.org:0443", "example.org https://example.org:0",
          "example.org https://example.org:65536", "example.org https://example.org/",
          "example.org https://Example.org", "Example.org https://example.org",
          "example.org https://example.org,", "192.168.1.2 https://192.168.1.2",
          "127.0.0.1 http://127.0.0.1:8484", "example.org https://a@example.org",
          "example.org https://-.example.org"}) {
        CHECK(code(credential + " " + spki + " " + scope) == "bad_origin");
    }
}

TEST_CASE("keys that authenticators do not have are none") {
    for (const Kind kind : {Kind::rsa1024, Kind::p384}) {
        const Authenticator key(kind);
        CHECK_FALSE(core::spki_kind(key.spki()));
        CHECK(parse_approver_line(key.line("alice")).problem().code == "bad_key");
        CHECK_FALSE(core::spki_verify(key.spki(), "m", "x"));
    }
    const std::string spki = Authenticator().spki();
    CHECK(core::spki_kind(spki) == core::SpkiKind::es256);
    CHECK_FALSE(core::spki_kind(spki + '\0'));
    CHECK_FALSE(core::spki_kind(spki.substr(0, spki.size() - 1)));
    CHECK_FALSE(core::spki_kind(""));
}

TEST_CASE("a passkey is enrolled for the page where it was made, and only at an address of ours") {
    const Authenticator key;
    auto registration = key.create("m");
    const std::vector<std::string> ours{"https://home.example", "http://localhost:8484"};
    const auto registered = check_registration(registration, "m", ours);
    REQUIRE(registered.has_value());
    CHECK(registered->passkey == key.approver().passkey);
    CHECK(registered->counter == 0);
    const auto with = [&](auto change) { return code_at_enrolment(key, change); };
    CHECK(with([](PasskeyAnswer& a) { a.type = "webauthn.get"; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.challenge = "x"; }) == "wrong_challenge");
    CHECK(with([](PasskeyAnswer& a) { a.origin = "http://localhost:3000"; }) == "wrong_origin");
    CHECK(with([](PasskeyAnswer& a) { a.site = "evil.example"; }) == "wrong_site");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x41; }) == "not_verified");
    CHECK(with([](PasskeyAnswer& a) { a.flags = 0x05; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.more_data.resize(20); }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.more_data[17] = '\0'; }) == "bad_assertion");
    CHECK(with([](PasskeyAnswer& a) { a.more_data[16] = '\xff'; }) == "bad_assertion");
    const Authenticator plain(Kind::es256, "http://192.168.1.2:8484", "192.168.1.2");
    CHECK(code_at_enrolment(plain, {}, {"http://192.168.1.2:8484"}) == "wrong_origin");
    registration.spki = "junk";
    CHECK(check_registration(registration, "m", ours).problem().code == "bad_key");
}
