#include "proposals/act.hpp"
#include "proposals/statement.hpp"

#include "tests/support/catch.hpp"

#include "agentd/core/crypto.hpp"

#include <random>

using namespace agentd;
using namespace agentd::proposals;

namespace {

Statement example() {
    const std::string d = core::sha256("x").hex();
    const std::string path = "/nix/store/00000000000000000000000000000000-system";
    const std::string nar = "sha256:" + std::string(52, '0');
    return {.proposal = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            .revision = d,
            .author = {.id = "alice", .kind = "human", .via = Via::terminal},
            .base_commit = std::string(40, 'a'),
            .candidate_commit = std::string(40, 'b'),
            .base_tree_sha256 = d,
            .candidate_tree_sha256 = d,
            .host = "web",
            .machine_id = "unknown",
            .from = {.path = path, .nar_hash = nar},
            .drv = path + ".drv",
            .toplevel = path,
            .toplevel_nar_hash = nar,
            .closure_manifest_sha256 = d,
            .effects_sha256 = d,
            .page_sha256 = d,
            .policy_sha256 = d,
            .told = {.source = "words", .options_disagree = false},
            .not_before = core::Instant{std::chrono::seconds(1'767'000'000)},
            .expires = core::Instant{std::chrono::seconds(1'767'003'600)},
            .nonce = make_nonce()};
}

} // namespace

TEST_CASE("a statement is read back from its canonical bytes and from no others") {
    const Statement statement = example();
    const std::string bytes = canonical_bytes(statement);
    const auto read = parse_statement(bytes);
    REQUIRE(read.has_value());
    CHECK(*read == statement);
    CHECK(digest(statement) == core::sha256(bytes));
    CHECK(parse_statement(bytes + " ").problem().code == "not_canonical");
    CHECK(parse_statement(bytes + "{}").problem().code == "bad_json");
    std::string spaced = bytes;
    spaced.insert(1, " ");
    CHECK(parse_statement(spaced).problem().code == "not_canonical");
}

TEST_CASE("a statement with a field missing, unknown or too much is refused") {
    std::string bytes = canonical_bytes(example());
    const std::string act = "\"act\":null,";
    std::string without = bytes;
    without.erase(without.find(act), act.size());
    CHECK_FALSE(parse_statement(without).has_value());
    std::string more = bytes;
    more.insert(1, "\"aaa\":1,");
    CHECK(parse_statement(more).problem().code == "unknown_field");
    CHECK(parse_statement(std::string(Statement::max_bytes + 1, ' ')).problem().code ==
          "too_large");
}

TEST_CASE("the author of a statement has one spelling, and is part of what is signed") {
    const std::string bytes = canonical_bytes(example());
    const std::string author = R"("author":{"binding":null,"id":"alice","kind":"human","via":"terminal"})";
    REQUIRE(bytes.find(author) != std::string::npos);
    const auto with = [&](const std::string& other) {
        std::string text = bytes;
        text.replace(text.find(author), author.size(), "\"author\":" + other);
        return parse_statement(text);
    };
    for (const char* other : {R"({"id":"alice","kind":"human"})",
                              R"({"binding":null,"id":"alice","kind":"human","uid":0,"via":"terminal"})",
                              R"({"binding":"x","id":"alice","kind":"agent","via":"socket"})",
                              "null"}) {
        CHECK(with(other).problem().message.find("author") != std::string::npos);
    }
    const auto bob = with(R"({"binding":null,"id":"bob","kind":"human","via":"terminal"})");
    REQUIRE(bob.has_value());
    CHECK(digest(*bob) != digest(example()));
}

TEST_CASE("the fields of a statement have their form and fit its mode") {
    const auto where = [](auto change) {
        Statement statement = example();
        change(statement);
        const auto done = check(statement);
        return done ? std::string() : done.problem().where;
    };
    CHECK(where([](Statement&) {}).empty());
    CHECK(where([](Statement& s) { s.nonce = "1"; }) == "nonce");
    CHECK(where([](Statement& s) { s.drv = s.toplevel; }) == "drv");
    CHECK(where([](Statement& s) { s.toplevel.reset(); }) == "toplevel");
    CHECK(where([](Statement& s) { s.expires = s.not_before; }) == "expires");
    CHECK(where([](Statement& s) { s.required_level = Level::propose; }) == "required_level");
    CHECK(where([](Statement& s) { s.mode = Mode::act; }) == "act");
    CHECK(where([](Statement& s) { s.mode = Mode::rollback; }) == "rollback_to");
    CHECK(where([](Statement& s) { s.act = "gc"; }) == "act");
    CHECK(where([](Statement& s) { s.host = "../x"; }) == "host");
    CHECK(where([](Statement& s) { s.author.id = ""; }) == "author");
}

TEST_CASE("a rollback names one system and no commit, an act neither") {
    const auto where = [](const Statement& statement) {
        const auto done = check(statement);
        return done ? std::string() : done.problem().where;
    };
    Statement back = example();
    back.mode = Mode::rollback;
    back.rollback_to = back.toplevel;
    for (auto field :
         {&Statement::base_commit, &Statement::candidate_commit, &Statement::base_tree_sha256,
          &Statement::candidate_tree_sha256, &Statement::drv}) {
        CHECK_FALSE(where(back).empty());
        (back.*field).reset();
    }
    CHECK(where(back).empty());
    Statement other = back;
    other.rollback_to = "/nix/store/11111111111111111111111111111111-system";
    CHECK(where(other) == "rollback_to");
    other = back;
    other.effects_sha256.reset();
    CHECK(where(other) == "effects_sha256");
    Statement act = back;
    act.mode = Mode::act;
    act.act = canonical_bytes(Act(GcOlderThan{30}));
    for (auto field : {&Statement::toplevel, &Statement::toplevel_nar_hash,
                       &Statement::closure_manifest_sha256, &Statement::rollback_to}) {
        CHECK_FALSE(where(act).empty());
        (act.*field).reset();
    }
    CHECK(where(act).empty());
    CHECK(*parse_statement(canonical_bytes(act)) == act);
    act.act = R"({"act":"gc_older_than","days":0,"schema":"agentd.act/1"})";
    CHECK(where(act) == "act");
    Statement change = example();
    change.rollback_to = change.toplevel;
    CHECK(where(change) == "rollback_to");
}

TEST_CASE("any changed byte of a statement either refuses it or changes its digest") {
    const std::string bytes = canonical_bytes(example());
    const auto before = core::sha256(bytes);
    std::mt19937 random(11);
    for (int round = 0; round < 3000; ++round) {
        std::string bad = bytes;
        bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 127);
        const auto read = parse_statement(bad);
        if (read) {
            CHECK(canonical_bytes(*read) == bad);
            CHECK(digest(*read) != before);
        }
    }
}
