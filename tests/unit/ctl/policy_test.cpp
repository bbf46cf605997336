// Looking at policy files, with nobody else there.
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <fstream>

using namespace agentd;
using test::Ctl;

namespace {

std::string rule(const std::string& id, const std::string& level, const std::string& when) {
    return "[[rule]]\nid = \"" + id + "\"\neffect = \"grant\"\nlevel = \"" + level +
           "\"\nwhy = \"w\"\nowner = \"o\"\nwhen = { " + when + " }\n";
}

std::string written(const Ctl& agentctl, const std::string& name, const std::string& rules) {
    const std::string file = agentctl.directory / name;
    std::ofstream(file) << "schema = \"agentd.policy/1\"\nrevision = 1\n" << rules;
    return file;
}

const std::string small =
    rule("small", "auto", "\"change.kinds\" = { subset_of = [\"package_added\"] }");
const std::string never = rule("never", "auto", "\"change.lines\" = { lt = 3, gt = 5 }");

} // namespace

TEST_CASE("policy check names the rules without effect, and why") {
    Ctl agentctl;
    const std::string good = written(agentctl, "good.toml", small);
    const auto fine = agentctl.bare({"policy", "check", good, "--strict"});
    INFO(fine.out << fine.err);
    CHECK(fine.exit == 0);
    CHECK(fine.out.find("is understood: 1 rule, each of them can matter") != std::string::npos);

    const std::string odd = written(agentctl, "odd.toml", small + never);
    const auto told = agentctl.bare({"policy", "check", odd});
    CHECK(told.exit == 0);
    CHECK(told.out.find(odd + ":10:") != std::string::npos);
    CHECK(told.out.find("`never` (unsatisfiable) no facts meet") != std::string::npos);
    CHECK(agentctl.bare({"policy", "check", odd, "--strict"}).exit == 1);
    const auto findings = agentctl.bare({"policy", "check", odd, "--json"}).json().at("findings");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].at("rule") == "never");
    CHECK(findings[0].at("witness").is_null());
}

TEST_CASE("policy diff shows what is allowed now and was not before") {
    Ctl agentctl;
    const std::string before = written(agentctl, "before.toml", "");
    const std::string now = written(agentctl, "now.toml", small);
    const auto told = agentctl.bare({"policy", "diff", before, now, "--detailed-exitcode"});
    INFO(told.out << told.err);
    CHECK(told.exit == 2);
    CHECK(told.out.find("looser: approve with ssh becomes auto") != std::string::npos);
    CHECK(told.out.find("now granted by `small`") != std::string::npos);
    const auto back = agentctl.bare({"policy", "diff", now, before, "--detailed-exitcode"});
    CHECK(back.exit == 0);
    CHECK(back.out.find("Nothing is allowed that was not allowed before") != std::string::npos);
    CHECK(agentctl.bare({"policy", "diff", before}).exit == 64);
    CHECK(agentctl.bare({"policy", "diff", before, "/nonexistent"}).exit == 1);
}

TEST_CASE("policy try decides about facts of one's own, and says what it cannot read") {
    Ctl agentctl;
    const std::string file = written(agentctl, "p.toml", small);
    const std::string facts = agentctl.directory / "facts.json";
    std::ofstream(facts) << R"({"change.kinds": ["package_added"], "change_lines": 3})";
    const auto told = agentctl.bare({"policy", "try", facts, file});
    INFO(told.out << told.err);
    CHECK(told.exit == 0);
    CHECK(told.out.find("verdict: approve") != std::string::npos); // the rest is unknown
    CHECK(told.out.find("`small`: counts") != std::string::npos);
    CHECK(
        agentctl.bare({"policy", "try", facts, file, "--json"}).json().at("verdict").at("level") ==
        "approve");

    std::ofstream(facts) << R"({"change.kind": ["package_added"]})";
    const auto unknown = agentctl.bare({"policy", "try", facts, file});
    CHECK(unknown.exit == 1);
    CHECK(unknown.err.find("did you mean `change.kinds`") != std::string::npos);
    std::ofstream(facts) << R"({"change.kinds": ["nonsense"]})";
    CHECK(agentctl.bare({"policy", "try", facts, file}).err.find("change.kinds") !=
          std::string::npos);
    std::ofstream(facts) << "{";
    CHECK(agentctl.bare({"policy", "try", facts, file}).exit == 1);
}

TEST_CASE("policy facts lists every fact that rules can speak of") {
    Ctl agentctl;
    const auto told = agentctl.bare({"policy", "facts"});
    CHECK(told.exit == 0);
    CHECK(told.out.find("change.ports_opened") != std::string::npos);
    CHECK(agentctl.bare({"policy", "facts", "--json"}).json().at("facts").size() > 30);
}

TEST_CASE("policy test runs what stands in the file, and says which rules count where it fails") {
    Ctl agentctl;
    const std::string test = "[[test]]\nname = \"a package\"\nbase = \"harmless\"\nlevel = ";
    const auto good = agentctl.bare(
        {"policy", "test", written(agentctl, "good.toml", small + test + "\"auto\"\n")});
    CHECK(good.exit == 0);
    CHECK(good.out.find("ok     a package: auto") != std::string::npos);
    const std::string file = written(agentctl, "bad.toml", small + test + "\"propose\"\n");
    const auto bad = agentctl.bare({"policy", "test", file});
    CHECK(bad.exit == 1);
    CHECK(bad.out.find("FAILED a package: auto") != std::string::npos);
    CHECK(bad.out.find("wanted propose") != std::string::npos);
    CHECK(bad.out.find("`small`: counts") != std::string::npos);
    CHECK(agentctl.bare({"policy", "test", file, "--json"}).json().at("failed") == 1);
    CHECK(agentctl.bare({"policy", "check", file}).exit == 1); // it is not loaded either
    CHECK(
        agentctl.bare({"policy", "test", written(agentctl, "worse.toml", "nonsense = 1\n")}).exit ==
        1);
}

TEST_CASE("policy presets lists what there is to start from, and prints one as it is written") {
    Ctl agentctl;
    const auto all = agentctl.bare({"policy", "presets"});
    CHECK(all.out.find("always-ask") != std::string::npos);
    const auto one = agentctl.bare({"policy", "presets", "always-ask"});
    CHECK(one.exit == 0);
    const std::string file = agentctl.directory / "always-ask.toml";
    std::ofstream(file) << one.out;
    CHECK(agentctl.bare({"policy", "check", file, "--strict"}).exit == 0);
    CHECK(agentctl.bare({"policy", "presets", "none"}).exit == 1);
}
