#include "facts.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using namespace agentd::test;
using explanation::explain;
using explanation::Place;

namespace {

proposals::OptionChange option(std::vector<std::string> path, std::string added,
                               std::int64_t line) {
    return {.path = std::move(path), .added = {std::move(added)}, .file = "web.nix", .line = line};
}

std::vector<proposals::DiffFile> diff_with(std::vector<std::string> added, int hunks = 2) {
    proposals::DiffHunk hunk;
    for (const auto& text : added) {
        hunk.lines.push_back({.kind = '+',
                              .new_line = static_cast<std::int64_t>(hunk.lines.size()) + 10,
                              .text = text});
    }
    return {{.path = "hosts/web.nix",
             .hunks = std::vector<proposals::DiffHunk>(static_cast<std::size_t>(hunks), hunk)}};
}

std::optional<Place> place(const Effect& effect, const explanation::Sources& sources) {
    return explain(effects_with({effect}), sources).sentences[0].place;
}

} // namespace

TEST_CASE("a fact is led back to the option that is known to bring it about") {
    const proposals::OptionChanges options{
        .changes = {option({"environment", "systemPackages"}, "ripgrep", 3),
                    option({"networking", "firewall", "allowedTCPPorts"}, "443", 5),
                    option({"networking", "firewall", "allowedTCPPorts"}, "8080", 6),
                    option({"services", "redis", "enable"}, "true", 9),
                    option({"users", "users", "eve", "openssh"}, "k", 12)}};
    const explanation::Sources sources{.options = &options};
    CHECK(place(port("8080/tcp"), sources) == Place{.file = "web.nix", .line = 6});
    CHECK(place(fact("packages", "package_added", "ripgrep", Risk::low, "x"), sources)->line == 3);
    CHECK(place(fact("units", "unit_added", "redis.service", Risk::low, "x"), sources)->line == 9);
    CHECK(place(fact("ssh", "ssh_key_added", "eve: k", Risk::critical, "x"), sources)->line == 12);
    CHECK(place(fact("units", "unit_added", "nginx.service", Risk::low, "x"), sources) ==
          Place{.file = "etc/systemd/system/nginx.service", .built = true});
}

TEST_CASE("without options the changed line that names it, else what was built") {
    const auto diff = diff_with({"# nothing", "systemd.services.\"nginx\".x = 1;"});
    const explanation::Sources sources{.diff = &diff};
    CHECK(place(fact("units", "unit_added", "nginx.service", Risk::low, "x"), sources) ==
          Place{.file = "hosts/web.nix", .line = 11});
    CHECK(place(fact("etc", "etc_added", "etc/motd", Risk::none, "x"), sources) ==
          Place{.file = "etc/motd", .built = true});
}

TEST_CASE("no line is blamed for what it does not name") {
    for (const auto* line : {"# 8080 was here", "version = \"1.8080.1\";", "services.x = 1;"}) {
        INFO(line);
        const auto one_piece = diff_with({line}, 1);
        CHECK_FALSE(place(port("8080/tcp"), {.diff = &one_piece}));
    }
    CHECK_FALSE(place(fact("units", "unit_removed", "x.service", Risk::low, "x"), {}));
}

TEST_CASE("a file whose name deceives is drawn, and an act has no place") {
    auto diff = diff_with({"x 8080"});
    diff[0].path = "a\u202eb.nix";
    CHECK(place(port("8080/tcp"), {.diff = &diff})->file == "a\\u{202E}b.nix");
    CHECK_FALSE(place(fact("act", "restart_unit", "x", Risk::notice, "x"), {.diff = &diff}));
}
