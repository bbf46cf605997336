#include "evaluator/index/make_index.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using namespace agentd;
using evaluator::Fit;
using evaluator::OptionIndex;
using evaluator::Standing;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

const OptionIndex& demo() {
    static const auto index = [] {
        const std::string file = fixture() / "demo.db";
        REQUIRE(evaluator::make_index(fixture().nix(), fixture().head(), NixFixture::host(), file));
        return OptionIndex::open(file);
    }();
    REQUIRE(index);
    return *index;
}

core::Result<core::Done> make(const evaluator::FlakeSource& source, const char* host = "web") {
    return evaluator::make_index(fixture().nix(), source, NixFixture::host(host),
                                 fixture() / "made.db");
}

evaluator::LookUp look_up(const char* path) {
    return demo().look_up(*proposals::OptionPath::parse(path));
}

} // namespace

TEST_CASE("the packages of a host have their name and version") {
    const auto nginx = demo().package("nginx");
    REQUIRE(nginx);
    CHECK(nginx->pname == "nginx");
    CHECK_FALSE(nginx->version.empty());
    CHECK_FALSE(demo().package("writeText"));
    CHECK_FALSE(demo().package("no-such-package"));
    CHECK(demo().nearest_packages("ngnix").front() == "nginx");
    CHECK(demo().search_packages("nginx").front().attribute == "nginx");
}

TEST_CASE("the options of a host have their type, their words and where they are declared") {
    const auto ports = look_up("networking.firewall.allowedTCPPorts");
    REQUIRE(ports.standing == Standing::declared);
    CHECK(ports.type.name == "listOf");
    CHECK_FALSE(ports.option->description.empty());
    CHECK(ports.option->own); // the demo's modules are its own
    CHECK(ports.option->declared.front().starts_with("./modules/"));
    CHECK(evaluator::fits(ports.type, core::Json::array({22})).fit == Fit::fits);
    CHECK(evaluator::fits(ports.type, core::Json::array({70000})).fit == Fit::does_not);
    CHECK(evaluator::fits(ports.type, 22).fit == Fit::does_not);
    CHECK(look_up("services.nginx.enable").type.name == "bool");
    CHECK(look_up("services.nginx.enabled").standing == Standing::unknown);
    CHECK(look_up("services.nginx.enabled").nearest.front() == "services.nginx.enable");
    CHECK(look_up("users.users.somebody").standing == Standing::a_set);
    CHECK(look_up("users.users.somebody.isNormalUser").standing == Standing::declared);
    CHECK_FALSE(demo().option("_module.args"));
}

TEST_CASE("services are the ones that can be enabled, and words find them") {
    CHECK(demo().has_service("nginx"));
    CHECK_FALSE(demo().has_service("apache"));
    CHECK(demo().nearest_services("ngnix").front() == "nginx");
    CHECK(demo().nearest_services("ssh").front() == "openssh");
    CHECK(demo().search("ssh").front().path.starts_with("services.openssh"));
    CHECK(demo().search("firewall ports").front().path.starts_with("networking.firewall.allowed"));
}

TEST_CASE("an unknown host has no index, a broken configuration says why") {
    CHECK(make(fixture().head(), "nope").problem().code == "unknown_host");
    CHECK(make(fixture().with_module("{ a = ; }")).problem().code == "evaluation_failed");
}

TEST_CASE(
    "a configuration that fails its assertions, and options that throw, still have an index") {
    CHECK(make(
        fixture().with_module("{ assertions = [ { assertion = false; message = \"m\"; } ]; }")));
    REQUIRE(make(fixture().with_module(
        "{ lib, ... }: { options.odd = {"
        " thrown = lib.mkOption { type = lib.types.str; description = throw \"no\"; };"
        " example = lib.mkOption { type = lib.types.str; default = \"\"; example = { f = x: x; }; "
        "};"
        " broken = lib.mkOption { type = lib.types.str; default = { }.missing; }; }; }")));
    const auto index = OptionIndex::open(fixture() / "made.db");
    REQUIRE(index);
    for (const auto* path : {"odd.thrown", "odd.example", "odd.broken"}) {
        INFO(path);
        CHECK(index->option(path));
    }
}

TEST_CASE("an index is made once for a commit and kept on disk") {
    const auto nix = fixture().nix();
    auto source = fixture().head();
    evaluator::IndexShelf shelf(nix, fixture() / "shelf");
    REQUIRE(shelf.get(source, NixFixture::host()));

    // A repository that is gone cannot be asked: only the disk can answer.
    source.repository = "/nonexistent";
    evaluator::IndexShelf later(nix, fixture() / "shelf");
    const auto kept = later.get(source, NixFixture::host());
    REQUIRE(kept);
    CHECK((*kept)->options() == demo().options());
    CHECK((*kept)->packages() == demo().packages());
}

TEST_CASE("a damaged file on the shelf is made anew") {
    const auto nix = fixture().nix();
    const auto source = fixture().head();
    const std::string file = fixture() / ("damaged/" + source.commit.str() + "-web.db");
    evaluator::IndexShelf shelf(nix, fixture() / "damaged");
    core::write_file_durably(file, "no database, but some bytes that stand where one should be");
    const auto index = shelf.get(source, NixFixture::host());
    REQUIRE(index);
    CHECK((*index)->has_service("nginx"));
}

TEST_CASE("options that stand for all options are not walked; modules that throw cost themselves") {
    REQUIRE(make(fixture().with_module(
        "{ lib, options, ... }: {"
        " options.again = lib.mkOption { default = { }; visible = \"shallow\";"
        " type = lib.types.submodule { options = { inherit (options) services networking; }; }; };"
        " options.bad = lib.mkOption { default = { };"
        " type = lib.types.attrsOf (lib.types.submodule { options = throw \"broken\"; }); }; }")));
    const auto index = OptionIndex::open(fixture() / "made.db");
    REQUIRE(index);
    const auto standing = [&](const char* path) {
        return index->look_up(*proposals::OptionPath::parse(path)).standing;
    };
    CHECK(index->option("again"));
    CHECK_FALSE(index->option("again.services.nginx.enable"));
    CHECK(standing("again.services.nginx.enable") == Standing::unchecked);
    CHECK(standing("bad.x.y") == Standing::unchecked);
    CHECK(standing("services.nginx.enable") == Standing::declared);
}

TEST_CASE("an index tells which files of the flake a host is made of, and what they define") {
    auto places = demo().places("web");
    REQUIRE(places);
    CHECK(places->name == "web");
    CHECK(places->hosts == std::vector<std::string>{"db", "web"});
    const auto& system = places->parts.at("");
    CHECK_FALSE(system.whole); // the demo's own lib tells no graph
    const auto& web = system.files.at("hosts/web");
    CHECK(web.sets.count("services.nginx.enable") == 1);
    CHECK(web.sets.count("networking.hostName") == 1);
    CHECK(web.sets.count("users.users") == 0);
    CHECK(system.files.count("hosts/db") == 0);
    CHECK(system.files.at("modules/config/networking.nix").declares);
}

TEST_CASE("what is outdone or off is not defined; what throws is unknown") {
    REQUIRE(make(fixture().with_module(
        "{ lib, config, ... }: { options.odd.bad = lib.mkOption { type = lib.types.str; };"
        " options.odd.set = lib.mkOption { type = lib.types.attrsOf lib.types.str; };"
        " config = { odd.bad = lib.mkIf (throw \"no\") \"x\"; odd.set.\"a b\" = \"c\";"
        " time.timeZone = lib.mkDefault \"lost\"; services.openssh.enable = lib.mkIf false true; "
        "}; }")));
    const auto index = OptionIndex::open(fixture() / "made.db");
    REQUIRE(index);
    const auto places = index->places("web");
    REQUIRE(places);
    const auto& system = places->parts.at("");
    CHECK(system.unknown.count("odd.bad") == 1);
    const auto& file = system.files.at("hosts/web/agentd.nix");
    CHECK(file.declares);
    CHECK(file.sets == std::set<std::string, std::less<>>{"odd.set", "odd.set.\"a b\""});
}
