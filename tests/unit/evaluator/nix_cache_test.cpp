#include "agentd/core/failure.hpp"
#include "evaluator/fetch.hpp"
#include "evaluator/store_info.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/cache_server.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <algorithm>
#include <filesystem>

using namespace agentd;
using namespace std::chrono_literals;
using evaluator::BuildEvent;
using evaluator::BuildRefused;
using evaluator::Built;
using evaluator::Fetched;
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
    return outcome.out.bytes;
}

/// A derivation `top` that needs another, `dep`, and a machine whose nix.conf names one cache.
class World {
  public:
    explicit World(const std::string& name)
        : dep(fixture().derivation(name + "-dep",
                                   "head -c 300000 /dev/zero > $out; echo " + name + " >> $out")),
          top(fixture().derivation(name + "-top", "cat $needs > $out",
                                   "needs = import " + dep.str() + ";")) {
        core::make_directories(dir_ / "etc", 0755);
        core::make_directories(dir_ / "cache", 0755);
        core::write_file_durably(dir_ / "cache/nix-cache-info", "StoreDir: /nix/store\n", 0644);
        keys("right");
        keys("wrong");
        conf();
    }

    /// Builds it, puts it and what it needs into the cache, and takes them out of the store.
    void put(const std::vector<core::StorePath>& drvs, const std::string& key = "right") {
        const auto nix = fixture().nix(settings());
        std::vector<std::string> out;
        for (const auto& drv : drvs) {
            auto built = evaluator::build(nix, {.drv = drv, .gc_root = dir_ / "roots/made"});
            REQUIRE(std::holds_alternative<Built>(built));
            out.push_back(std::get<Built>(built).outputs.front().str());
        }
        outputs = out;
        std::filesystem::remove_all(dir_ / "roots");
        const std::string to = "file://" + (dir_ / "cache") + "?compression=none" +
                               (key.empty() ? "" : "&secret-key=" + (dir_ / key));
        std::vector<std::string> copy{"copy", "--to", to};
        copy.insert(copy.end(), out.begin(), out.end());
        done_by(nix.nix(evaluator::NixPurpose::query, copy));
        std::reverse(out.begin(), out.end());
        out.insert(out.begin(), "--delete");
        done_by(nix.nix_store(evaluator::NixPurpose::query, out));
    }
    void conf(const std::string& key = "right", const std::string& more = "",
              const std::string& cache = "") {
        core::write_file_durably(
            dir_ / "etc/nix.conf",
            "substituters = " + (cache.empty() ? server.url() : cache) +
                "\ntrusted-public-keys = " + core::read_file(dir_ / (key + ".pub")) + "\n" + more,
            0644);
    }
    evaluator::NixSettings settings() const {
        auto out = fixture().settings();
        out.scratch = dir_ / "nix";
        out.machine_settings = dir_ / "etc";
        out.fetch = true;
        return out;
    }
    evaluator::FetchOutcome fetch(const evaluator::NixSettings& settings,
                                  const evaluator::BuildCallback& told = {}) {
        return evaluator::fetch(fixture().nix(settings), request(), told);
    }
    Fetched fetched() {
        auto outcome = fetch(settings());
        if (const auto* no = std::get_if<BuildRefused>(&outcome)) {
            FAIL(no->problem.message);
        }
        return std::get<Fetched>(outcome);
    }
    /// What the cache offered is refused, and is not in the store afterwards.
    core::Problem refused(const evaluator::NixSettings& settings) {
        auto outcome = fetch(settings);
        REQUIRE(std::holds_alternative<BuildRefused>(outcome));
        const auto path = core::StorePath::parse(outputs.front()).value();
        CHECK_FALSE(evaluator::path_info(fixture().nix(settings), path));
        auto problem = std::get<BuildRefused>(outcome).problem;
        INFO(problem.message);
        CHECK_FALSE(problem.hint.empty());
        return problem;
    }
    core::Problem refused() { return refused(settings()); }
    /// The one file of the cache whose name ends so.
    std::string file(const std::string& suffix) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_ / "cache")) {
            if (entry.path().string().ends_with(suffix)) {
                return entry.path().string();
            }
        }
        return {};
    }
    /// One word of the narinfo is another.
    void lie(const std::string& field, const std::string& value) {
        const std::string path = file(".narinfo");
        std::string text;
        const std::string old = core::read_file(path);
        for (const auto line : core::lines(old)) {
            text +=
                (line.starts_with(field + ":") ? field + ": " + value : std::string(line)) + "\n";
        }
        core::write_file_durably(path, text, 0644);
    }
    evaluator::FetchRequest request() const { return {.drv = top, .roots = dir_ / "fetched"}; }
    std::string operator/(const std::string& name) const { return dir_ / name; }

  private:
    void keys(const std::string& name) {
        done_by(fixture().nix().nix_store(
            evaluator::NixPurpose::query,
            {"--generate-binary-cache-key", name + "-1", dir_ / name, dir_ / (name + ".pub")}));
    }
    test::TempDir dir_{};

  public:
    core::StorePath dep;
    core::StorePath top;
    std::vector<std::string> outputs{};
    CacheServer server{dir_ / "cache"};
};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("what a cache has is fetched, and only the remainder is built") {
    World world("good");
    world.put({world.dep});
    std::vector<std::string> told;
    auto outcome = world.fetch(world.settings(), [&](const BuildEvent& event) {
        if (event.kind == BuildEvent::Kind::fetching || event.kind == BuildEvent::Kind::fetched) {
            told.push_back((event.kind == BuildEvent::Kind::fetched ? "fetched " : "fetching ") +
                           event.derivation + " " + std::to_string(event.expected));
        }
    });
    REQUIRE(std::holds_alternative<Fetched>(outcome));
    const auto& done = std::get<Fetched>(outcome);
    INFO(done.log.text);
    REQUIRE(done.paths.size() == 1);
    CHECK(done.paths.front().str() == world.outputs.front());
    CHECK(done.to_build == 1);
    CHECK(done.bytes > 300'000);
    CHECK(told == std::vector{"fetching " + world.outputs.front() + " 1",
                              "fetched " + world.outputs.front() + " 1"});
    CHECK(std::filesystem::read_symlink(world / "fetched/0").string() == world.outputs.front());

    const auto built = evaluator::build(fixture().nix(world.settings()),
                                        {.drv = world.top, .gc_root = world / "roots/top"});
    REQUIRE(std::holds_alternative<Built>(built));
    CHECK(std::get<Built>(built).built == std::vector{world.top.str()});
    evaluator::forget_fetched(world.request());
    CHECK_FALSE(std::filesystem::exists(world / "fetched"));
}

TEST_CASE("of a closure that a cache has as a whole nothing is compiled") {
    World world("whole");
    world.put({world.dep, world.top});
    const auto done = world.fetched();
    CHECK(done.to_build == 0);
    CHECK(done.paths.size() == 1); // nothing of `dep` is in it
    const auto built = evaluator::build(fixture().nix(world.settings()),
                                        {.drv = world.top, .gc_root = world / "roots/top"});
    REQUIRE(std::holds_alternative<Built>(built));
    CHECK(std::get<Built>(built).built.empty());
}

TEST_CASE("a machine that takes nothing from caches asks none") {
    World world("none");
    world.conf("right", "substituters =\n");
    CHECK(world.fetched().paths.empty());
    world.conf("right", "substitute = false\n");
    CHECK(world.fetched().paths.empty());
    CHECK(world.server.asked().empty());
}

TEST_CASE("a cache that has nothing is passed over") {
    World world("away");
    const auto nothing = world.fetched();
    CHECK(nothing.paths.empty());
    CHECK(nothing.to_build == 2);
    CHECK(nothing.silent.empty());
}

TEST_CASE("a cache that does not answer is refused where it may have what would be compiled") {
    World world("dead");
    world.conf("right", "", "http://127.0.0.1:1/");
    const auto began = std::chrono::steady_clock::now();
    auto outcome = world.fetch(world.settings());
    REQUIRE(std::holds_alternative<BuildRefused>(outcome));
    const auto& no = std::get<BuildRefused>(outcome).problem;
    CHECK(no.code == "substitution_failed");
    CHECK(no.where == "http://127.0.0.1:1");
    CHECK(holds(no.message, "does not answer"));
    CHECK(holds(no.message, "dead-dep"));
    CHECK(holds(no.hint, "curl http://127.0.0.1:1/nix-cache-info"));
    CHECK(std::chrono::steady_clock::now() - began < 60s);
    // Another cache has it: then the dead one is only told.
    world.conf("right", "", "http://127.0.0.1:1/ " + world.server.url());
    world.put({world.dep, world.top});
    const auto done = world.fetched();
    CHECK(done.to_build == 0);
    CHECK(done.silent == std::vector<std::string>{"http://127.0.0.1:1"});
}

TEST_CASE("one dead cache of several stops nothing that needs no source, and is told") {
    World world("oneof");
    world.conf("right", "", "http://127.0.0.1:1 " + world.server.url());
    const auto done = world.fetched();
    CHECK(done.to_build == 2);
    CHECK(done.silent == std::vector<std::string>{"http://127.0.0.1:1"});
    // What would be compiled needs a source that the dead one may have.
    const auto source =
        fixture().derivation("oneof-source", "echo > $out",
                             "outputHashMode = \"flat\"; outputHashAlgo = \"sha256\"; outputHash = "
                             "\"0000000000000000000000000000000000000000000000000000\";");
    const auto needs = fixture().derivation("oneof-needs", "cat $needs > $out",
                                            "needs = import " + source.str() + ";");
    auto outcome = evaluator::fetch(fixture().nix(world.settings()),
                                    {.drv = needs, .roots = world / "fetched"});
    REQUIRE(std::holds_alternative<BuildRefused>(outcome));
    const auto& no = std::get<BuildRefused>(outcome).problem;
    CHECK(no.code == "substitution_failed");
    CHECK(no.where == "http://127.0.0.1:1");
    CHECK(holds(no.message, "oneof-source"));
}

TEST_CASE("what says that no cache has it is built here, though a cache does not answer") {
    World world("alone");
    world.conf("right", "", "http://127.0.0.1:1");
    const auto own =
        fixture().derivation("alone-own", "echo own > $out", "allowSubstitutes = false;");
    const auto near =
        fixture().derivation("alone-near", "echo near > $out", "preferLocalBuild = true;");
    for (const auto& drv : {own, near}) {
        auto outcome = evaluator::fetch(fixture().nix(world.settings()),
                                        {.drv = drv, .roots = world / "fetched"});
        REQUIRE(std::holds_alternative<Fetched>(outcome));
        CHECK(std::get<Fetched>(outcome).to_build == 1);
    }
}

TEST_CASE("a fetch says how much came from which cache") {
    World world("counted");
    world.put({world.dep});
    const auto done = world.fetched();
    REQUIRE(done.caches.size() == 1);
    CHECK(done.caches.front().cache == world.server.url());
    CHECK(done.caches.front().paths == 1);
    CHECK(done.caches.front().bytes == done.bytes);
    CHECK(done.bytes > 300'000);
    CHECK(done.bytes < 310'000);
}

TEST_CASE("a cache whose key is not the machine's is refused") {
    World world("wrongkey");
    world.put({world.dep}, "wrong");
    const auto no = world.refused();
    CHECK(no.code == "substitution_failed");
    CHECK(holds(no.message, world.server.url()));
    CHECK(holds(no.message, "wrongkey-dep"));
    // The same cache, once the machine takes its key.
    world.conf("wrong");
    CHECK(world.fetched().paths.size() == 1);
}

TEST_CASE("what nobody signed is refused, also where the machine would take it") {
    World world("unsigned");
    world.put({world.dep}, "");
    world.conf("right", "require-sigs = false\n");
    CHECK(world.refused().code == "substitution_failed");
    world.conf("right", "", world.server.url() + "?trusted=1");
    CHECK(world.refused().code == "caches_unsafe");
}

TEST_CASE("a cache that lies about what it signed is refused") {
    World world("lying");
    world.put({world.dep});
    SECTION("the size") {
        world.lie("NarSize", "299999");
    }
    SECTION("the hash") {
        world.lie("NarHash", "sha256:0000000000000000000000000000000000000000000000000000");
    }
    SECTION("the bytes") {
        const std::string nar = world.file(".nar");
        std::string bytes = core::read_file(nar);
        bytes[bytes.size() / 2] = 'x';
        core::write_file_durably(nar, bytes, 0644);
    }
    SECTION("half of the bytes") {
        const std::string nar = world.file(".nar");
        core::write_file_durably(nar, core::read_file(nar).substr(0, 150'000), 0644);
    }
    SECTION("that it has them") {
        world.server.fault(Fault::missing);
    }
    const auto no = world.refused();
    CHECK(no.code == "substitution_failed");
    INFO(no.message);
    CHECK(holds(no.message, "lying-dep"));
}

TEST_CASE("a cache that sends without end is ended") {
    World world("endless");
    world.put({world.dep});
    // An archive that says it holds a very large file, and goes on to send it.
    const std::string nar = world.file(".nar");
    std::string bytes = core::read_file(nar);
    const auto size = bytes.find("contents") + 8;
    bytes.replace(size, 8, std::string("\0\0\0\0\1\0\0\0", 8));
    core::write_file_durably(nar, bytes, 0644);
    world.server.fault(Fault::endless);
    const auto no = world.refused();
    CHECK(no.code == "substitution_failed");
    CHECK(holds(no.message, "sends more"));
}

TEST_CASE("a cache that says nothing is waited for only so long") {
    World world("slow");
    world.put({world.dep});
    world.server.fault(Fault::slow);
    auto settings = world.settings();
    settings.fetch_deadline = 3s;
    const auto no = world.refused(settings);
    CHECK(no.code == "fetch_timeout");
    CHECK(holds(no.message, world.server.url()));
}

TEST_CASE("a redirect leads to no file of the machine, and not in circles") {
    World world("redirect");
    world.put({world.dep});
    world.server.fault(Fault::elsewhere);
    CHECK(world.refused().code == "substitution_failed");
    world.server.fault(Fault::loop);
    CHECK(world.refused().code == "substitution_failed");
}

TEST_CASE("no more is fetched than was allowed, nor than there is room for") {
    World world("large");
    world.put({world.dep});
    auto settings = world.settings();
    settings.fetch_bytes = 100'000;
    const auto limit = [&] {
        auto outcome = world.fetch(settings);
        if (const auto* done = std::get_if<Fetched>(&outcome)) {
            FAIL(done->log.text << done->bytes);
        }
        return std::get<BuildRefused>(outcome).problem;
    };
    CHECK(holds(limit().hint, "nix.fetch_mb"));
    settings = world.settings();
    settings.disk_reserve = 1ULL << 62;
    CHECK(limit().where == "/nix/store");
    const auto full = evaluator::build(fixture().nix(settings),
                                       {.drv = world.top, .gc_root = world / "roots/top"});
    REQUIRE(std::holds_alternative<BuildRefused>(full));
    CHECK(std::get<BuildRefused>(full).problem.code == "build_limit");
}
