#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "evaluator/evaluation_refusal.hpp"
#include "evaluator/nix_message.hpp"
#include "evaluator/nix_query.hpp"
#include "evaluator/nix_scripts.hpp"
#include "evaluator/remote_builders.hpp"
#include "evaluator/store_info.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

using namespace agentd;
using namespace agentd::evaluator;

TEST_CASE("the version lines of every Nix are read") {
    const auto version = [](std::string_view line) { return NixVersion::parse(line).value(); };
    CHECK(version("nix (Nix) 2.8.0\n").minor == 8);
    CHECK(version("nix (Nix) 2.26.3").at_least(2, 20));
    CHECK_FALSE(version("nix (Nix) 2.8.0").at_least(2, 20));
    const auto lix = version("nix (Lix, like Nix) 2.93.0");
    CHECK(lix.flavour == NixFlavour::lix);
    CHECK_FALSE(lix.at_least(2, 20));
    CHECK(lix.at_least(2, 18));
    const auto determinate = version("nix (Determinate Nix 3.6.2) 2.29.0");
    CHECK(determinate.flavour == NixFlavour::determinate);
    CHECK(determinate.minor == 29);
    for (const char* bad : {"", "bash 5.2", "nix", "nix (Nix) two.eight", "nix (Nix) 2"}) {
        CHECK_FALSE(NixVersion::parse(bad).has_value());
    }
}

TEST_CASE("a program of Nix that is not where it was said to be is a Failure that names it") {
    CHECK_THROWS_WITH(NixInstallation({.nix = "/nonexistent/nix"}),
                      Catch::Contains("/nonexistent/nix"));
    CHECK_THROWS_AS(NixInstallation({.nix = "nix"}), core::Failure);
    CHECK_THROWS_AS(NixInstallation({.nix = "/bin/true"}), core::Failure);
}

TEST_CASE("a Nix that was made ready before needs no room to be made ready again") {
    const test::TempDir dir;
    const auto inode = [&] {
        struct stat info {};
        REQUIRE(::stat((dir / "scratch/home/.gitconfig").c_str(), &info) == 0);
        return info.st_ino;
    };
    const auto make = [&](std::vector<std::string> repositories) {
        evaluator::Nix(evaluator::NixInstallation(),
                       {.scratch = dir / "scratch", .repositories = std::move(repositories)});
    };
    make({});
    const auto first = inode();
    make({});
    CHECK(inode() == first); // not written anew
    make({"/srv/config.git"});
    CHECK(core::read_file(dir / "scratch/home/.gitconfig").find("/srv/config.git") !=
          std::string::npos);
}

TEST_CASE("the forced settings are the strict ones for every purpose") {
    const test::TempDir dir;
    const Nix nix(NixInstallation(), {.scratch = dir / "nix"});
    for (const auto purpose : {NixPurpose::evaluate, NixPurpose::build, NixPurpose::query}) {
        const std::string text = "\n" + nix.configuration(purpose);
        for (const char* line :
             {"experimental-features = nix-command flakes", "accept-flake-config = false",
              "allow-import-from-derivation = false", "restrict-eval = true", "pure-eval = true",
              "substituters = ", "flake-registry = ", "builders = ", "post-build-hook = ",
              "plugin-files = ", "allow-unsafe-native-code-during-evaluation = false"}) {
            INFO(line);
            CHECK(text.find("\n" + std::string(line) + "\n") != std::string::npos);
        }
    }
    const auto build = nix.configuration(NixPurpose::build);
    CHECK(build.find("sandbox = true\n") != std::string::npos);
    CHECK(build.find("sandbox-fallback = false\n") != std::string::npos);
}

TEST_CASE("remote builders build only where the machine's own daemon is named, and nowhere else") {
    const test::TempDir dir;
    const auto says = [&](const std::string& store, NixPurpose purpose) {
        const Nix nix(NixInstallation(), {.scratch = dir / "nix", .store = store});
        return nix.configuration(purpose).find("builders =") == std::string::npos;
    };
    const std::string machine = "unix:///nix/var/nix/daemon-socket/socket";
    CHECK(says(machine, NixPurpose::build));
    CHECK_FALSE(says(machine, NixPurpose::evaluate));
    CHECK_FALSE(says(machine, NixPurpose::fetch));
    for (const char* other : {"", "daemon", "unix:///run/agentd-nixd/socket"}) {
        CHECK_FALSE(says(other, NixPurpose::build));
    }
}

TEST_CASE("the remote builders of the running system are read as Nix reads them") {
    const test::TempDir dir;
    core::write_file_durably(dir / "machines",
                             "# ours\nssh-ng://b@far.example x86_64-linux /root/key 8\n");
    CHECK(remote_builders("", "/own", dir.path()).empty());
    CHECK(remote_builders("@/own/machines", "/own", dir.path()) ==
          std::vector<std::string>{"ssh-ng://far.example"});
    CHECK(remote_builders("@/own/nowhere", "/own", dir.path()).empty());
    CHECK(remote_builders("ssh://a i686-linux ; @" + (dir / "machines"), "/own", "/").size() == 2);
    core::write_file_durably(dir / "machines", "@" + (dir / "machines"));
    CHECK(remote_builders("@" + (dir / "machines"), "/own", "/").empty());
}

TEST_CASE("no setting can bring a line of its own") {
    const test::TempDir dir;
    const Nix nix(NixInstallation(),
                  {.scratch = dir / "nix", .build_users_group = "x\nsandbox = false"});
    CHECK_THROWS_AS(nix.configuration(NixPurpose::build), core::Failure);
}

TEST_CASE("a Nix string means exactly its text") {
    CHECK(nix_string("plain") == "\"plain\"");
    CHECK(nix_string("a\"${b}\\") == "\"a\\\"\\${b}\\\\\"");
}

TEST_CASE("a path and a ref cannot change what a flake address means") {
    const FlakeSource source{.repository = "/srv/a b?ref=x&#",
                             .ref = "refs/agentd/1#y",
                             .commit = core::Commit::parse(std::string(40, 'a')).value()};
    CHECK(source.url() == "git+file:///srv/a%20b%3Fref%3Dx%26%23?ref=refs/agentd/1%23y&rev=" +
                              std::string(40, 'a'));
}

TEST_CASE("control sequences of a terminal are taken out, text stays") {
    CHECK(without_colours("\x1b[31;1merror:\x1b[0m no") == "error: no");
    CHECK(without_colours("a\x1b]0;title\ab") == "ab");
    CHECK(without_colours("a\x1b]0;title\x1b\\b") == "ab");
    CHECK(without_colours("tab\tline\n\rover\b\x7f") == "tab\tline\nover");
    CHECK(without_colours("\x1b") == "");
    CHECK(without_colours("end\x1b[31") == "end");
    CHECK(without_colours("bad\xff") == "bad\xef\xbf\xbd");
}

TEST_CASE("a place in a source tree is shown as a place in the repository") {
    CHECK(
        in_repository("at /nix/store/0px818463820h2lbyn0yrjc1j6i7xcgp-source/hosts/web.nix:1:7") ==
        "at hosts/web.nix:1:7");
    CHECK(in_repository("«git+file:///repo?ref=x&rev=y»/hosts/web.nix:3:35") ==
          "hosts/web.nix:3:35");
    CHECK(in_repository("/nix/store/0px818463820h2lbyn0yrjc1j6i7xcgp-nginx/bin") ==
          "/nix/store/0px818463820h2lbyn0yrjc1j6i7xcgp-nginx/bin");
    CHECK(in_repository("/etc/passwd") == "/etc/passwd");
}

TEST_CASE("warnings are told from traces in every version's words") {
    const auto warning = [](const std::string& text) {
        return warning_of({.action = NixMessage::Action::message, .text = text});
    };
    CHECK(warning("trace: warning: old option") == "old option");
    CHECK(warning("evaluation warning: old option") == "old option");
    CHECK(warning("trace: evaluation warning: old option") == "old option");
    CHECK_FALSE(warning("trace: just looking").has_value());
    CHECK_FALSE(warning("warning: you don't have Internet access").has_value());
}

TEST_CASE("lines that are not Nix's messages are not taken for them") {
    for (const char* line : {"", "@nix", "@nix {", "@nix []", "@nix {\"action\":\"dance\"}",
                             "nix {\"action\":\"stop\"}"}) {
        CHECK_FALSE(parse_nix_message(line).has_value());
    }
    CHECK(parse_nix_message("@nix {\"action\":\"stop\",\"id\":7,\"new\":1.5}")->id == 7);
}

TEST_CASE("an error without a word is said to be one") {
    const auto refused = refusal_of({.ending = sandbox::Exited{1}},
                                    {.errors = {NixMessage{.level = 0, .text = " \n"}}}, {});
    CHECK(refused.problem.message == "Nix gave no reason");
}

TEST_CASE("assertions of one item may span lines") {
    CHECK(assertions_in("x\nFailed assertions:\n- one\n  goes on\n- two\n") ==
          std::vector<std::string>{"one goes on", "two"});
    CHECK(assertions_in("- not one").empty());
}

TEST_CASE("every form of a NAR hash becomes the same text") {
    const std::string sri = "sha256-69FBZ9AlPI3lDXOIlM6xWT2LupqC+/lnYLPpZQ1LBrg=";
    CHECK(normal_nar_hash(sri) == sri);
    CHECK(normal_nar_hash("sha256:1f069c6nbsdkc1kzkyw2kax8ngarn779923k1pjqsg15s1kl3lgb") == sri);
    CHECK(normal_nar_hash(
              "sha256:ebd14167d0253c8de50d738894ceb1593d8bba9a82fbf96760b3e9650d4b06b8") == sri);
    for (const char* bad : {"", "sha256-", "sha1-AAAA", "sha256-AAAA", "sha256:zz"}) {
        CHECK(normal_nar_hash(bad).empty());
    }
}

TEST_CASE("every shape of path-info gives the same paths") {
    const std::string a = "/nix/store/9pwif5z7b8nbvcmg7p2071g2hi6z9yc7-a";
    const std::string b = "/nix/store/0bjpi0cxvrchj4mlwckjbsf1hhjh9xlj-b";
    const std::string hash = "sha256-69FBZ9AlPI3lDXOIlM6xWT2LupqC+/lnYLPpZQ1LBrg=";
    const auto fields = [&](const std::string& reference) {
        return "\"narHash\":\"" + hash + "\",\"narSize\":10,\"references\":[\"" + reference + "\"]";
    };
    const std::string list =
        "[{\"path\":\"" + a + "\"," + fields(b) + "},{\"path\":\"" + b + "\"," + fields(b) + "}]";
    const std::string object =
        "{\"" + a + "\":{" + fields(b) + "},\"" + b + "\":{" + fields(b) + "}}";
    const std::string nested = "{\"version\":2,\"storeDir\":\"/nix/store\",\"info\":{\"" +
                               a.substr(11) + "\":{" + fields(b.substr(11)) + "},\"" +
                               b.substr(11) + "\":{" + fields(b.substr(11)) + "}}}";
    for (const auto& text : {list, object, nested}) {
        INFO(text);
        const auto paths = parse_path_info(text);
        REQUIRE(paths);
        REQUIRE(paths->size() == 2);
        CHECK(paths->front().path.str() == b);
        CHECK(paths->front().references.empty());
        CHECK(paths->back().references.size() == 1);
        CHECK(paths->back().nar_hash == hash);
    }
    CHECK(parse_path_info("[{\"path\":\"" + a + "\",\"valid\":false}]").problem().code ==
          "not_in_store");
    CHECK(parse_path_info("{\"" + a + "\":null}").problem().code == "not_in_store");
    for (const char* bad :
         {"", "1", "[1]", "{\"/etc/passwd\":{}}", "[{\"path\":\"/nix/store/x\"}]"}) {
        CHECK_FALSE(parse_path_info(bad));
    }
}
