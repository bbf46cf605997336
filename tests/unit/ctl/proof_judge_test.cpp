#include "agentd/ctl/proof_judge.hpp"
#include "tests/support/catch.hpp"

using namespace agentd;
using ctl::judge_hosts;
using ctl::judge_values;
using evaluator::OptionValues;
using proposals::HostFate;
using proposals::plan::Request;
using proposals::plan::Wish;
using proposals::plan::WishKind;

namespace {

Wish wish(WishKind kind, const char* option, proposals::Value value) {
    return {
        .kind = kind, .option = proposals::OptionPath::parse(option), .value = std::move(value)};
}

/// `no_effect: …`, or the notes.
std::string said(const Wish& wanted, const char* before, const char* after,
                 std::vector<std::string> path = {}) {
    if (path.empty()) {
        path = wanted.option->parts();
    }
    const auto judged =
        judge_values({.operations = {wanted}},
                     {.before = OptionValues{{.path = path, .value = before}},
                      .after = OptionValues{{.path = path, .value = after, .files = {"web.nix"}}}});
    if (!judged) {
        return judged.problem().code + ": " + judged.problem().where;
    }
    return judged->empty() ? "" : judged->front();
}

} // namespace

TEST_CASE("an option that is as it was wanted says nothing more") {
    const auto zone = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    CHECK(said(zone, R"("Asia/Tokyo")", R"("UTC")").empty());
    CHECK(said(zone, R"("UTC")", R"("UTC")").empty()); // it was so by default
    const auto motd = wish(WishKind::set_option, "users.motd", std::string("hello\n"));
    CHECK(said(motd, R"("one")", R"("hello")").empty());
    const auto ports = wish(WishKind::add_to_list, "a.ports", std::int64_t{80});
    CHECK(said(ports, "[22]", "[22,80]").empty());
    const auto gone = wish(WishKind::remove_from_list, "a.ports", std::int64_t{80});
    CHECK(said(gone, "[22,80]", "[22]").empty());
    const auto tool =
        wish(WishKind::add_to_list, "a.packages", *proposals::PackageAttr::parse("x.curl"));
    CHECK(said(tool, "[]", R"([{"is":"package","text":"curl-8"}])").empty());
}

TEST_CASE("an option that stays as it was, and is not as it was wanted, is refused") {
    const auto zone = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    CHECK(said(zone, R"("Asia/Tokyo")", R"("Asia/Tokyo")") == "no_effect: web.nix");
    const auto gone = wish(WishKind::remove_from_list, "a.ports", std::int64_t{80});
    CHECK(said(gone, "[22,80]", "[22,80]") == "no_effect: web.nix");
    CHECK(said(zone, R"("Asia/Tokyo")", R"({"is":"unknown"})") == "conflict: web.nix");
    const auto git =
        wish(WishKind::add_to_list, "a.packages", *proposals::PackageAttr::parse("git"));
    const char* another = R"([{"is":"package","text":"gitea-1.2"}])";
    CHECK(said(git, another, another) == "no_effect: web.nix");
    CHECK(said(git, another, R"([{"is":"package","text":"git-2.47"}])").empty());
}

TEST_CASE("what is turned into something else, or cannot be read, is a note") {
    const auto zone = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    CHECK(said(zone, "null", R"("Etc/UTC")") == R"(time.timeZone becomes "Etc/UTC")");
    CHECK(said(zone, "null", R"({"is":"function"})") == "time.timeZone could not be read");
    CHECK(said(zone, "null", R"("x")", {"other"}) == "time.timeZone could not be read");
}

TEST_CASE("what other definitions are joined with is told, and is nothing where it was so before") {
    const auto motd = wish(WishKind::set_option, "users.motd", std::string("hello\n"));
    CHECK(said(motd, R"("one")", R"("one\nhello\ntwo")") ==
          R"(users.motd becomes "one\nhello\ntwo": other definitions are joined with it)");
    const auto servers = wish(WishKind::set_option, "a.servers", proposals::Strings{"b", "a"});
    CHECK(said(servers, "[]", R"(["b","a"])").empty());
    CHECK(said(servers, R"(["c"])", R"(["c","b","a"])") ==
          R"(a.servers becomes ["c","b","a"]: other definitions are joined with it)");
    CHECK(said(servers, "[]", R"(["a","b"])") ==
          R"(a.servers becomes ["a","b"]: other definitions are joined with it)"); // not in order
    CHECK(said(servers, R"(["c","b","a"])", R"(["c","b","a"])") == "no_effect: web.nix");
    CHECK(said(servers, "[]", R"(["a"])") == R"(a.servers becomes ["a"])");
    const auto none = wish(WishKind::set_option, "a.servers", proposals::Strings{});
    CHECK(said(none, R"(["c"])", R"(["c"])") == "no_effect: web.nix");
}

TEST_CASE(
    "an option that was to be unset is refused where somebody of the repository sets it still") {
    const auto judged = [](const char* before, std::optional<const char*> after,
                           std::vector<std::string> files, const char* in = "") {
        Wish gone{.kind = WishKind::unset_option,
                  .option = proposals::OptionPath::parse("services.x.port"),
                  .in = in};
        OptionValues then;
        if (after) {
            then = {
                {.path = {"services", "x", "port"}, .value = *after, .files = std::move(files)}};
        }
        const OptionValues first{
            {.path = {"services", "x", "port"}, .value = before, .files = {"web.nix"}}};
        const auto said = judge_values({.operations = {gone}}, {.before = first, .after = then});
        return !said           ? said.problem().code + ": " + said.problem().where
               : said->empty() ? ""
                               : said->front();
    };
    CHECK(judged("7", "80", {}).empty());  // the default
    CHECK(judged("80", "80", {}).empty()); // it was set to the default
    CHECK(judged("7", std::nullopt, {}).empty());
    CHECK(judged("7", "7", {"more.nix"}) == "no_effect: more.nix");
    CHECK(judged("7", "8", {"more.nix"}) == "no_effect: more.nix");
    CHECK(judged("7", "8", {"more.nix"}, "web") == "services.x.port is still set elsewhere, to 8");
    Wish uid{.kind = WishKind::unset_option,
             .option = proposals::OptionPath::parse("users.users.eve.uid")};
    const auto inside = [&](const char* after) {
        const auto said =
            judge_values({.operations = {uid}},
                         {.before = OptionValues{{.path = {"users", "users"},
                                                  .value = R"({"set":{"eve":{"set":{"uid":7}}}})"}},
                          .after = OptionValues{
                              {.path = {"users", "users"}, .value = after, .files = {"web.nix"}}}});
        REQUIRE(said);
        return said->empty() ? std::string() : said->front();
    };
    CHECK(inside(R"({"set":{"eve":{"set":{}}}})").empty());
    CHECK(inside(R"({"set":{"eve":{"set":{"uid":null}}}})").empty());
    CHECK(inside(R"({"set":{"eve":{"set":{"uid":7}}}})") ==
          "users.users.eve.uid stays 7: whether that is its default could not be told");
}

TEST_CASE("a value inside that of an option is found, and a home's below its user") {
    const auto deep = wish(WishKind::set_option, "users.users.eve.uid", std::int64_t{7});
    CHECK(said(deep, R"({"set":{"eve":{"set":{"uid":1}}}})", R"({"set":{"eve":{"set":{"uid":7}}}})",
               {"users", "users"})
              .empty());
    auto home = wish(WishKind::set_option, "programs.git.enable", true);
    home.user = "eve";
    CHECK(ctl::asked_options(home) ==
          std::vector<std::vector<std::string>>{
              {"home-manager", "users", "eve", "programs", "git", "enable"}});
}

TEST_CASE("a value that looks like a secret is not repeated") {
    const auto judged =
        judge_values({.operations = {wish(WishKind::set_option, "a.password", std::string("new"))}},
                     {.before = OptionValues{{.path = {"a", "password"}, .value = R"("hunter2")"}},
                      .after = OptionValues{{.path = {"a", "password"}, .value = R"("hunter2")"}}});
    REQUIRE_FALSE(judged.has_value());
    CHECK(judged.problem().message.find("hunter2") == std::string::npos);
}

TEST_CASE("another host may change only where it is named, and none may break") {
    const auto fate = [](HostFate is, Request request) {
        const auto problem =
            judge_hosts(request, {.hosts = {{.name = "db", .fate = is, .why = "oh"}}});
        return problem ? problem->code : "";
    };
    CHECK(fate(HostFate::changed, {.hosts = {"web"}}) == "shared");
    CHECK(fate(HostFate::changed, {.hosts = {"web", "db"}}).empty());
    CHECK(fate(HostFate::changed, {.every_host = true}).empty());
    CHECK(fate(HostFate::changed, {}).empty()); // nobody was named: who shares it was asked for
    CHECK(fate(HostFate::breaks, {.every_host = true}) == "shared");
    CHECK(fate(HostFate::unknown, {.hosts = {"web"}}).empty());
    CHECK(fate(HostFate::same, {.hosts = {"web"}}).empty());
}
