#include "agentd/planners/playbook.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;
using namespace agentd::planners;

TEST_CASE("every observation has a remedy or says honestly that none is known, and where to look") {
    CHECK(advice({.kind = "inodes_full", .subject = "/var"}).find("no remedy known") == 0);
    CHECK(advice({.kind = "inodes_full", .subject = "/var"}).ends_with(" /var"));
    CHECK(advice({.kind = "running_not_head"}).find("apply the head") == 0);
    CHECK(advice({.kind = "never heard of"}) == "no remedy known: no remedy is known for this");
}

TEST_CASE("where one act helps it is proposed, and never one that is not done for anybody") {
    CHECK(name_of(remedy_for({.kind = "disk_full", .subject = "/"})) == "act");
    CHECK(name_of(remedy_for({.kind = "unit_inactive", .subject = "nginx.service"})) == "act");
    CHECK(
        name_of(remedy_for({.kind = "unit_inactive", .subject = "agentd-auditd.service"})).empty());
    CHECK(name_of(remedy_for({.kind = "unit_inactive", .subject = "not a unit"})).empty());
    CHECK(name_of(remedy_for({.kind = "unit_failed", .subject = "nginx.service"})).empty());
}

TEST_CASE("a name that would be a command in a shell is not put into advice") {
    CHECK(advice({.kind = "inodes_full", .subject = "/media/x; rm -rf ~"}).find("rm -rf") ==
          std::string::npos);
    CHECK(advice({.kind = "inodes_full", .subject = "/media/$(reboot)"}).find("reboot") ==
          std::string::npos);
}

TEST_CASE("the playbook offers the head and is honest about the rest") {
    CHECK(name_of(remedy_for({.kind = "running_not_head"})) == "apply_head");
    const auto failed = remedy_for({.kind = "unit_failed", .subject = "nginx.service"});
    REQUIRE(std::holds_alternative<NoRemedy>(failed));
    CHECK(std::get<NoRemedy>(failed).look == "journalctl -u nginx.service");
    CHECK(remedy_for({.kind = "whatever"}) ==
          Remedy(NoRemedy{.why = "no remedy is known for this"}));
    CHECK(name_of(remedy_for({.kind = "unit_missing", .subject = "a.service"})).empty());
}
