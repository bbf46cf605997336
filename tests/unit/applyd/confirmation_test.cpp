#include "agentd/applyd/confirmation.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

using namespace agentd;
using applyd::Confirmation;
using applyd::Wanted;
using applyd::Word;
using proposals::Presence;
using namespace std::chrono_literals;

namespace {

/// An approver with a real key, and a stranger with another.
struct People {
    test::TempDir dir;
    std::vector<proposals::Approver> approvers;

    People() {
        for (const char* name : {"alice", "mallory"}) {
            run("-q -t ed25519 -N '' -f " + dir / name);
        }
        approvers =
            proposals::parse_approvers("ssh alice " + core::read_file(dir / "alice.pub")).approvers;
    }
    Presence signs(const std::string& bytes, const std::string& who = "alice",
                   const std::string& space = "agentd-confirm@v1") const {
        core::write_file_durably(dir / "m", bytes);
        std::filesystem::remove(dir / "m.sig");
        run("-q -Y sign -n " + space + " -f " + dir / who + " " + dir / "m 2>/dev/null");
        const auto line = "ssh x " + core::read_file(dir / (who + ".pub"));
        return {.method = proposals::PresenceMethod::ssh,
                .key_id = proposals::parse_approvers(line).approvers.at(0).key_id,
                .signature = core::read_file(dir / "m.sig"),
                .signed_digest = core::sha256(bytes).hex()};
    }

  private:
    static void run(const std::string& words) {
        REQUIRE(std::system(("/usr/bin/ssh-keygen " + words).c_str()) == 0);
    }
};

const std::string mine = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const std::string other = "01ARZ3NDEKTSV4RRFFQ69G5FAW";
const Wanted wanted{.nonce = std::string(64, 'a'), .because = "opens TCP port 22"};

template <class Answer> std::string code(const Answer& answer) {
    return answer ? "ok" : answer.problem().code;
}

/// One that waits for a word on another thread.
struct Waiting {
    Confirmation confirmation;
    std::future<std::optional<Word>> word;

    explicit Waiting(std::chrono::milliseconds time = 60s) {
        confirmation.begin(mine);
        word = std::async(std::launch::async,
                          [this, time] { return confirmation.wait(wanted, time); });
        const Presence nobody{.method = proposals::PresenceMethod::ssh,
                              .signed_digest = std::string(64, '0')};
        while (code(confirmation.confirm(mine, nobody, {})) == "not_waiting") {
            std::this_thread::yield();
        }
    }
};

} // namespace

TEST_CASE("an approver's word over the nonce is taken, once") {
    const People people;
    Waiting waiting;
    const auto presence = people.signs(wanted.nonce);
    CHECK(code(waiting.confirmation.confirm(mine, presence, people.approvers)) == "ok");
    const auto word = waiting.word.get();
    REQUIRE(word);
    CHECK(word->confirmed);
    CHECK(word->name == "alice");
    CHECK(word->presence == presence);
    CHECK(code(waiting.confirmation.confirm(mine, presence, people.approvers)) == "not_waiting");
    CHECK_FALSE(waiting.confirmation.make_lasting());
    waiting.confirmation.finish();
    CHECK(code(waiting.confirmation.confirm(mine, presence, people.approvers)) == "not_waiting");
}

TEST_CASE("whatever is not an approver's word for this very moment is refused by name, and it goes "
          "on waiting") {
    const People people;
    Waiting waiting;
    const auto says = [&](const Presence& presence, const std::string& about = mine) {
        return code(waiting.confirmation.confirm(about, presence, people.approvers));
    };
    CHECK(says(people.signs(wanted.nonce), other) == "other_proposal");
    CHECK(says(people.signs(std::string(64, 'b'))) == "wrong_nonce");
    CHECK(says(people.signs(wanted.nonce, "mallory")) == "unknown_key");
    CHECK(says(people.signs(wanted.nonce, "alice", "agentd-approve@v1")) == "bad_namespace");
    Presence forged = people.signs(wanted.nonce, "mallory");
    forged.key_id = people.approvers.at(0).key_id;
    CHECK(says(forged) == "bad_signature");
    CHECK(says({.method = proposals::PresenceMethod::break_glass,
                .signed_digest = core::sha256(wanted.nonce).hex()}) == "break_glass");
    CHECK(says(people.signs(wanted.nonce)) == "ok");
    CHECK(waiting.word.get()->confirmed);
}

TEST_CASE("silence is no word, and what comes after it is too late") {
    const People people;
    Confirmation confirmation;
    confirmation.begin(mine);
    CHECK_FALSE(confirmation.wait(wanted, 0ms));
    CHECK(code(confirmation.confirm(mine, people.signs(wanted.nonce), people.approvers)) ==
          "not_waiting");
}

TEST_CASE("a cancel is heard by who waits, and by who is at work before") {
    Waiting waiting;
    const auto token = waiting.confirmation.cancelled();
    CHECK(code(waiting.confirmation.cancel(other, {.name = "bob"})) == "other_proposal");
    CHECK_FALSE(token.stop_requested());
    CHECK(code(waiting.confirmation.cancel(mine, {.name = "bob", .uid = 1000})) == "ok");
    CHECK(token.stop_requested());
    const auto word = waiting.word.get();
    REQUIRE(word);
    CHECK_FALSE(word->confirmed);
    const auto again = waiting.confirmation.make_lasting();
    REQUIRE(again);
    CHECK(again->name == "bob");

    Confirmation early;
    early.begin(mine);
    CHECK(code(early.cancel(mine, {.name = "bob"})) == "ok");
    CHECK(early.make_lasting());
    early.begin(other); // the next one begins anew
    CHECK_FALSE(early.cancelled().stop_requested());
    CHECK_FALSE(early.make_lasting());
}

TEST_CASE("once it is being made to last, or somebody confirmed, a cancel is too late") {
    Confirmation confirmation;
    CHECK(code(confirmation.cancel(mine, {.name = "bob"})) == "not_waiting");
    confirmation.begin(mine);
    CHECK_FALSE(confirmation.make_lasting());
    CHECK(code(confirmation.cancel(mine, {.name = "bob"})) == "too_late");
    const People people;
    Waiting waiting;
    REQUIRE(waiting.confirmation.confirm(mine, people.signs(wanted.nonce), people.approvers));
    CHECK(code(waiting.confirmation.cancel(mine, {.name = "bob"})) == "too_late");
    CHECK(waiting.word.get()->confirmed);
}

TEST_CASE("a viewer's word keeps nothing") {
    policy::Policy policy;
    policy.roles = {{"victor", proposals::Role::viewer}};
    const auto may = applyd::who_may_confirm({{.name = "alice"}, {.name = "victor"}}, policy);
    REQUIRE(may.size() == 1);
    CHECK(may.front().name == "alice");
}
