#include "evaluator/lock.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using namespace agentd::evaluator;

namespace {

constexpr const char* hash = "sha256-4Drk9YU5pfm1z2EolgJjzAU97Rx1FqQDUimZLQSFWDI=";
const std::string rev(40, 'a');

std::string lock(const std::string& locked, const std::string& original) {
    return R"({"nodes":{"pkgs":{"locked":{)" + locked + R"(},"original":{)" + original +
           R"(}},"root":{"inputs":{"pkgs":"pkgs"}}},"root":"root","version":7})";
}

std::string github(const std::string& owner, const std::string& revision = rev,
                   const std::string& asked = "") {
    return lock(R"("type":"github","owner":")" + owner +
                    R"(","repo":"nixpkgs","lastModified":1,"narHash":")" + hash + R"(","rev":")" +
                    revision + "\"",
                R"("type":"github","owner":")" + (asked.empty() ? owner : asked) +
                    R"(","repo":"nixpkgs")");
}

std::vector<LockNode> nodes(const std::string& text) {
    auto parsed = parse_lock(text);
    REQUIRE(parsed);
    return std::move(parsed).value();
}

/// The code of what is refused, or the origin of the one input.
std::string judged(const std::string& base, const std::string& candidate,
                   const std::vector<std::string>& origins = {}) {
    const auto wanted = sources_of(nodes(base), nodes(candidate), origins);
    return !wanted ? wanted.problem().code
           : wanted->empty()
               ? "none"
               : (wanted->front().changed ? "changed " : "same ") + wanted->front().source.origin;
}

std::string tarball(const std::string& url) {
    return lock(R"("type":"tarball","url":")" + url + R"(","narHash":")" + hash + "\"",
                R"("type":"tarball","url":")" + url + "\"");
}
std::string git(const std::string& url, const std::string& more = "",
                const std::string& asked = "") {
    return lock(R"("type":"git","url":")" + url + R"(","rev":")" + rev + R"(","narHash":")" + hash +
                    "\"" + more,
                R"("type":"git","url":")" + (asked.empty() ? url : asked) + "\"");
}

} // namespace

TEST_CASE("where a hash puts a source is known before it is fetched") {
    CHECK(source_path(hash)->str() == "/nix/store/d52aff4z9bgy8sgqyclhnwaz0360ffna-source");
    CHECK_FALSE(source_path("sha256-short="));
    CHECK_FALSE(source_path("md5-4Drk9YU5pfm1z2EolgJjzAU97Rx1FqQDUimZLQSFWDI="));
}

TEST_CASE("what a lock says of each input is read, and which names lead to it") {
    const auto all = nodes(
        R"({"nodes":{"a":{"locked":{"type":"github","owner":"x","repo":"a","rev":")" + rev +
        R"(","narHash":")" + hash +
        R"("},"original":{"type":"github","owner":"x","repo":"a"},"inputs":{"b":"b"}},)"
        R"("b":{"locked":{"type":"git+ssh","narHash":"odd"}},"root":{"inputs":{"a":"a","b":["a","b"]}}},"root":"root"})");
    REQUIRE(all.size() == 3);
    CHECK(all[2].root);
    CHECK(all[2].inputs ==
          std::map<std::string, std::string>{{"a", "\"a\""}, {"b", "[\"a\",\"b\"]"}});
    CHECK(all[0].type == "github");
    CHECK(all[0].hash == "sha256-4Drk9YU5pf");
    CHECK_FALSE(all[1].root);
    CHECK(all[1].type == "git+ssh");
    CHECK(all[0].inputs.size() == 1);
    for (const auto* odd :
         {R"({"nodes":{},"root":"gone"})", R"({"nodes":{"r":[]},"root":"r"})",
          R"({"nodes":{"r":{"inputs":[1]}},"root":"r"})", R"({"nodes":{},"root":7})"}) {
        CHECK(parse_lock(odd));
    }
}

TEST_CASE("a lock that is locked to another place than flake.nix names is refused") {
    CHECK(judged(github("NixOS"), github("evil", rev, "NixOS")) == "lock_mismatch");
    CHECK(judged(github("NixOS"), github("nixos", std::string(40, 'b'), "NixOS")) ==
          "changed github:nixos/nixpkgs");
    const std::string folder =
        lock(R"("type":"github","owner":"NixOS","repo":"nixpkgs","dir":"evil","narHash":")" +
                 std::string(hash) + R"(","rev":")" + rev + "\"",
             R"("type":"github","owner":"NixOS","repo":"nixpkgs")");
    CHECK(judged(github("NixOS"), folder) == "lock_mismatch");
    const std::string kind =
        lock(R"("type":"path","path":"/nix/store/x","narHash":")" + std::string(hash) + "\"",
             R"("type":"github","owner":"NixOS","repo":"nixpkgs")");
    CHECK(judged(github("NixOS"), kind) == "input_type");
    CHECK(judged("", git("https://a.example/x", "", "https://b.example/x"),
                 {"https://a.example"}) == "lock_mismatch");
}

TEST_CASE("a proposal may bring inputs only from where the base's come from, or the owner allows") {
    CHECK(judged(github("NixOS"), github("NixOS")) == "same github:nixos/nixpkgs");
    CHECK(judged(github("NixOS"), github("evil")) == "input_origin");
    CHECK(judged("", github("NixOS")) == "input_origin");
    CHECK(judged("", github("NixOS"), {"github:NixOS"}) == "changed github:nixos/nixpkgs");
    CHECK(judged("", github("NixOSevil"), {"github:nixos"}) == "input_origin");
    // The same repository of a known forge, asked for in another way.
    CHECK(judged(github("NixOS"), git("https://github.com/NixOS/nixpkgs.git")) ==
          "changed github:nixos/nixpkgs");
    CHECK(judged(github("NixOS"), tarball("https://github.com/nixos/nixpkgs/archive/x.tar.gz")) ==
          "changed github:nixos/nixpkgs");
    CHECK(judged(github("NixOS"), tarball("https://github.com/evil/nixpkgs/archive/x.tar.gz")) ==
          "input_origin");
    CHECK(judged(tarball("https://releases.example/a/x.tar.xz"),
                 tarball("https://releases.example/b/x.tar.xz")) ==
          "changed https://releases.example");
}

TEST_CASE("files of this machine, keys of its users and what no lock holds are no inputs") {
    for (const char* url : {"file:///etc", "ssh://git@a.example/x", "git@a.example:x",
                            "https://me:secret@a.example/x", "/srv/x", "https://"}) {
        INFO(url);
        CHECK(judged("", git(url), {"https://a.example"}) == "input_type");
        CHECK(judged("", tarball(url), {"https://a.example"}) == "input_type");
    }
    CHECK(judged("", git("https://a.example/x", R"(,"submodules":true)"), {"https://a.example"}) ==
          "input_type");
    CHECK(judged("", git("https://a.example/${x}"), {"https://a.example"}) == "input_type");
    CHECK(judged("", github("NixOS", "main"), {"github:nixos"}) == "unlocked_input");
    CHECK(judged("",
                 lock(R"("type":"indirect","id":"nixpkgs","narHash":")" + std::string(hash) + "\"",
                      R"("type":"indirect","id":"nixpkgs")")) == "input_type");
    CHECK(judged("", lock(R"("type":"tarball","url":"https://a.example/x.tgz")",
                          R"("type":"tarball","url":"https://a.example/x.tgz")")) ==
          "unlocked_input");
    // Folders of the flake itself are the flake.
    CHECK(judged("", lock(R"("type":"path","path":"./sub")", R"("type":"path","path":"./sub")")) ==
          "none");
    CHECK(judged("", lock(R"("type":"path","path":"../sub")",
                          R"("type":"path","path":"../sub")")) == "unlocked_input");
    // What the owner's own lock says is the owner's.
    CHECK(judged(tarball("file:///srv/x.tgz"), tarball("file:///srv/x.tgz")) == "none");
}

TEST_CASE("a lock that is no lock is said to be none") {
    CHECK(parse_lock("")->empty());
    for (const char* odd : {"{", "[]", "{}", R"({"nodes":[]})", R"({"nodes":{},"nodes":{}})"}) {
        REQUIRE_FALSE(parse_lock(odd));
        CHECK(parse_lock(odd).problem().code == "lock_unreadable");
    }
    for (const char* odd : {R"({"nodes":{"x":1}})", R"({"nodes":{"x":{"locked":1}}})",
                            R"({"nodes":{"x":{"locked":{"type":1}}}})"}) {
        CHECK(parse_lock(odd));
    }
    std::string many = R"({"nodes":{)";
    for (int i = 0; i < 2'001; ++i) {
        many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{}";
    }
    CHECK_FALSE(parse_lock(many + "}}"));
}
