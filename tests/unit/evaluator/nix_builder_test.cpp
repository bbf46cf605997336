#include "agentd/core/text.hpp"
#include "evaluator/builder.hpp"
#include "evaluator/caches.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <filesystem>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace agentd::evaluator;
using namespace std::chrono_literals;

namespace {

/// A Nix whose running system has this nix.conf, and that builds through `store`.
struct Machine {
    test::TempDir dir{};
    Nix nix;

    explicit Machine(const std::string& text, const std::string& store = "daemon")
        : nix(make(dir, text, store)) {}

    static Nix make(const test::TempDir& dir, const std::string& text, const std::string& store) {
        core::make_directories(dir / "etc", 0755);
        core::write_file_durably(dir / "etc/nix.conf", text, 0644);
        return Nix(NixInstallation(test::nix_under_test()),
                   {.scratch = dir / "nix", .machine_settings = dir / "etc", .store = store});
    }
};

/// The real one, on a socket of its own.
class Daemon {
  public:
    explicit Daemon(const test::TempDir& dir) : socket_(dir / "daemon.socket") {
        core::make_directories(dir / "conf", 0755);
        sandbox::Command command{
            .program = NixInstallation(test::nix_under_test()).programs().nix,
            .arguments = {"--extra-experimental-features", "nix-command", "daemon"},
            .environment = {{"NIX_DAEMON_SOCKET_PATH", socket_},
                            {"NIX_CONF_DIR", dir / "conf"},
                            {"HOME", dir / "conf"},
                            {"PATH", "/usr/bin:/bin"}},
            .deadline = 60s};
        thread_ = std::jthread([command](const std::stop_token& stop) {
            static_cast<void>(sandbox::run(command, stop));
        });
        for (int i = 0; i < 500 && ::access(socket_.c_str(), F_OK) != 0; ++i) {
            std::this_thread::sleep_for(10ms);
        }
    }
    std::string store() const { return "unix://" + socket_; }

  private:
    std::string socket_;
    std::jthread thread_;
};

std::string open(const std::string& changed) {
    auto settings = parse_shown_settings(
        "allow-new-privileges = false\nfilter-syscalls = true\npost-build-hook = \n"
        "pre-build-hook = \nsandbox = true\nsandbox-fallback = false\nsandbox-paths = \n");
    for (const auto& [name, value] : parse_shown_settings(changed)) {
        settings.insert_or_assign(name, value);
    }
    return core::join(open_settings(settings), "; ");
}

} // namespace

TEST_CASE("each setting that lets builds out, or others in, is told") {
    CHECK(open("").empty());
    CHECK(open("sandbox = relaxed\n") == "sandbox = relaxed (builds see the machine)");
    CHECK(open("sandbox-fallback = true\n").starts_with("sandbox-fallback = true ("));
    CHECK(open("filter-syscalls = false\n").starts_with("filter-syscalls = false ("));
    CHECK(open("allow-new-privileges = true\n").starts_with("allow-new-privileges = true ("));
    CHECK(open("pre-build-hook = /x\n").starts_with("pre-build-hook = /x ("));
    CHECK(open("post-build-hook = /x\n").starts_with("post-build-hook = /x ("));
    CHECK(open("diff-hook = /x\n").empty()); // nobody runs it
    CHECK(open("diff-hook = /x\nrun-diff-hook = true\n").starts_with("diff-hook = /x ("));
    CHECK(open("experimental-features = flakes recursive-nix\n").find("recursive-nix") !=
          std::string::npos);
    // What is in the store, and what a sandbox always has, is no opening.
    CHECK(open("sandbox-paths = /bin/sh=/usr/bin/bash-static /run/binfmt "
               "/usr/bin/env=/nix/store/x-env?\n")
              .empty());
    CHECK(open("sandbox-paths = /nix/store/x /var/cache/ccache? /x=/run/secrets/x\n") ==
          "sandbox-paths has /var/cache/ccache? (every build sees it); "
          "sandbox-paths has /x=/run/secrets/x (every build sees it)");
    // A Nix that does not tell of a setting is not taken for a good one.
    CHECK(open_settings({}).size() == 4);
}

TEST_CASE("a machine's Nix daemon that builds outside of its sandbox is refused") {
    const auto refused = [](const std::string& conf, const std::string& store) {
        const auto caches = caches_of(Machine(conf, store).nix);
        return caches ? "" : caches.problem().code;
    };
    CHECK(refused("sandbox = true\n", "daemon").empty());
    CHECK(refused("sandbox = false\n", "daemon") == "unsafe_builder");
    CHECK(refused("sandbox = relaxed\n", "daemon") == "unsafe_builder");
    // agentd's own has settings of its own; the machine's stays the machine's by its socket.
    CHECK(refused("sandbox = false\n", "unix:///run/agentd-nixd/socket").empty());
    CHECK(refused("sandbox = false\n", "unix:///nix/var/nix/daemon-socket/socket") ==
          "unsafe_builder");
}

TEST_CASE("who builds tells its own version, and a hole in either counts") {
    const test::TempDir dir;
    const Daemon daemon(dir);
    const Machine machine("", daemon.store());
    const auto builder = builder_of(machine.nix);
    CHECK(builder.daemon == daemon.store());
    CHECK_FALSE(builder.machine);
    CHECK(builder.open.empty());
    REQUIRE(builder.version);
    const auto& own = machine.nix.installation().version();
    CHECK(builder.version->minor == own.minor);
    CHECK(builder.version->patch == own.patch);
}

TEST_CASE(
    "whether a build could come out is asked of the program, of who builds, and of its settings") {
    const test::TempDir dir;
    const auto said = [&](const char* program, Builder builder) {
        core::make_directories(dir / "bin", 0755);
        core::write_file_durably(
            dir / "bin/nix", "#!/bin/sh\necho 'nix (Nix) " + std::string(program) + "'\n", 0755);
        const Nix nix(NixInstallation({.nix = dir / "bin/nix"}), {.scratch = dir / "nix"});
        return build_escapable(nix, builder);
    };
    const auto of = [](const char* line) { return NixVersion::parse(line); };
    const auto good = of("nix (Nix) 2.34.8");
    CHECK(said("2.34.8", {}) == std::optional(false));
    CHECK(said("2.24.1", {}) == std::optional(true));
    CHECK(said("2.34.8", {.daemon = "daemon", .version = good}) == std::optional(false));
    CHECK(said("2.34.8", {.daemon = "daemon", .version = of("nix (Nix) 2.24.1")}) ==
          std::optional(true));
    CHECK(said("2.34.8", {.daemon = "daemon", .version = good, .open = {"x"}}) ==
          std::optional(true));
    CHECK(said("2.34.8", {.daemon = "daemon"}) == std::nullopt); // it does not tell
}

TEST_CASE("the settings of the machine's daemon are looked at where it builds, and what is away "
          "tells nothing") {
    const Machine machine("sandbox-fallback = true\nextra-sandbox-paths = /var/cache/ccache\n",
                          "unix:///nix/var/nix/daemon-socket/socket");
    const auto builder = builder_of(machine.nix);
    CHECK(builder.machine);
    CHECK(builder.open.size() == 2);
    CHECK(builder_of(machine.nix, "").daemon.empty());
    CHECK_FALSE(builder_of(machine.nix, "unix:///nonexistent/socket").version);
    CHECK(daemon_of_others("/run/x") == "unix:///run/x");
}
