#include "tests/unit/repo_map/memory_tree.hpp"

using namespace agentd;
using namespace agentd::tests;
using proposals::map::add_evaluated;
using proposals::map::EvaluatedHost;
using proposals::map::Files;
using proposals::map::ModuleUse;
using proposals::map::RepoMap;
using Names = std::vector<std::string>;

namespace {

/// `b` is made by an input, so that nobody can read how.
const MemoryTree& tree() {
    static const MemoryTree made({{"flake.nix", R"({
          outputs = { self, nixpkgs, farm, ... }: {
            nixosConfigurations = {
              a = nixpkgs.lib.nixosSystem { modules = [ ./hosts/a (import ./value.nix) ] ++ farm.more ./.; };
              b = farm.host ./hosts/b.nix;
            };
          };
        })"},
                                  {"hosts/a/default.nix", "{ imports = [ ../../common.nix ]; }"},
                                  {"hosts/b.nix", "{ }"},
                                  {"value.nix", "{ }"},
                                  {"common.nix", "{ }"},
                                  {"found/default.nix", "{ imports = [ ./deep.nix ]; }"},
                                  {"found/deep.nix", "{ }"},
                                  {"home.nix", "{ }"},
                                  {"inner.nix", "{ }"}});
    return made;
}

RepoMap with(const EvaluatedHost& told) {
    Files files(tree(), tree().paths());
    auto map = proposals::map::make_map(files);
    REQUIRE(map.has_value());
    add_evaluated(files, *map, told);
    return std::move(map).value();
}

const ModuleUse& use(const RepoMap& map, std::string_view host, std::string_view file) {
    for (const ModuleUse& each : map.host(host)->modules) {
        if (each.file == file) {
            return each;
        }
    }
    FAIL("the host has no " << file);
    return map.host(host)->modules.front();
}

EvaluatedHost told_of_a() {
    EvaluatedHost out{.name = "a", .hosts = {"a", "b", "c"}};
    auto& files = out.parts[""].files;
    files["hosts/a"] = {.module = true};
    files["found"] = {.module = true};
    files["found/deep.nix"] = {.module = true, .by = "found", .sets = {"time.timeZone"}};
    files["inner.nix"] = {.inside = true, .sets = {"networking.hostName"}};
    files["flake.nix"] = {.module = true};
    files["hosts/a:anon-1"] = {.module = true};
    return out;
}

} // namespace

TEST_CASE("a file that only an evaluation knows of is the host's, and says so") {
    const auto map = with(told_of_a());
    CHECK(files_of(map, "a") == Names{"common.nix", "found/deep.nix", "found/default.nix",
                                      "hosts/a/default.nix", "value.nix"});
    CHECK(use(map, "a", "hosts/a/default.nix").read);
    CHECK(use(map, "a", "hosts/a/default.nix").evaluated == true);
    CHECK_FALSE(use(map, "a", "found/deep.nix").read);
    CHECK(use(map, "a", "found/deep.nix").by == "found/default.nix");
    CHECK(map.hosts_of("found/deep.nix") == Names{"a"});
    CHECK(map.host("a")->inlined.at("").count("inner.nix") == 1); // no module itself
    CHECK(map.host("a")->evaluated.at("").files.at("found/deep.nix").sets.count("time.timeZone"));
}

TEST_CASE(
    "only where all modules are told a file can be none of them, and it is taken from nobody") {
    CHECK_FALSE(use(with(told_of_a()), "a", "common.nix").evaluated.has_value());
    auto told = told_of_a();
    told.parts[""].whole = true;
    const auto map = with(told);
    CHECK(use(map, "a", "common.nix").evaluated == false);
    CHECK(map.hosts_of("common.nix") == Names{"a"});
    REQUIRE_FALSE(map.notes.empty());
    CHECK(map.notes.back() == "a: common.nix is imported as it reads, and as Nix evaluates it is "
                              "none of its modules");
    CHECK_FALSE(use(map, "a", "value.nix").evaluated.has_value()); // Nix has no name for it
    CHECK(map.host("a")->whole());
}

TEST_CASE("what only an evaluation knows of is certain once all hosts were evaluated") {
    auto told = told_of_a();
    told.hosts = {"a", "b"};
    told.parts[""].whole = true;
    Files files(tree(), tree().paths());
    auto map = proposals::map::make_map(files);
    REQUIRE(map.has_value());
    add_evaluated(files, *map, told);
    CHECK(use(*map, "a", "found/deep.nix").maybe); // it may be b's as well
    CHECK(use(*map, "a", "common.nix").maybe);     // it is nobody's, or Nix was not told all
    CHECK_FALSE(use(*map, "a", "hosts/a/default.nix").maybe);

    EvaluatedHost b{.name = "b"};
    b.parts[""].files["hosts/b.nix"] = {.module = true};
    add_evaluated(files, *map, b);
    CHECK_FALSE(use(*map, "a", "found/deep.nix").maybe);
    CHECK(use(*map, "a", "common.nix").maybe);
}

TEST_CASE("hosts that were not read are known by an evaluation of another") {
    const auto map = with(told_of_a());
    REQUIRE(map.host("c") != nullptr);
    CHECK(map.host("c")->kind == "nixos");
    CHECK(map.host("c")->unresolved.size() == 1);
    CHECK(map.hosts_known);
}

TEST_CASE("what users have is told apart, and what all of them share is theirs already") {
    EvaluatedHost told{.name = "a"};
    told.parts[""].whole = true;
    told.parts["eve"].files["home.nix"] = {.module = true};
    const auto map = with(told);
    CHECK(files_of(map.host("a")->homes.at("eve")) == Names{"home.nix"});
    CHECK_FALSE(map.host("a")->whole());
    CHECK(map.hosts_of("home.nix") == Names{"a"});
}
