// What may be asked of agentd-fetch, whom it may ask, and which addresses are somebody's own.
#include "agentd/fetching/addresses.hpp"
#include "agentd/fetching/question.hpp"
#include "agentd/fetching/servers.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <nlohmann/json.hpp>
#include <set>

using namespace agentd;
using namespace agentd::fetching;
using core::Json;

namespace {

const std::string hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const std::string rev(40, 'a');

core::Result<Question> asked(const Json& locked) {
    const auto asked = asked_from(core::canonical({{"schema", "agentd.fetch/1"},
                                                   {"name", "a"},
                                                   {"locked", locked},
                                                   {"seconds", 60},
                                                   {"bytes", 1'000}}));
    return asked ? core::Result<Question>(std::get<Question>(*asked)) : asked.problem();
}

std::vector<Server> servers(const Json& locked) {
    const auto question = asked(locked);
    REQUIRE(question);
    return servers_of(question->source);
}

bool open_to_all(const std::string& text) {
    sockaddr_in6 v6{};
    sockaddr_in v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        return is_public(reinterpret_cast<const sockaddr&>(v4));
    }
    REQUIRE(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
    v6.sin6_family = AF_INET6;
    return is_public(reinterpret_cast<const sockaddr&>(v6));
}

} // namespace

TEST_CASE("a question is one locked input, and comes back as it was asked") {
    const auto question =
        asked({{"type", "tarball"}, {"url", "https://example.org/a.tar.gz"}, {"narHash", hash}});
    REQUIRE(question);
    CHECK(question->source.origin == "https://example.org");
    CHECK(question->seconds.count() == 60);
    const auto again = asked_from(core::canonical(to_json(*question)));
    REQUIRE(again);
    CHECK(std::get<Question>(*again).source.path == question->source.path);
    CHECK(std::get<Question>(*again).source.attributes == question->source.attributes);
}

TEST_CASE("what a lock may not name is not fetched, whoever asks") {
    const Json good{{"type", "git"}, {"url", "https://e.org/a"}, {"rev", rev}, {"narHash", hash}};
    REQUIRE(asked(good));
    const auto with = [&](const char* key, const Json& value) {
        Json out = good;
        out[key] = value;
        return asked(out);
    };
    CHECK(with("url", "file:///etc/shadow").problem().code == "input_type");
    CHECK(with("url", "ssh://git@e.org/a").problem().code == "input_type");
    CHECK(with("url", "https://me:secret@e.org/a").problem().code == "input_type");
    CHECK(with("url", "https://e.org/a\"; builtins.abort").problem().code == "input_type");
    CHECK(with("submodules", true).problem().code == "input_type");
    CHECK(with("type", "path").problem().code == "input_type");
    CHECK(with("rev", "HEAD").problem().code == "unlocked_input");
    CHECK(with("narHash", "").problem().code == "unlocked_input");
    CHECK_FALSE(with("dir", "/"));
    CHECK_FALSE(with("url", Json::array({"https://e.org/a"})));
    CHECK_FALSE(asked_from(""));
    CHECK_FALSE(asked_from(std::string(most_asked + 1, ' ')));
    CHECK_FALSE(with("ref", std::string(20'000, 'a')));
}

TEST_CASE("a question for newer inputs is two texts and names, and asks whom they name") {
    const LockQuestion question{
        .wanted = {.flake = "{ }",
                   .lock = R"({"nodes":{"a":{"locked":{"type":"github"},"original":)"
                           R"({"type":"tarball","url":"https://nixos.org/x"}}}})",
                   .inputs = {"a"},
                   .addresses = {"gitlab:a/b?host=git.e.org", "git+https://h.org:444/x"}},
        .seconds = std::chrono::seconds(5),
        .bytes = 10};
    const auto again = asked_from(core::canonical(to_json(question)));
    REQUIRE(again);
    const auto& wanted = std::get<LockQuestion>(*again).wanted;
    CHECK(wanted.flake == question.wanted.flake);
    CHECK(wanted.lock == question.wanted.lock);
    std::set<std::string> hosts;
    for (const auto& server : servers_of(wanted)) {
        hosts.insert(as_origin(server));
    }
    CHECK(hosts.contains("https://api.github.com"));
    CHECK(hosts.contains("https://releases.nixos.org"));
    CHECK(hosts.contains("https://git.e.org"));
    CHECK(hosts.contains("https://h.org:444"));
    for (const char* name : {"", "--impure", "a/b", "a b", "a.b"}) {
        auto bad = question;
        bad.wanted.inputs = {name};
        CHECK_FALSE(asked_from(core::canonical(to_json(bad))));
    }
    auto none = question;
    none.wanted.inputs.clear();
    CHECK_FALSE(asked_from(core::canonical(to_json(none))));
}

TEST_CASE("a fetch reaches the servers of its input, and those that the owner names") {
    const Json github{{"type", "github"},
                      {"owner", "NixOS"},
                      {"repo", "nixpkgs"},
                      {"rev", rev},
                      {"narHash", hash}};
    const auto named =
        servers_of(std::vector<std::string>{"github:nixos", "http://git.home:8080/team",
                                            "gitlab:a/b@git.example.org", "https://[::1]"});
    CHECK(named == std::vector<Server>{{"git.home", 8080}, {"git.example.org", 443}, {"::1", 443}});
    const Reach reach(servers(github), named);
    CHECK(reach.may_ask({"github.com", 443}));
    CHECK(reach.may_ask({"codeload.github.com", 443}));
    CHECK_FALSE(reach.may_ask({"github.com", 22}));
    CHECK_FALSE(reach.may_ask({"example.org", 443}));
    CHECK_FALSE(reach.may_ask({"127.0.0.1", 443}));
    CHECK(reach.may_ask({"git.home", 8080}));
    CHECK_FALSE(reach.may_be_inside({"git.home", 8080})); // of another input
    const Json home{{"type", "tarball"}, {"url", "http://git.home:8080/a.tar"}, {"narHash", hash}};
    CHECK(Reach(servers(home), named).may_be_inside({"git.home", 8080}));
    CHECK_FALSE(Reach(servers(home), named).may_be_inside({"git.home", 443}));
    CHECK_FALSE(reach.may_be_inside({"github.com", 443}));
    Json own = github;
    own["host"] = "git.corp";
    CHECK(servers(own).front() == Server{"git.corp", 443});
    const Json plain{{"type", "tarball"}, {"url", "http://E.org./a.tar"}, {"narHash", hash}};
    CHECK(servers(plain) == std::vector<Server>{{"e.org", 80}, {"e.org", 443}});
}

TEST_CASE("an address inside of somebody's network is not everybody's, however it is written") {
    for (const char* inside : {"127.0.0.1",
                               "127.8.9.1",
                               "0.0.0.0",
                               "10.1.2.3",
                               "100.64.0.1",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.1.1",
                               "192.0.2.1",
                               "198.18.0.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "::",
                               "::1",
                               "fe80::1",
                               "fc00::1",
                               "fd00:ec2::254",
                               "ff02::1",
                               "::ffff:127.0.0.1",
                               "::ffff:10.0.0.1",
                               "64:ff9b::c0a8:101",
                               "2002:7f00:1::1",
                               "2002:c0a8:101::1",
                               "2001:db8::1",
                               "2001:0:1::1",
                               "::127.0.0.1"}) {
        INFO(inside);
        CHECK_FALSE(open_to_all(inside));
    }
    for (const char* outside : {"1.1.1.1", "140.82.121.3", "172.32.0.1", "100.128.0.1",
                                "2606:4700::6810:84e5", "64:ff9b::8c52:7903", "2001:4860::8888"}) {
        INFO(outside);
        CHECK(open_to_all(outside));
    }
}
