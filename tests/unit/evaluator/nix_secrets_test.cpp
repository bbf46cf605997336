/// What a hostile flake may learn or leave behind: nothing of what the daemon's uid can read.
#include "evaluator/evaluation.hpp"

#include "agentd/core/fd.hpp"
#include "nix_fixture.hpp"

#include <filesystem>
#include <unistd.h>

using namespace agentd;
using test::NixFixture;

namespace {

const std::string mark = "agentd-secret-" + std::to_string(::getpid()) + "-that-stays";

/// A folder that only we may read, as the state directory, and a git repository in it.
struct Secrets {
    explicit Secrets(const NixFixture& fixture) : folder(fixture / "private") {
        core::make_directories(folder, 0700);
        core::write_file_durably(folder + "/" + mark, "hunter2", 0600);
        core::write_file_durably(folder + "/flake.nix", "{ outputs = _: { }; }", 0600);
        git({"init", "-q", folder});
        git({"-C", folder, "add", "-A"});
        git({"-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q",
             "-m", "t"});
        rev = git({"-C", folder, "rev-parse", "HEAD"});
        rev.pop_back();
    }
    static std::string git(std::vector<std::string> arguments) {
        const auto outcome =
            sandbox::run({.program = "/usr/bin/git",
                          .arguments = std::move(arguments),
                          .environment = {{"PATH", "/usr/bin"}, {"HOME", "/nonexistent"}}});
        REQUIRE(outcome.succeeded());
        return outcome.out.bytes;
    }
    std::string folder;
    std::string rev;
};

/// Whether some path of the store holds the secret's file, or is it.
bool travelled() {
    for (const auto& entry : std::filesystem::directory_iterator("/nix/store")) {
        std::error_code error;
        if (entry.path().filename().string().find(mark) != std::string::npos ||
            std::filesystem::exists(entry.path() / mark, error)) {
            return true;
        }
    }
    return false;
}

void check_refused(NixFixture& fixture, const evaluator::FlakeSource& source) {
    const auto outcome = evaluator::evaluate(fixture.nix(), source, NixFixture::host());
    const auto* refused = std::get_if<evaluator::EvaluationRefused>(&outcome);
    CHECK(refused != nullptr);
    CHECK((refused == nullptr || refused->log.find("hunter2") == std::string::npos));
    CHECK_FALSE(travelled());
}

} // namespace

TEST_CASE("no expression carries a private folder of the daemon into the store") {
    NixFixture fixture;
    const Secrets secrets(fixture);
    const std::string dir = secrets.folder;
    REQUIRE_FALSE(travelled());
    const std::string hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (const std::string& value : {
             "\"${" + dir + "}\"",
             "toString (builtins.path { path = " + dir + "; name = \"" + mark + "\"; })",
             "toString (builtins.path { path = \"" + dir + "/" + mark + "\"; sha256 = \"" + hash +
                 "\"; })",
             "toString (builtins.filterSource (_: _: true) " + dir + ")",
             "toString (builtins.fetchGit { url = \"" + dir + "\"; rev = \"" + secrets.rev +
                 "\"; })",
             "toString (builtins.fetchGit { url = \"file://" + dir + "\"; rev = \"" + secrets.rev +
                 "\"; })",
             "toString (builtins.fetchGit \"" + dir + "\")",
             "toString (builtins.fetchTree { type = \"path\"; path = \"" + dir +
                 "\"; narHash = \"" + hash + "\"; })",
             "toString (builtins.fetchTree { type = \"git\"; url = \"file://" + dir +
                 "\"; rev = \"" + secrets.rev + "\"; })",
             "toString (builtins.getFlake \"path:" + dir + "?narHash=" + hash + "\")",
             "toString (builtins.getFlake \"git+file://" + dir + "?rev=" + secrets.rev + "\")",
             "builtins.readFile (builtins.fetchurl { url = \"file://" + dir + "/" + mark +
                 "\"; sha256 = \"" + hash + "\"; })",
             "toString (builtins.fetchTarball { url = \"file://" + dir + "/" + mark +
                 "\"; sha256 = \"" + hash + "\"; })",
             "builtins.hashFile \"sha256\" " + dir + "/" + mark,
             "toString (builtins.pathExists " + dir + "/" + mark + " || throw \"not there\")",
         }) {
        INFO(value);
        check_refused(fixture, fixture.with_module("{ networking.hostName = " + value + "; }"));
    }
}

TEST_CASE("no input, however it is locked, carries a private folder of the daemon into the store") {
    NixFixture fixture;
    const Secrets secrets(fixture);
    REQUIRE_FALSE(travelled());
    const std::string flake =
        "{ inputs.x.url = \"github:owner/name\"; inputs.x.flake = false;\n"
        "  outputs = { self, x }: { nixosConfigurations.web.config = throw \"${x}\"; }; }";
    const std::string hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (const std::string& locked : {
             "{ \"type\": \"path\", \"path\": \"" + secrets.folder +
                 "\", \"lastModified\": 1, \"narHash\": \"" + hash + "\" }",
             "{ \"type\": \"path\", \"path\": \"" + secrets.folder + "/" + mark +
                 "\", \"lastModified\": 1, \"narHash\": \"" + hash + "\" }",
             "{ \"type\": \"git\", \"url\": \"file://" + secrets.folder +
                 "\", \"lastModified\": 1, \"revCount\": 1, \"rev\": \"" + secrets.rev +
                 "\", \"narHash\": \"" + hash + "\" }",
             "{ \"type\": \"tarball\", \"url\": \"file://" + secrets.folder + "/" + mark +
                 "\", \"narHash\": \"" + hash + "\" }",
             "{ \"type\": \"file\", \"url\": \"file://" + secrets.folder + "/" + mark +
                 "\", \"narHash\": \"" + hash + "\" }",
         }) {
        INFO(locked);
        const std::string lock = "{ \"version\": 7, \"root\": \"root\", \"nodes\": { \"root\": { "
                                 "\"inputs\": { \"x\": \"x\" } }, "
                                 "\"x\": { \"flake\": false, \"original\": { \"type\": \"github\", "
                                 "\"owner\": \"owner\", \"repo\": \"name\" }, "
                                 "\"locked\": " +
                                 locked + " } } }";
        check_refused(fixture, fixture.commit({{"flake.nix", flake}, {"flake.lock", lock}}));
    }
}
