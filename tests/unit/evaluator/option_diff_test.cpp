#include "agentd/core/json.hpp"
#include "evaluator/option_diff.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using evaluator::OptionValue;
using evaluator::OptionValues;
using proposals::OptionChange;

namespace {

OptionValue option(std::vector<std::string> path, const std::string& value,
                   std::optional<std::int64_t> priority = 100) {
    return {.path = std::move(path),
            .value = core::canonical(core::Json::parse(value)),
            .priority = priority,
            .files = {"hosts/web"}};
}

OptionChange only(const OptionValues& before, const OptionValues& after) {
    const auto changes = evaluator::option_changes(before, after, {"hosts/web/default.nix"});
    REQUIRE(changes.changes.size() == 1);
    CHECK_FALSE(changes.more);
    return changes.changes.front();
}

} // namespace

TEST_CASE("an option that changes is told with both values") {
    const auto change = only({option({"a", "b"}, "1"), option({"same"}, "\"x\"")},
                             {option({"a", "b"}, "\"two\"", 50), option({"same"}, "\"x\"")});
    CHECK(change == OptionChange{.path = {"a", "b"},
                                 .before = "1",
                                 .after = "\"two\"",
                                 .file = "hosts/web/default.nix",
                                 .priority = 50});
}

TEST_CASE("of a list what came and what went is told, and its order only when nothing else is") {
    const auto change = only({option({"ports"}, "[22,80]")}, {option({"ports"}, "[80,443,80]")});
    CHECK(change.added == std::vector<std::string>{"443", "80"});
    CHECK(change.removed == std::vector<std::string>{"22"});
    CHECK_FALSE(change.before);
    const auto turned = only({option({"ports"}, "[22,80]")}, {option({"ports"}, "[80,22]")});
    CHECK(turned.before == "[ 22 80 ]");
    CHECK(turned.after == "[ 80 22 ]");
}

TEST_CASE("of a set the members that change are told, each by its path") {
    const auto change =
        only({option({"users"}, R"({"set":{"alice":{"set":{"shell":"sh","groups":["wheel"]}}}})")},
             {option({"users"}, R"({"set":{"alice":{"set":{"shell":"sh","groups":[]}}}})")});
    CHECK(change.path == std::vector<std::string>{"users", "alice", "groups"});
    CHECK(change.removed == std::vector<std::string>{"\"wheel\""});
}

TEST_CASE("what was not set, or is no more, has one side") {
    const auto come = only({option({"a"}, R"({"is":"unset"})")}, {option({"a"}, "true")});
    CHECK_FALSE(come.before);
    CHECK(come.after == "true");
    const auto gone = only({option({"a"}, R"({"set":{"b":{"is":"package","text":"curl-8"}}})")},
                           {option({"a"}, R"({"set":{}})")});
    CHECK(gone.path == std::vector<std::string>{"a", "b"});
    CHECK(gone.before == "«package curl-8»");
    CHECK_FALSE(gone.after);
}

TEST_CASE("a secret is told without its value") {
    for (const char* name : {"hashedPassword", "apiKey", "wpaPSK", "clientSecret",
                             "initialPassword", "DB_PASS", "api-key", "private-key", "accessKey"}) {
        INFO(name);
        const auto change =
            only({option({"a", name}, "\"old one\"")}, {option({"a", name}, "\"new one\"")});
        CHECK(change.secret);
        CHECK_FALSE(change.before);
        CHECK_FALSE(change.after);
    }
    const auto key = only({option({"a"}, "\"x\"")},
                          {option({"a"}, R"(["-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl"])")});
    CHECK(key.secret);
    CHECK(key.added.empty());
    const auto inside =
        only({option({"a"}, "null")}, {option({"a"}, R"([{"set":{"token":"abc","name":"n"}}])")});
    CHECK(inside.secret);
    for (const char* text : {"DB_PASSWORD=x", "https://alice:hunter2@example.org/a"}) {
        INFO(text);
        CHECK(
            only({option({"a"}, "[]")}, {option({"a"}, "[\"" + std::string(text) + "\"]")}).secret);
    }
    CHECK_FALSE(
        only({option({"a"}, "\"\"")}, {option({"a"}, "\"https://example.org/a@b:c\"")}).secret);
    const auto file =
        only({option({"passwordFile"}, "null")}, {option({"passwordFile"}, "\"/run/secrets/x\"")});
    CHECK_FALSE(file.secret);
}

TEST_CASE("values are told on one line, and control characters and length do no harm") {
    const auto change = only({option({"a"}, "\"\"")}, {option({"a"}, R"("x\ny\u001b[31m\u202e")")});
    CHECK(change.after->find('\n') == std::string::npos);
    CHECK(change.after->find('\x1b') == std::string::npos);
    const auto longer =
        only({option({"a"}, "\"\"")}, {option({"a"}, "\"" + std::string(5000, 'x') + "\"")});
    CHECK(longer.after->size() <= OptionChange::max_text + 8);
}

TEST_CASE("more changes than anybody reads are said to be more") {
    OptionValues before, after;
    for (int i = 0; i < 300; ++i) {
        before.push_back(option({"a" + std::to_string(i)}, "1"));
        after.push_back(option({"a" + std::to_string(i)}, "2"));
    }
    const auto changes = evaluator::option_changes(before, after, {});
    CHECK(changes.changes.size() == proposals::OptionChanges::max_changes);
    CHECK(changes.more);
}
