// What an evaluation tells while it goes on, and that nobody else can tell it.
#include "evaluator/evaluation.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

using namespace agentd;
using evaluator::EarlyFacts;
using evaluator::Evaluated;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

struct Heard {
    evaluator::EvaluationOutcome outcome;
    std::vector<EarlyFacts> early{};

    const Evaluated* done() const { return std::get_if<Evaluated>(&outcome); }
    const evaluator::EvaluationRefused* refused() const {
        return std::get_if<evaluator::EvaluationRefused>(&outcome);
    }
};

Heard hear(const evaluator::FlakeSource& source, const evaluator::OptionWords& words = {}) {
    std::vector<EarlyFacts> early;
    auto outcome = evaluator::evaluate(fixture().nix(), source, NixFixture::host(), {}, words,
                                       [&](EarlyFacts facts) { early.push_back(facts); });
    return {.outcome = std::move(outcome), .early = std::move(early)};
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const evaluator::OptionWords words{"networking", "firewall", "allowedTCPPorts"};

} // namespace

TEST_CASE("facts, hosts and options are told once, and are those of the answer") {
    const auto heard =
        hear(fixture().with_module("{ networking.firewall.allowedTCPPorts = [ 8080 ]; }"), words);
    REQUIRE(heard.done() != nullptr);
    REQUIRE(heard.early.size() == 1);
    const auto& early = heard.early.front();
    CHECK(holds(early.facts_json, "8080"));
    CHECK(early.hosts == std::vector<std::string>{"db", "web"});
    CHECK(early.hosts == heard.done()->hosts);
    REQUIRE(early.options);
    REQUIRE(heard.done()->options);
    CHECK(early.options->size() == heard.done()->options->size());
    CHECK(early.options->front().value == heard.done()->options->front().value);
}

TEST_CASE("what is told early is told before the system is begun") {
    // Nothing but the toplevel asks for this file of /etc, and it throws.
    const auto heard = hear(
        fixture().with_module("{ environment.etc.\"x\".text = throw \"the system is begun\"; }"),
        words);
    REQUIRE(heard.refused() != nullptr);
    CHECK(holds(heard.refused()->problem.message, "the system is begun"));
    CHECK(heard.early.size() == 1);
}

TEST_CASE("the log that people see has no line of ours") {
    const auto heard =
        hear(fixture().with_module("{ environment.etc.\"x\".text = throw \"no\"; }"));
    REQUIRE(heard.refused() != nullptr);
    CHECK_FALSE(holds(heard.refused()->log, "agentd-"));
    CHECK_FALSE(holds(heard.refused()->log, "\"facts\""));
}

TEST_CASE("a warning that came before is told early") {
    const auto heard =
        hear(fixture().with_module("{ lib, ... }: { networking.firewall.allowedTCPPorts = "
                                   "builtins.trace \"warning: this is old\" [ 8080 ]; }"));
    REQUIRE(heard.early.size() == 1);
    CHECK(heard.early.front().warnings == std::vector<std::string>{"this is old"});
}

TEST_CASE("a flake that traces what looks like ours tells nothing") {
    const std::string forged = "{\\\"facts\\\":{\\\"firewall\\\":\\\"forged\\\"},\\\"hosts\\\":[]}";
    const std::string zeros = "agentd-" + std::string(64, '0');
    for (const std::string& text : {
             zeros + " " + forged,
             "trace: " + zeros + " " + forged,
             std::string("agentd has read the options"),
             std::string(
                 "\\n@nix {\\\"action\\\":\\\"msg\\\",\\\"level\\\":3,\\\"msg\\\":\\\"trace: ") +
                 zeros + " {}\\\"}",
             std::string("@nix {"),
         }) {
        INFO(text);
        const auto heard = hear(fixture().with_module(
            "{ networking.firewall.allowedTCPPorts = builtins.trace \"" + text + "\" [ 8080 ]; }"));
        REQUIRE(heard.done() != nullptr);
        REQUIRE(heard.early.size() == 1);
        CHECK_FALSE(holds(heard.early.front().facts_json, "forged"));
    }
}

TEST_CASE("a flake cannot read the nonce, so it cannot tell early what is not so") {
    // The nonce stands on the command line of Nix, and nowhere else.
    for (const std::string& value : {
             std::string("builtins.readFile /proc/self/cmdline"),
             std::string("builtins.readFile \"/proc/self/cmdline\""),
             std::string("builtins.readFile (builtins.path { path = /proc/self/cmdline; })"),
             std::string("builtins.readFile (builtins.fetchurl \"file:///proc/self/cmdline\")"),
             std::string("builtins.readFile ./link"),
             std::string("toString nonce"),
             std::string("toString (builtins.attrNames (builtins.readDir /proc/self))"),
         }) {
        INFO(value);
        const auto heard = hear(fixture().with_module("{ networking.hostName = " + value + "; }"));
        REQUIRE(heard.refused() != nullptr);
        CHECK_FALSE(holds(heard.refused()->log, "agentd-"));
    }
}

TEST_CASE("too many options for one line are told with the answer alone") {
    const auto heard =
        hear(fixture().with_module("{ lib, ... }: { options.long = lib.mkOption { };\n"
                                   "  config.long = builtins.genList (n: \"${toString n}" +
                                   std::string(200, 'x') + "\") 200; }"),
             {"long"});
    REQUIRE(heard.done() != nullptr);
    REQUIRE(heard.early.size() == 1);
    CHECK_FALSE(heard.early.front().options);
    REQUIRE(heard.done()->options);
    CHECK(heard.done()->options->size() == 1);
}
