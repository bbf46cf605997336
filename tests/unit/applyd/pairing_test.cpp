#include "agentd/applyd/pairing.hpp"
#include "agentd/applyd/pairing_desk.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "proposals/approvers.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixed_clock.hpp"
#include "tests/support/passkey.hpp"
#include "tests/support/temp_dir.hpp"

#include <thread>

using namespace agentd;
using applyd::Pairing;
using std::chrono::seconds;

namespace {

/// A P-256 SubjectPublicKeyInfo of a key made for tests.
constexpr const char* spki = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtZRyPk70vku7Bth2YwWrs8cjEJhETJS7g"
                             "ijYaFieP6HB+dXVTTKSM2zySdMY5hNqXzM638i0KmwQWqPbSWKGXw==";

struct Desk {
    test::TempDir dir;
    test::FixedClock clock;
    Pairing pairing{dir.path(), dir / "approvers", clock, {"http://localhost:8484"}};
    std::string approvers() const {
        return core::read_file_if_exists(dir / "approvers").value_or("");
    }
    std::string code(const std::string& token, const std::string& key, const std::string& label) {
        const auto checked = pairing.check(token, {.spki = key}, label);
        return checked ? "" : checked.problem().code;
    }
};

} // namespace

TEST_CASE("an invited browser is an approver once it is admitted, and not before") {
    Desk desk;
    const auto enrolled = desk.pairing.check(desk.pairing.invite({.label = "phone"}),
                                             {.spki = spki}, "alice's phone");
    REQUIRE(enrolled);
    CHECK(desk.approvers().empty());
    desk.pairing.admit(*enrolled);
    const auto known = proposals::parse_approvers(desk.approvers());
    REQUIRE(known.approvers.size() == 1);
    CHECK(known.problems.empty());
    CHECK(known.approvers.front().name == "phone"); // as root said, not as it calls itself
    CHECK(known.approvers.front().label == "alice-s phone");
    CHECK(known.approvers.front().key_id == enrolled->key_id);
    desk.pairing.admit(*enrolled);
    CHECK(proposals::parse_approvers(desk.approvers()).approvers.size() == 1);
}

TEST_CASE("an invitation is good once, and for two minutes") {
    Desk desk;
    const auto token = desk.pairing.invite({.label = "phone"});
    CHECK(desk.code(token, spki, "one").empty());
    CHECK(desk.code(token, spki, "two") == "bad_token");
    const auto late = desk.pairing.invite({.label = "phone"});
    desk.clock.advance(seconds(119));
    CHECK(desk.code(desk.pairing.invite({.label = "phone"}), spki, "in time").empty());
    desk.clock.advance(seconds(1));
    CHECK(desk.code(late, spki, "late") == "bad_token");
}

TEST_CASE("a token that nobody gave out is refused, also one that is a path") {
    Desk desk;
    core::make_directories(desk.dir / "invitations");
    for (const std::string& token :
         {std::string(), std::string(64, '0'), std::string("../approvers"), std::string(63, 'a'),
          std::string(64, 'A')}) {
        CHECK(desk.code(token, spki, "x") == "bad_token");
    }
}

TEST_CASE("only the digest of a token is kept, so that who reads the folder cannot enrol") {
    Desk desk;
    const auto token = desk.pairing.invite({.label = "phone"});
    CHECK_FALSE(core::read_file_if_exists(desk.dir / ("invitations/" + token)));
}

TEST_CASE("a key that is none uses the invitation up, and is refused") {
    Desk desk;
    for (const std::string& key :
         {std::string(), std::string("AAAA"), std::string(spki) + "\nssh mallory AAAA",
          std::string(spki) + " x", std::string(spki).substr(4)}) {
        const auto token = desk.pairing.invite({.label = "phone"});
        CHECK(desk.code(token, key, "x") == "bad_key");
        CHECK(desk.code(token, spki, "x") == "bad_token");
    }
}

TEST_CASE("a label cannot write a line of its own into the approvers file") {
    Desk desk;
    for (const std::string& label : {std::string("x\nssh mallory ssh-ed25519 AAAA"), std::string(),
                                     std::string("\xff\x00é", 4), std::string(5000, 'n')}) {
        const auto enrolled =
            desk.pairing.check(desk.pairing.invite({.label = label}), {.spki = spki}, label);
        REQUIRE(enrolled);
        const std::string whole = enrolled->line + "\n";
        CHECK(core::lines(whole).size() == 1);
        CHECK(enrolled->line.starts_with("browser "));
    }
}

TEST_CASE("who was an approver before stays one") {
    Desk desk;
    core::write_file_durably(desk.dir / "approvers", "# mine\nbroken line", 0644);
    const auto enrolled =
        desk.pairing.check(desk.pairing.invite({.label = "phone"}), {.spki = spki}, "phone");
    REQUIRE(enrolled);
    desk.pairing.admit(*enrolled);
    CHECK(desk.approvers() == "# mine\nbroken line\n" + enrolled->line + "\n");
}

TEST_CASE("who pairs does not say who he is: the name is what root invited") {
    Desk desk;
    const auto enrolled = desk.pairing.check(
        desk.pairing.invite({.label = "phone", .name = "victor"}), {.spki = spki}, "alice");
    REQUIRE(enrolled);
    CHECK(enrolled->name == "victor");
    CHECK(enrolled->line.starts_with("browser victor "));
}

TEST_CASE("a passkey is enrolled by an invitation that it signed for, at the page's own address") {
    Desk desk;
    test::Authenticator key;
    key.counter = 7;
    const auto offer = [&](const std::string& token) {
        const auto made = key.create(applyd::enrolment_message(token));
        return applyd::Offer{.passkey = core::base64_encode(made.authenticator_data) + "." +
                                        core::base64_encode(made.client_data) + "." +
                                        core::base64_encode(made.spki)};
    };
    const auto token = desk.pairing.invite({.name = "alice"});
    const auto enrolled = desk.pairing.check(token, offer(token), "her phone");
    REQUIRE(enrolled);
    CHECK(enrolled->method == "passkey");
    CHECK(enrolled->counter == 7);
    desk.pairing.admit(*enrolled);
    const auto known = proposals::parse_approvers(desk.approvers()).approvers;
    REQUIRE(known.size() == 1);
    CHECK(known.front().passkey == key.approver().passkey);
    CHECK(known.front().label == "her phone");

    CHECK(desk.pairing.check(token, offer(token), "again").problem().code == "bad_token");
    const auto other = desk.pairing.invite({.name = "alice"});
    CHECK(desk.pairing.check(other, offer(token), "x").problem().code == "wrong_challenge");
    CHECK(desk.pairing.check(other, offer(other), "x").problem().code == "bad_token");
    Desk elsewhere;
    Pairing closed(elsewhere.dir.path(), elsewhere.dir / "approvers", elsewhere.clock,
                   {"https://home.example"});
    const auto third = closed.invite({.name = "alice"});
    CHECK(closed.check(third, offer(third), "x").problem().code == "wrong_origin");
}

namespace {

using applyd::PairingDesk;
constexpr auto long_enough = std::chrono::minutes(5);

/// What the browser hears, when root does this meanwhile.
std::optional<bool> offered(PairingDesk& desk, const std::function<void()>& root) {
    std::optional<bool> said;
    std::jthread browser([&](const std::stop_token& stop) {
        said = desk.offer("t", {.key_id = "SHA256:phone"}, long_enough, stop);
    });
    const auto waits = desk.wait("t", long_enough, {});
    REQUIRE(waits);
    CHECK(waits->key_id == "SHA256:phone");
    root();
    browser.request_stop();
    browser.join();
    return said;
}

} // namespace

TEST_CASE("a key that a link brought waits until root says yes, to this very key") {
    PairingDesk desk;
    CHECK(desk.is_idle());
    CHECK(offered(desk, [&] { desk.answer("t", true); }) == true);
    CHECK(offered(desk, [&] { desk.answer("t", false); }) == false);
    CHECK(offered(desk, [&] {
              CHECK(desk.find("t", "SHA256:phone"));
              CHECK_FALSE(desk.find("t", "SHA256:mallory"));
              CHECK_FALSE(desk.find("u", "SHA256:phone"));
              CHECK_FALSE(desk.is_idle());
              desk.answer("u", true);
          }) == std::nullopt);
    CHECK_FALSE(desk.find("t", "SHA256:phone"));
    CHECK_FALSE(desk.wait("t", std::chrono::milliseconds(1), {}));
    CHECK(desk.is_idle());
}

TEST_CASE("page and terminal show the same code of a key") {
    CHECK(applyd::pairing_code("SHA256:phone").size() == 14);
    CHECK(applyd::pairing_code("SHA256:phone") != applyd::pairing_code("SHA256:other"));
}
