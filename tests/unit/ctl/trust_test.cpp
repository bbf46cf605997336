// agentctl trust: what is shown, what is signed, what is taken back.
#include "policy/trust/grant.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

using namespace agentd;
using policy::EffectClass;
using policy::trust::Grant;
using policy::trust::TrustLevel;
using test::Ctl;
using test::FakeDaemon;
using test::Json;

namespace {

const Json claude{{"kind", "agent"}, {"id", "claude"}, {"binding", std::string(64, '1')}};

Json standings() {
    return test::ok(
        {{"standings",
          {{{"proposer", claude},
            {"lines", {"agent:claude#111111111111 · package · web: ask", "  because nobody"}}}}},
         {"root", nullptr},
         {"verified", true},
         {"host", "web"}});
}

Grant grant(EffectClass effect_class) {
    const core::Instant now{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};
    return {.key = {.who = *policy::trust::identity_from_json(claude),
                    .effect_class = effect_class,
                    .host_class = "web"},
            .level = TrustLevel::veto,
            .host = "web",
            .machine_id = "m",
            .policy_sha256 = std::string(64, 'a'),
            .agentd_version = "1",
            .not_before = now,
            .expires = now + std::chrono::days(14),
            .nonce = std::string(64, 'b')};
}

/// Answers as a daemon that offers this grant to sign.
FakeDaemon::Answer offering(EffectClass effect_class) {
    return [effect_class](const Json& request) -> std::vector<Json> {
        const std::string method = request.at("method");
        if (method == "trust.show") {
            return {standings()};
        }
        if (method == "trust.statement") {
            return {test::ok({{"grant", canonical_bytes(grant(effect_class))},
                              {"standing", {{"lines", {"agent:claude: ask"}}}}})};
        }
        return {test::ok({{"by", "ann"}, {"standing", {{"level", "veto"}}}})};
    };
}

/// Somebody with a key of his own.
struct Person : Ctl {
    Person() {
        variables["HOME"] = directory.path();
        std::filesystem::create_directories(directory / ".ssh");
        const std::string made =
            "/usr/bin/ssh-keygen -q -t ed25519 -N '' -f " + directory / ".ssh/id_ed25519";
        REQUIRE(std::system(made.c_str()) == 0);
    }
};

} // namespace

TEST_CASE("trust show prints who may have what, and why") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            [](const Json&) { return std::vector{standings()}; });
    const auto ran = agentctl.run({"trust", "show"});
    CHECK(ran.exit == 0);
    CHECK(ran.out == "agent:claude#111111111111 · package · web: ask\n  because nobody\n");
    CHECK(agentctl.run({"trust", "show", "--json"}).json().at("verified") == true);
}

TEST_CASE("trust grant signs what was asked for, in a namespace of its own") {
    Person ann;
    FakeDaemon daemon(ann.socket(), offering(EffectClass::package));
    const auto ran = ann.run({"trust", "grant", "agent:claude", "package", "veto", "--days", "14"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    CHECK(ran.out.find("granted by ann") != std::string::npos);
    const auto asked = daemon.requests();
    REQUIRE(asked.size() == 3);
    CHECK(asked[1].at("params").at("proposer") == claude);
    CHECK(asked[1].at("params").at("days") == 14);
    CHECK(asked[2].at("params").at("presence").at("method") == "ssh");
    const auto presence = *proposals::presence_from_json(asked[2].at("params").at("presence"));
    std::ifstream key(ann.directory / ".ssh/id_ed25519.pub");
    const std::string line{std::istreambuf_iterator<char>(key), {}};
    CHECK(policy::trust::verify_grant(asked[2].at("params").at("grant").get<std::string>(),
                                      presence,
                                      proposals::parse_approvers("ssh ann " + line).approvers)
              .has_value());
}

TEST_CASE("where agentd offers another grant than was asked for nothing is signed") {
    Person ann;
    FakeDaemon daemon(ann.socket(), offering(EffectClass::setting));
    const auto ran = ann.run({"trust", "grant", "agent:claude", "package", "veto"});
    CHECK(ran.exit == 1);
    CHECK(ran.err.find("nothing is signed") != std::string::npos);
    CHECK(daemon.requests().size() == 2);
}

TEST_CASE("a name that nobody has, or that is none, is asked about") {
    Ctl agentctl;
    const FakeDaemon daemon(agentctl.socket(),
                            [](const Json&) { return std::vector{standings()}; });
    CHECK(agentctl.run({"trust", "grant", "claude", "package", "veto"}).exit == 64);
    CHECK(agentctl.run({"trust", "grant", "agent:claude", "package", "revoked"}).exit == 64);
}

TEST_CASE("trust is taken back through agentd, from one or from everybody") {
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(), offering(EffectClass::package));
    CHECK(agentctl.run({"trust", "revoke", "--reason", "enough"}).exit == 0);
    CHECK(agentctl.run({"trust", "revoke", "agent:claude", "--class", "package"}).exit == 0);
    const auto asked = daemon.requests();
    REQUIRE(asked.size() == 3);
    CHECK(asked[0].at("params") ==
          Json{{"proposer", nullptr}, {"class", nullptr}, {"because", "enough"}});
    CHECK(asked[2].at("params").at("proposer") == claude);
    CHECK(asked[2].at("params").at("class") == "package");
}
