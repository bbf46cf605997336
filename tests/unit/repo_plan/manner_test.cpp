/// How an option is set: as a default, as a range.
#include "tests/unit/repo_plan/planned.hpp"

using namespace agentd;
using namespace agentd::tests;

namespace {

Json weak(const std::string& option, const Json& value) {
    Json out = set(option, value);
    out["weak"] = true;
    return out;
}
const Json rome{{"string", "Rome"}};

Json range(const char* operation, int first, int last) {
    return {{"op", operation},
            {"option", "networking.firewall.allowedTCPPortRanges"},
            {"value", {{"integer", first}}},
            {"last", last}};
}

} // namespace

TEST_CASE("a value that hosts may say otherwise is a default") {
    const Json wish = request({weak("time.timeZone", rome)});
    CHECK(edited(two_hosts("{ boot.x = 1; }", "{ }"), wish, "common.nix") ==
          "{ lib, ... }:\n{ boot.x = 1; time.timeZone = lib.mkDefault \"Rome\"; }");
    CHECK(edited(two_hosts("{ time.timeZone = \"UTC\"; }", "{ }"), wish, "common.nix") ==
          "{ lib, ... }:\n{ time.timeZone = lib.mkDefault \"Rome\"; }");
    CHECK(edited(two_hosts("{ time.timeZone = \"Rome\"; }", "{ }"), wish, "common.nix") ==
          "{ lib, ... }:\n{ time.timeZone = lib.mkDefault \"Rome\"; }");
    CHECK(edited(two_hosts("{ lib, ... }: { time.timeZone = lib.mkDefault \"UTC\"; }", "{ }"), wish,
                 "common.nix") == "{ lib, ... }: { time.timeZone = lib.mkDefault \"Rome\"; }");
    CHECK(
        planned(two_hosts("{ lib, ... }: { time.timeZone = lib.mkDefault \"Rome\"; }", "{ }"), wish)
            ->edits.empty());
    CHECK(refusal(two_hosts("{ lib, ... }: { time.timeZone = lib.mkForce \"UTC\"; }", "{ }"),
                  wish) == "forced");
    CHECK(refusal(two_hosts("{ time.timeZone = \"UTC\"; }", "{ services.x = 1; }"),
                  request({weak("time.timeZone", rome)}, Json::array({"a"}))) == "shared");
}

TEST_CASE("a range of ports is an element of its list, and found however it is laid out") {
    CHECK(edited(two_hosts("{ networking.firewall.allowedTCPPorts = [ 1 ]; }", "{ }"),
                 request({range("add_to_list", 8000, 8010)}), "common.nix") ==
          "{ networking.firewall.allowedTCPPorts = [ 1 ]; "
          "networking.firewall.allowedTCPPortRanges = [ { from = 8000; to = 8010; } ]; }");
    const auto there = two_hosts("{\n  networking.firewall.allowedTCPPortRanges = [\n    {\n      "
                                 "from = 8000;\n      to = 8010;\n    }\n  ];\n}\n",
                                 "{\n  x = [\n    1\n    2\n  ];\n}\n");
    CHECK(planned(there, request({range("add_to_list", 8000, 8010)}))->edits.empty());
    CHECK(edited(there, request({range("remove_from_list", 8000, 8010)}), "common.nix") ==
          "{\n  networking.firewall.allowedTCPPortRanges = [ ];\n}\n");
    auto opened = there; // where lists are opened, sets of two names are
    for (auto& [path, text] : opened) {
        for (auto at = text.find("nix ./"); at != text.npos; at = text.find("nix ./", at + 1)) {
            text[at + 3] = '\n';
        }
    }
    CHECK(edited(opened, request({range("add_to_list", 9000, 9010)}), "common.nix") ==
          "{\n  networking.firewall.allowedTCPPortRanges = [\n    {\n      "
          "from = 8000;\n      to = 8010;\n    }\n    {\n      from = 9000;\n      to = 9010;\n   "
          " }\n  ];\n}\n");
    const auto code = [](const Json& wish) {
        const auto read = proposals::plan::request_from_json(request({wish}));
        return read ? std::string() : read.problem().code;
    };
    CHECK(code(range("add_to_list", 9, 9)) == "bad_value");
    CHECK(code(range("set_option", 8, 9)) == "unknown_field");
}
