// What a candidate locks, beside what its base does.
#include "agentd/stages/locked.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using proposals::InputChange;

namespace {

constexpr const char* hash = "sha256-4Drk9YU5pfm1z2EolgJjzAU97Rx1FqQDUimZLQSFWDI=";

std::string node(const std::string& name, char rev) {
    return "\"" + name + R"(":{"locked":{"type":"github","owner":"x","repo":")" + name +
           R"(","rev":")" + std::string(40, rev) + R"(","narHash":")" + hash +
           R"("},"original":{"type":"github","owner":"x","repo":")" + name + "\"}}";
}

std::string lock(const std::string& nodes, const std::string& named) {
    return R"({"nodes":{)" + nodes + R"(,"root":{"inputs":{)" + named +
           R"(}}},"root":"root","version":7})";
}

std::vector<std::string> lines(const proposals::LockedInputs& found) {
    std::vector<std::string> out;
    for (const auto& each : found.inputs) {
        out.push_back(each.name + " " + std::string(to_string(each.change)) + " " +
                      each.revision.substr(0, 2) + "<" + each.before.substr(0, 2) +
                      (each.direct ? " direct" : ""));
    }
    return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("each input that a commit locks is told beside its base's, those that change first") {
    test::NixFixture fixture;
    const auto repository = proposals::Repository::open_or_init_bare(fixture.repository());
    const auto bare = fixture.head();
    const auto base = fixture.commit(
        {{"flake.lock", lock(node("b", 'a') + "," + node("c", 'a') + "," + node("z", 'a'),
                             R"("b":"b","z":"z")")}});
    const auto after = fixture.commit(
        {{"flake.lock", lock(node("b", 'a') + "," + node("n", 'c') + "," + node("z", 'b'),
                             R"("b":"b","z":"z")")}});
    const auto found = stages::locked_inputs(repository, base.commit, after.commit);
    CHECK(lines(found) ==
          Lines{"z changed bb<aa direct", "c removed aa<", "n added cc<", "b same aa<aa direct"});
    CHECK(headline(found) ==
          "3 inputs locked, 3 changed: z aaaaaaaaaa -> bbbbbbbbbb, c gone, new n "
          "cccccccccc");
    CHECK(headline(stages::locked_inputs(repository, base.commit, base.commit)) ==
          "3 inputs locked");
    CHECK(headline(stages::locked_inputs(repository, bare.commit, bare.commit)).empty());
    const auto torn = fixture.commit({{"flake.lock", "{\"nodes\":"}});
    CHECK_FALSE(stages::locked_inputs(repository, base.commit, torn.commit).trouble.empty());
    const auto blind = stages::locked_inputs(repository, torn.commit, base.commit);
    REQUIRE(blind.inputs.size() == 3);
    CHECK(blind.inputs.front().change == InputChange::unknown);
    CHECK(headline(blind) == "3 inputs locked");
}

TEST_CASE("a name that leads to another node is a change, though every node is as it was") {
    const auto parsed = [](const std::string& named) {
        return evaluator::parse_lock(lock(node("pkgs", 'a') + "," + node("pkgs_2", 'b'), named))
            .value();
    };
    const auto base = parsed(R"("pkgs":"pkgs")");
    CHECK(lines(stages::compare_locks(&base, parsed(R"("pkgs":"pkgs_2")"))) ==
          Lines{"pkgs changed bb<aa direct", "pkgs same aa<aa", "pkgs_2 same bb<bb"});
    // So is one that an input is handed; and what leads in a circle leads nowhere.
    const auto inner = [](const std::string& which) {
        return evaluator::parse_lock(lock(node("pkgs", 'a') + "," + node("pkgs_2", 'b') +
                                              R"(,"tool":{"locked":{"type":"github","owner":"x",)"
                                              R"("repo":"tool","rev":")" +
                                              std::string(40, 'd') + R"(","narHash":")" + hash +
                                              R"("},"original":{"type":"github","owner":"x",)"
                                              R"("repo":"tool"},"inputs":{"pkgs":)" +
                                              which + "}}",
                                          R"("pkgs":"pkgs","tool":"tool","me":["me"])"))
            .value();
    };
    const auto before = inner(R"(["pkgs"])");
    const auto found = stages::compare_locks(&before, inner(R"("pkgs_2")"));
    REQUIRE(found.inputs.size() == 3);
    CHECK(found.inputs[0].name == "tool");
    CHECK(found.inputs[0].change == InputChange::changed);
    CHECK(found.inputs[0].before == "dddddddddd with other inputs of its own");
    CHECK(stages::compare_locks(&before, before).inputs[0].change == InputChange::same);
}

TEST_CASE("of very many inputs as many as are kept are told, and that there are more") {
    std::vector<evaluator::LockNode> nodes;
    for (int n = 0; n < 400; ++n) {
        nodes.push_back({.name = "i" + std::to_string(n), .problem = core::Problem{}});
    }
    const auto found = stages::compare_locks(&nodes, nodes);
    CHECK(found.inputs.size() == proposals::LockedInputs::max_inputs);
    CHECK(found.more);
    CHECK(headline(found) == "256 and more inputs locked");
}
