// What was understood, where it goes and why, and whose file it is: of a proposal of operations.
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"
#include "tests/unit/ctl/detail.hpp"

using namespace agentd;
using test::Ctl;
using test::FakeDaemon;
using test::Json;
using test::ok;

namespace {

std::string shown(const char* command, std::vector<std::string> hosts,
                  bool by_other_means = false) {
    Json detail = test::detail("decided");
    detail["host"] = "web";
    detail["plan"] = {{"hosts", nullptr},
                      {"steps",
                       {{{"wish", "add 8080 to networking.firewall.allowedTCPPorts"},
                         {"changed", true},
                         {"file", "hosts/\u202eweb.nix"},
                         {"hosts", std::move(hosts)},
                         {"how", "added to the list"},
                         {"by_other_means", by_other_means},
                         {"notes", {"a note"}}}}}};
    Ctl agentctl;
    FakeDaemon daemon(agentctl.socket(), test::by_method({{"show", ok({{"proposal", detail}})}}));
    const auto ran = agentctl.run({command, "1"});
    INFO(ran.err);
    CHECK(ran.exit == 0);
    return ran.out;
}

bool holds(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("of a proposal of operations it is told what was understood, where it goes and why") {
    for (const char* command : {"show", "explain"}) {
        const std::string out = shown(command, {"web"});
        CHECK(holds(out, "add 8080 to networking.firewall.allowedTCPPorts\n"));
        CHECK(holds(out, "  in hosts/\\u{202E}web.nix: added to the list\n"));
        CHECK(holds(out, "  note: a note\n"));
        CHECK(holds(out, "whose file it is, agentd-analyze says; proved are"));
        CHECK_FALSE(holds(out, "other hosts"));
    }
}

TEST_CASE("a plan that edits a file of other hosts names them, and not the own one") {
    CHECK(holds(shown("show", {"db", "web"}), "other hosts are made of it too: db\n"));
}

TEST_CASE("what brings more than was asked for is told") {
    CHECK(holds(shown("show", {"web"}, true), "  by other means: what else comes with it"));
    CHECK_FALSE(holds(shown("show", {"web"}), "by other means"));
}
