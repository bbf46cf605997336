#include "proposals/presence.hpp"

#include "proposals/sshsig.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"

#include <cstdlib>
#include <random>

using namespace agentd;
using namespace agentd::proposals;

namespace {

constexpr const char* words = "the very bytes";

/// A real key and what `ssh-keygen` signs with it.
class Signer {
  public:
    explicit Signer(const std::string& type = "ed25519") {
        run("/usr/bin/ssh-keygen -q -t " + type + " -N '' -C 'a laptop' -f " + dir_ / "key");
    }
    std::string sign(const std::string& message, const std::string& space = "agentd-approve@v1",
                     const std::string& options = "") {
        core::write_file_durably(dir_ / "m", message);
        run("/bin/rm -f " + dir_ / "m.sig");
        run("/usr/bin/ssh-keygen -Y sign " + options + " -n " + space + " -f " + dir_ / "key" +
            " " + dir_ / "m" + " 2>/dev/null");
        return core::read_file(dir_ / "m.sig");
    }
    std::string public_line() { return core::read_file(dir_ / "key.pub"); }
    std::vector<Approver> approvers(const std::string& name = "alice") {
        return parse_approvers("ssh " + name + " " + public_line()).approvers;
    }

  private:
    static void run(const std::string& command) { REQUIRE(std::system(command.c_str()) == 0); }
    test::TempDir dir_;
};

Presence presence_of(const std::vector<Approver>& approvers, std::string signature,
                     const std::string& message = words) {
    return {.method = PresenceMethod::ssh,
            .key_id = approvers.empty() ? "SHA256:x" : approvers.front().key_id,
            .signature = std::move(signature),
            .signed_digest = core::sha256(message).hex()};
}

std::string code_of(const core::Result<Approver>& result) {
    return result ? "ok" : result.problem().code;
}

} // namespace

TEST_CASE("what ssh-keygen signs with an approver's key is taken, with either hash") {
    Signer alice;
    const auto approvers = alice.approvers();
    REQUIRE(approvers.size() == 1);
    for (const char* hash : {"", "-O hashalg=sha256", "-O hashalg=sha512"}) {
        const auto who = verify_presence(
            words, presence_of(approvers, alice.sign(words, "agentd-approve@v1", hash)), approvers);
        REQUIRE(who.has_value());
        CHECK(who->name == "alice");
        CHECK(who->label == "a laptop");
    }
}

TEST_CASE("a signature over other bytes, for another purpose or by another key is refused") {
    Signer alice;
    Signer mallory;
    const auto approvers = alice.approvers();
    CHECK(code_of(verify_presence(words, presence_of(approvers, alice.sign("other")), approvers)) ==
          "bad_signature");
    CHECK(code_of(verify_presence(words, presence_of(approvers, alice.sign(words), "other"),
                                  approvers)) == "wrong_digest");
    CHECK(code_of(verify_presence(words, presence_of(approvers, alice.sign(words, "git")),
                                  approvers)) == "bad_namespace");
    CHECK(code_of(verify_presence(words, presence_of(approvers, mallory.sign(words)), approvers)) ==
          "bad_signature");
    CHECK(code_of(verify_presence(words, presence_of(mallory.approvers(), mallory.sign(words)),
                                  approvers)) == "unknown_key");
    CHECK(code_of(verify_presence(words, presence_of(approvers, alice.sign(words)), {})) ==
          "unknown_key");
}

TEST_CASE("a confirmation is for one nonce, by an approver, and neither it nor an approval is the "
          "other") {
    Signer alice;
    Signer mallory;
    const auto approvers = alice.approvers();
    const std::string nonce(64, 'a'), space(confirmation_namespace);
    const auto confirmed = [&](const std::string& signature, const std::string& over) {
        return code_of(
            verify_confirmation(nonce, presence_of(approvers, signature, over), approvers));
    };
    CHECK(confirmed(alice.sign(nonce, space), nonce) == "ok");
    const std::string old(64, 'b');
    CHECK(confirmed(alice.sign(old, space), old) == "wrong_nonce");
    CHECK(confirmed(alice.sign(old, space), nonce) == "bad_signature");
    CHECK(confirmed(alice.sign(nonce), nonce) == "bad_namespace");
    CHECK(confirmed(mallory.sign(nonce, space), nonce) == "bad_signature");
    CHECK(code_of(verify_confirmation(
              nonce, presence_of(mallory.approvers(), mallory.sign(nonce, space), nonce),
              approvers)) == "unknown_key");
    CHECK(code_of(verify_presence(nonce, presence_of(approvers, alice.sign(nonce, space), nonce),
                                  approvers)) == "bad_namespace");
}

TEST_CASE("other key types are refused by name, with what is taken instead") {
    Signer ecdsa("ecdsa");
    const auto file = parse_approvers("ssh bob " + ecdsa.public_line());
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems.front().code == "unsupported_key");
    CHECK(file.problems.front().where == "line 1");
    const auto signature = parse_ssh_signature(ecdsa.sign(words));
    REQUIRE_FALSE(signature.has_value());
    CHECK(signature.problem().code == "unsupported_key");
}

TEST_CASE("no truncated or mutated armour passes") {
    Signer alice;
    const auto approvers = alice.approvers();
    const std::string good = alice.sign(words);
    REQUIRE(verify_presence(words, presence_of(approvers, good), approvers).has_value());
    for (std::size_t length = 0; length + 1 < good.size(); ++length) {
        CHECK_FALSE(
            verify_presence(words, presence_of(approvers, good.substr(0, length)), approvers)
                .has_value());
    }
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        std::string bad = good;
        bad[random() % bad.size()] = static_cast<char>(random() % 256);
        const bool same = bad == good;
        // The text may be wrapped elsewhere; the bytes inside have no second form.
        const auto parsed = parse_ssh_signature(bad);
        const bool equal = parsed && *parsed == *parse_ssh_signature(good);
        CHECK(verify_presence(words, presence_of(approvers, bad), approvers).has_value() ==
              (same || equal));
    }
    CHECK_FALSE(parse_ssh_signature(good + "\n").has_value());
    CHECK_FALSE(parse_ssh_signature(" " + good).has_value());
    CHECK_FALSE(parse_ssh_signature(good + good).has_value());
}

TEST_CASE("break-glass proves nothing here and satisfies no level") {
    CHECK(code_of(verify_presence(
              words,
              {.method = PresenceMethod::break_glass, .signed_digest = core::sha256(words).hex()},
              {})) == "break_glass");
    CHECK_FALSE(satisfies(PresenceMethod::break_glass, PresenceMethod::none));
    CHECK(satisfies(PresenceMethod::ssh, PresenceMethod::browser));
    CHECK_FALSE(satisfies(PresenceMethod::browser, PresenceMethod::ssh));
}

TEST_CASE("a bad line of the approvers file is named and the others still count") {
    Signer alice;
    const auto file = parse_approvers(
        "# people\n\npasskey x y\nssh al/ice ssh-ed25519 AAAA\nssh bob ssh-ed25519 AAA*\n"
        "browser phone AAAA label\nssh alice " +
        alice.public_line() + "ssh twice " + alice.public_line());
    REQUIRE(file.approvers.size() == 1);
    CHECK(file.approvers.front().name == "alice");
    REQUIRE(file.problems.size() == 4);
    CHECK(file.problems[0].where == "line 3");
    CHECK(file.problems[1].code == "bad_name");
    CHECK(file.problems[2].code == "bad_key");
    CHECK(file.problems[3].where == "line 6");
    CHECK(*parse_approver_line(approver_line(file.approvers.front())) == file.approvers.front());
}
