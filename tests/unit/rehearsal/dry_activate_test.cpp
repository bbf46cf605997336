// NixOS's own words about a switch, and what was worked out from the two systems.
#include "agentd/stages/dry_activate.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using namespace agentd::stages;

using Names = std::vector<std::string>;

TEST_CASE("the words of a dry activation are read, in Perl's and in Rust's order") {
    const auto said = dry_words("would stop the following units: a.service, gone.service\n"
                                "would NOT stop the following changed units: kept.service\n"
                                "would activate the configuration...\n"
                                "would reload the following units: dbus.service, x.target\n"
                                "would restart the following units: b.service\n"
                                "would start the following units: a.service, new.service, ../x\n"
                                "would trust the following units: c.service\n");
    CHECK(said.stop == Names{"gone.service"});
    CHECK(said.restart == Names{"a.service", "b.service"});
    CHECK(said.reload == Names{"dbus.service"});
    CHECK(said.start == Names{"new.service"});
    CHECK(said.keep == Names{"kept.service"});
}

TEST_CASE("where NixOS and the two systems differ is told unit by unit") {
    const auto said = dry_words("would restart the following units: a.service\n"
                                "would start the following units: b.service\n");
    const proposals::SwitchPlan same{.restart = {"a.service"},
                                     .start = {"b.service", "multi-user.target"}};
    CHECK(differences(said, same).empty());
    const proposals::SwitchPlan other{.reload = {"a.service"}, .start = {"b.service"}};
    CHECK(differences(said, other) ==
          Names{"a.service: NixOS would restart it, the two systems say reload"});
    CHECK(differences(said, {.restart = {"a.service"}}) ==
          Names{"b.service: NixOS would start it, the two systems say leave alone"});
}
