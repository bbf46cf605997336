// What an input that is asked for at an address of the web may be locked to.
#include "proposals/flake/reference.hpp"

#include "tests/support/catch.hpp"

using namespace agentd::proposals;

namespace {

bool may(const std::string& asked, const std::string& found) {
    return flake::may_be_locked_so({{"type", "tarball"}, {"url", asked}},
                                   {{"type", "tarball"}, {"url", found}});
}

} // namespace

TEST_CASE("what is asked of a repository of a forge is locked to that one, and to no other") {
    const std::string asked = "https://github.com/a/b/archive/main.tar.gz";
    CHECK(may(asked, asked));
    for (const char* url :
         {"https://github.com/A/b/archive/0123.tar.gz", "https://codeload.github.com/a/b/tar.gz/x",
          "https://api.github.com/repos/a/b/tarball/x"}) {
        INFO(url);
        CHECK(may(asked, url));
    }
    for (const char* url :
         {"https://github.com/evil/b/archive/main.tar.gz",
          "https://github.com/a/c/archive/main.tar.gz", "https://codeload.github.com/evil/b/tar.gz",
          "https://api.github.com/repos/evil/a/tarball/b", "https://github.com/a/b/../../evil/b/x",
          "https://github.com/a/b/%2e%2e/c/archive/x", "https://github.com/evil/c/archive/a/b/x",
          "https://github.com/repos/a/b/archive/x", "https://gist.github.com/a/b1/archive/x",
          "https://objects.githubusercontent.com/github-production-release-asset/1/2"}) {
        INFO(url);
        CHECK_FALSE(may(asked, url));
    }
    CHECK(may("https://codeberg.org/a/b/archive/main.tar.gz",
              "https://codeberg.org/api/v1/repos/a/b/archive/0123.tar.gz"));
    CHECK(may("https://flakehub.com/f/a/b/0.1.tar.gz",
              "https://api.flakehub.com/f/pinned/a/b/0.1.2/0123/source.tar.gz"));
    CHECK_FALSE(may("https://flakehub.com/f/a/b/0.1.tar.gz",
                    "https://api.flakehub.com/f/pinned/a/c/0.1.2/0123/source.tar.gz"));
    CHECK_FALSE(may("https://git.sr.ht/~a/b/archive/x.tar.gz",
                    "https://git.sr.ht/~evil/b/archive/x.tar.gz"));
    CHECK_FALSE(may("https://github.com/a", "https://github.com/b"));
    CHECK_FALSE(may("https://github.com./a/b/x", "https://github.com./evil/b/x"));
}

TEST_CASE("a forge that anybody runs is known by the form of its addresses") {
    const std::string asked = "https://git.e.org/a/b/archive/main.tar.gz";
    CHECK(may(asked, "https://git.e.org/a/b/archive/0123.tar.gz?rev=0123"));
    CHECK(may(asked, "https://git.e.org/api/v1/repos/a/b/archive/0123.tar.gz"));
    CHECK_FALSE(may(asked, "https://git.e.org/evil/b/archive/main.tar.gz"));
    CHECK_FALSE(may(asked, "https://git.e.org/api/v1/repos/evil/b/archive/main.tar.gz"));
    CHECK_FALSE(may(asked, "https://git.e.org/api/packages/evil/x.tar.gz"));
    const std::string grouped = "https://gitlab.com/g/s/p/-/archive/main/p.tar.gz";
    CHECK(may(grouped, "https://gitlab.com/api/v4/projects/g%2Fs%2Fp/repository/archive.tar.gz"));
    CHECK_FALSE(may(grouped, "https://gitlab.com/g/evil/p/-/archive/main/p.tar.gz"));
    CHECK_FALSE(may(grouped, "https://gitlab.com/evil/-/archive/g/s/p.tar.gz"));
    CHECK_FALSE(may("https://gitlab.com/g/p/a.tar.gz", "https://gitlab.com/g/p/b.tar.gz"));
    CHECK_FALSE(may("https://e.org/~a/x.tar.gz", "https://e.org/~evil/x.tar.gz"));
    CHECK_FALSE(may("https://e.org/x.tar.gz", "https://e.org/evil/b/archive/x.tar.gz"));
    // Whose addresses are of no such form is one owner.
    CHECK(may("https://e.org/latest.tar.gz", "https://e.org/2026/0123.tar.gz"));
}

TEST_CASE("a channel is locked to a release of its own") {
    const std::string asked = "https://channels.nixos.org/nixos-24.05/nixexprs.tar.xz";
    const std::string releases = "https://releases.nixos.org/";
    CHECK(may(asked, releases + "nixos/24.05/nixos-24.05.1.0123/nixexprs.tar.xz"));
    CHECK(may("https://nixos.org/channels/nixos-24.05/nixexprs.tar.xz",
              releases + "nixos/24.05/nixos-24.05.1.0123/nixexprs.tar.xz"));
    CHECK_FALSE(may(asked, releases + "nixos/unstable/nixos-25.05pre1.0123/nixexprs.tar.xz"));
    CHECK_FALSE(may(asked, releases + "nixos/24.05-small/nixos-24.05.1.0123/nixexprs.tar.xz"));
    CHECK_FALSE(may(asked, releases + "nix/nix-2.8/nix.tar.xz"));
    CHECK(may("https://channels.nixos.org/nixpkgs-unstable/nixexprs.tar.xz",
              releases + "nixpkgs/nixpkgs-25.05pre1.0123/nixexprs.tar.xz"));
    CHECK(may("https://nixos.org/channels/nixos-unstable",
              releases + "nixos/unstable/nixos-25.05pre1.0123/nixexprs.tar.xz"));
}

TEST_CASE("what a server is asked for by name is asked of it in the lock too") {
    const std::string get = "https://e.org/get";
    CHECK(may(get + "?repo=a", get + "?repo=a&rev=0123&narHash=sha256-x"));
    CHECK_FALSE(may(get + "?repo=a", get + "?repo=evil"));
    CHECK_FALSE(may(get + "?repo=a", get));
    CHECK_FALSE(may(get, get + "?repo=evil"));
    CHECK_FALSE(may(get + "?repo=a", get + "?repo=a&repo=evil"));
    CHECK_FALSE(may(get + "?repo=a", "https://e.org/other?repo=evil"));
    CHECK(may(get + "?repo=a", "https://e.org/0123?repo=a&rev=0123"));
}
