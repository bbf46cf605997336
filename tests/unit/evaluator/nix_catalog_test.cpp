#include "evaluator/catalog.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <algorithm>
#include <filesystem>

using namespace agentd;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

const evaluator::Catalog& demo() {
    static const evaluator::Catalog read =
        evaluator::read_catalog(fixture().nix(), fixture().head(), NixFixture::host()).value();
    return read;
}

} // namespace

TEST_CASE("the packages of a host have their name and version") {
    const auto* nginx = demo().package("nginx");
    REQUIRE(nginx != nullptr);
    CHECK(nginx->pname == "nginx");
    CHECK_FALSE(nginx->version.empty());
    CHECK(demo().package("writeText") == nullptr);
    CHECK(demo().package("no-such-package") == nullptr);
}

TEST_CASE("the options of a host have their path and type, those inside submodules too") {
    const auto* ports = demo().option("networking.firewall.allowedTCPPorts");
    REQUIRE(ports != nullptr);
    CHECK(ports->type == "listOf");
    CHECK(ports->type_description.find("16 bit") != std::string::npos);
    CHECK_FALSE(ports->description.empty());
    CHECK(demo().option("services.nginx.enable")->type == "bool");
    CHECK(std::any_of(demo().options.begin(), demo().options.end(),
                      [](const auto& o) { return o.path.starts_with("users.users.<name>."); }));
    CHECK(demo().option("services.nginx.enabled") == nullptr);
    CHECK(demo().option("_module.args") == nullptr);
}

TEST_CASE("services are the ones that can be enabled") {
    CHECK(demo().has_service("nginx"));
    CHECK_FALSE(demo().has_service("apache"));
    const auto services = demo().services();
    CHECK(std::find(services.begin(), services.end(), "openssh") != services.end());
}

TEST_CASE("what does not exist is answered with what is near") {
    CHECK(demo().nearest_packages("ngnix").front() == "nginx");
    CHECK(demo().nearest_services("ngnix").front() == "nginx");
    CHECK(demo().nearest_services("ssh").front() == "openssh");
    CHECK(demo().nearest_options("services.ngnix.enable").front() == "services.nginx.enable");
    CHECK(demo().nearest_packages("").size() <= 3);
}

TEST_CASE("an unknown host has no catalog, a broken configuration says why") {
    CHECK(evaluator::read_catalog(fixture().nix(), fixture().head(), NixFixture::host("nope"))
              .problem()
              .code == "unknown_host");
    CHECK(evaluator::read_catalog(fixture().nix(), fixture().with_module("{ a = ; }"),
                                  NixFixture::host())
              .problem()
              .code == "evaluation_failed");
}

TEST_CASE("a configuration that fails its assertions still has a catalog") {
    CHECK(evaluator::read_catalog(
        fixture().nix(),
        fixture().with_module("{ assertions = [ { assertion = false; message = \"m\"; } ]; }"),
        NixFixture::host()));
}

TEST_CASE("a catalog is read once for a commit and kept on disk") {
    const auto nix = fixture().nix();
    auto source = fixture().head();
    evaluator::CatalogShelf shelf(nix, fixture() / "shelf");
    const auto first = shelf.get(source, NixFixture::host());
    REQUIRE(first);
    CHECK(shelf.get(source, NixFixture::host())->get() == first->get());

    // A repository that is gone cannot be asked: only the disk can answer.
    source.repository = "/nonexistent";
    evaluator::CatalogShelf later(nix, fixture() / "shelf");
    const auto kept = later.get(source, NixFixture::host());
    REQUIRE(kept);
    CHECK((*kept)->packages == (*first)->packages);
    CHECK((*kept)->options == (*first)->options);
}

TEST_CASE("a damaged file on the shelf is read anew") {
    const auto nix = fixture().nix();
    const auto source = fixture().head();
    const std::string file = fixture() / ("damaged/" + source.commit.str() + "-web.json");
    evaluator::CatalogShelf shelf(nix, fixture() / "damaged");
    core::write_file_durably(file, "{\"schema\":");
    const auto catalog = shelf.get(source, NixFixture::host());
    REQUIRE(catalog);
    CHECK((*catalog)->has_service("nginx"));
    CHECK(core::read_file(file).size() > 1000);
}
