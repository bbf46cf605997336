#include "proposals/host_change.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using proposals::HostChanges;
using proposals::HostFate;

namespace {

HostChanges fates(const std::vector<std::pair<std::string, HostFate>>& all) {
    HostChanges out;
    for (const auto& [name, fate] : all) {
        out.hosts.push_back({.name = name, .fate = fate, .why = "because"});
    }
    return out;
}

} // namespace

TEST_CASE("a change of another host is said in one sentence, and that it is not applied there") {
    CHECK(sentences(fates({{"gate", HostFate::changed}, {"db", HostFate::same}})) ==
          std::vector<std::string>{
              "This also changes the host gate: it is not applied there by this machine."});
    CHECK(sentences(
              fates({{"a", HostFate::changed}, {"b", HostFate::changed}, {"c", HostFate::changed}}))
              .front()
              .starts_with("This also changes the hosts a, b and c: "));
}

TEST_CASE("many hosts are counted, not listed") {
    HostChanges many;
    for (int i = 0; i < 12; ++i) {
        many.hosts.push_back({.name = "h" + std::to_string(i), .fate = HostFate::changed});
    }
    CHECK(names_of(many, HostFate::changed) == "h0, h1, h2, h3, h4 and 7 more");
}

TEST_CASE("a host that breaks comes first, and concerns") {
    const auto all = fates({{"a", HostFate::changed}, {"b", HostFate::breaks}});
    CHECK(sentences(all).front() ==
          "This breaks the host b, which could be evaluated before: because");
    CHECK(all.concerning());
    CHECK_FALSE(fates({{"a", HostFate::broken}, {"c", HostFate::unknown}}).concerning());
}

TEST_CASE("where nothing changes there is nothing to say, and a headline all the same") {
    const auto all = fates({{"db", HostFate::same}});
    CHECK(sentences(all).empty());
    CHECK(headline(all) == "no other host of the flake changes");
}

TEST_CASE("a name from the flake cannot draw on the terminal") {
    CHECK(sentences(fates({{"a\x1b[2J", HostFate::changed}})).front().find('\x1b') ==
          std::string::npos);
}
