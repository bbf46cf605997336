#include "agentd/core/crypto.hpp"
#include "evaluator/source_nar.hpp"
#include "evaluator/sources.hpp"
#include "evaluator/store_info.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/cache_server.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <filesystem>

using namespace agentd;
using namespace agentd::evaluator;
using namespace std::chrono_literals;
using test::CacheServer;
using test::NixFixture;
using Fault = CacheServer::Fault;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

std::string done_by(const sandbox::Command& command) {
    const auto outcome = sandbox::run(command);
    INFO(outcome.err.bytes);
    REQUIRE(outcome.succeeded());
    return std::string(core::trim(outcome.out.bytes));
}

std::string program(const std::string& path, std::vector<std::string> words,
                    const std::string& folder) {
    return done_by({.program = path,
                    .arguments = std::move(words),
                    .environment = {{"PATH", "/usr/bin:/bin"},
                                    {"HOME", "/nonexistent"},
                                    {"GIT_CONFIG_COUNT", "2"},
                                    {"GIT_CONFIG_KEY_0", "user.name"},
                                    {"GIT_CONFIG_VALUE_0", "t"},
                                    {"GIT_CONFIG_KEY_1", "user.email"},
                                    {"GIT_CONFIG_VALUE_1", "t@example.org"}},
                    .directory = folder});
}

/// A tree `{ hosts.nix }` on a server on loopback, as an archive and as a git repository.
class World {
  public:
    explicit World(const std::string& name) : path(made(name)) {
        core::make_directories(dir_ / "served", 0755);
        program("/usr/bin/tar", {"-czf", dir_ / "served/x.tar.gz", "source"}, dir_ / "");
        const std::string tree = dir_ / "source";
        program("/usr/bin/git", {"init", "-q", "-b", "main", "."}, tree);
        program("/usr/bin/git", {"add", "-A"}, tree);
        program("/usr/bin/git", {"commit", "-q", "-m", "t"}, tree);
        rev = program("/usr/bin/git", {"rev-parse", "HEAD"}, tree);
        program("/usr/bin/git", {"clone", "-q", "--bare", ".", dir_ / "served/x.git"}, tree);
        program("/usr/bin/git", {"update-server-info"}, dir_ / "served/x.git");
    }

    static NixSettings settings() {
        auto out = fixture().settings();
        out.fetch = true;
        out.origins = {"http://127.0.0.1"};
        return out;
    }
    std::string archive() const {
        return lock(R"("type":"tarball","url":")" + server.url() + R"(/x.tar.gz")");
    }
    std::string repository(const std::string& revision) const {
        return lock(R"("type":"git","ref":"main","url":")" + server.url() + R"(/x.git","rev":")" +
                    revision + "\"");
    }
    std::string lock(const std::string& locked) const {
        return R"({"nodes":{"a":{"flake":false,"locked":{"narHash":")" + hash + R"(",)" + locked +
               R"(},"original":{)" + locked +
               R"(}},"root":{"inputs":{"a":"a"}}},"root":"root","version":7})";
    }
    SourcesOutcome fetch(const std::string& lock, const NixSettings& settings) const {
        const auto nodes = parse_lock(lock);
        REQUIRE(nodes);
        auto wanted = sources_of({}, *nodes, {server.url()});
        REQUIRE(wanted);
        const auto nix = fixture().nix(settings);
        return fetch_sources(nix, *own_source_giver(nix),
                             {.sources = *wanted, .roots = dir_ / "roots"});
    }
    std::string refused(const std::string& lock, const NixSettings& settings) const {
        const auto outcome = fetch(lock, settings);
        REQUIRE(std::holds_alternative<BuildRefused>(outcome));
        const auto& problem = std::get<BuildRefused>(outcome).problem;
        INFO(problem.message);
        CHECK_FALSE(problem.hint.empty());
        CHECK(problem.where == "flake.lock");
        return problem.code;
    }
    /// Its NAR, as somebody else may hand it over.
    SourceNar handed(const std::string& more) const {
        core::make_directories(dir_ / "handed", 0700);
        const auto nix = fixture().nix(settings());
        core::make_directories(dir_ / "clean", 0755);
        core::write_file_durably(dir_ / "clean/hosts.nix",
                                 core::read_file(dir_ / "source/hosts.nix"), 0644);
        const auto dump = nix.nix_store(NixPurpose::query, {"--dump", dir_ / "clean"});
        const std::string bytes = sandbox::run(dump).out.bytes + more;
        core::write_file_durably(dir_ / "handed/source.nar", bytes, 0600);
        return {.folder = dir_ / "handed", .hash = core::sha256(bytes), .bytes = bytes.size()};
    }
    SourceWanted wanted() const {
        const auto nodes = parse_lock(archive());
        REQUIRE(nodes);
        return sources_of({}, *nodes, {server.url()})->front();
    }
    bool there() const { return path_info(fixture().nix(settings()), path).operator bool(); }

  private:
    core::StorePath made(const std::string& name) {
        core::make_directories(dir_ / "source", 0755);
        static const std::string mark =
            std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
        core::write_file_durably(dir_ / "source/hosts.nix",
                                 "{ " + name + " = 1; web = \"" + mark + "\"; }\n", 0644);
        const auto nix = fixture().nix(settings());
        const auto out = core::StorePath::parse(
                             done_by(nix.nix_store(NixPurpose::query, {"--add", dir_ / "source"})))
                             .value();
        hash = path_info(nix, out)->nar_hash;
        done_by(nix.nix_store(NixPurpose::query, {"--delete", out.str()}));
        return out;
    }
    test::TempDir dir_{};

  public:
    std::string hash{};
    core::StorePath path;
    std::string rev{};
    mutable CacheServer server{dir_ / "served"};
};

} // namespace

TEST_CASE(
    "what a lock names is fetched before it is evaluated, and found there without a network") {
    const World world("good");
    const auto nix = fixture().nix(World::settings());
    CHECK(source_path(world.hash) == world.path);
    const auto flake = fixture().commit(
        {{"flake.nix", "{ inputs.a = { url = \"" + world.server.url() +
                           "/x.tar.gz\"; flake = false; };\n  outputs = { self, a }: { "
                           "nixosConfigurations = import (a + \"/hosts.nix\"); }; }\n"},
         {"flake.lock", world.archive()}});
    CHECK(lock_text(nix, flake) == world.archive());
    CHECK_FALSE(list_hosts(nix, flake)); // nothing is fetched by an evaluation
    CHECK(world.server.asked().empty());
    const auto outcome = world.fetch(world.archive(), World::settings());
    if (const auto* no = std::get_if<BuildRefused>(&outcome)) {
        FAIL(no->problem.message);
    }
    const auto& done = std::get<SourcesFetched>(outcome);
    CHECK(done.told == std::vector<std::string>{"a of " + world.server.url()});
    CHECK(done.bytes > 0);
    const auto hosts = list_hosts(nix, flake);
    INFO((hosts ? "" : hosts.problem().message));
    REQUIRE(hosts);
    CHECK(*hosts == std::vector<std::string>{"good", "web"});
}

TEST_CASE("a revision of a git repository is fetched, and one that it has not is refused") {
    const World world("git");
    CHECK(world.refused(world.repository(std::string(40, 'a')), World::settings()) ==
          "input_not_fetched");
    CHECK_FALSE(world.there());
    const auto outcome = world.fetch(world.repository(world.rev), World::settings());
    if (const auto* no = std::get_if<BuildRefused>(&outcome)) {
        FAIL(no->problem.message);
    }
    CHECK(world.there());
}

TEST_CASE("an input that is not what its hash says is refused, whatever the store has") {
    const World world("true");
    const World other("other");
    std::string lying = world.archive();
    lying.replace(lying.find(world.hash), world.hash.size(), other.hash);
    CHECK(world.refused(lying, World::settings()) == "input_mismatch");
    // Somebody had the other tree put there before.
    const auto put = other.fetch(other.archive(), World::settings());
    REQUIRE(std::holds_alternative<SourcesFetched>(put));
    REQUIRE(other.there());
    CHECK(world.refused(lying, World::settings()) == "input_mismatch");
}

TEST_CASE("an input whose server is away, slow, endless or leads to a file is refused in time") {
    World world("bad");
    auto settings = World::settings();
    SECTION("away") {
        world.server.fault(Fault::missing, ".gz");
        CHECK(world.refused(world.archive(), settings) == "input_not_fetched");
    }
    SECTION("slow") {
        world.server.fault(Fault::slow, ".gz");
        settings.fetch_deadline = 3s;
        CHECK(world.refused(world.archive(), settings) == "fetch_timeout");
    }
    SECTION("endless") {
        world.server.fault(Fault::endless, ".gz");
        settings.fetch_bytes = 8U << 20;
        // Newer ones have the tree before they hear that there is more, and stumble over it.
        const auto code = world.refused(world.archive(), settings);
        CHECK((code == "fetch_limit" || code == "input_not_fetched"));
        return;
    }
    SECTION("a file of the machine") {
        world.server.fault(Fault::elsewhere, ".gz");
        CHECK(world.refused(world.archive(), settings) == "input_not_fetched");
    }
    SECTION("not to be asked") {
        settings.fetch = false;
        CHECK(world.refused(world.archive(), settings) == "input_not_fetched");
        CHECK(world.server.asked().empty());
    }
    CHECK_FALSE(world.there());
}

TEST_CASE("what somebody else fetched enters the store only as what the lock names") {
    const World world("handed");
    const auto nix = fixture().nix(World::settings());
    auto nar = world.handed("");
    SECTION("other bytes") {
        nar = world.handed(std::string(8, '\0'));
        const auto added = add_source(nix, nar, world.wanted(), {});
        REQUIRE_FALSE(added);
        CHECK(added.problem().code == "input_mismatch");
    }
    SECTION("other bytes, and a hash that lies") {
        const auto honest = nar.hash;
        nar = world.handed(std::string(8, '\0'));
        nar.hash = honest;
        const auto added = add_source(nix, nar, world.wanted(), {});
        REQUIRE_FALSE(added);
        CHECK(added.problem().code == "input_not_fetched"); // Nix looks for itself
    }
    SECTION("the very files") {
        const auto added = add_source(nix, nar, world.wanted(), {});
        INFO((added ? "" : added.problem().message));
        REQUIRE(added);
        CHECK(world.there());
        return;
    }
    CHECK_FALSE(world.there());
}
