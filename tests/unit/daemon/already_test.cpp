// That there is nothing to do is not the worker's word alone.
#include "agentd/stages/already.hpp"

#include "tests/support/catch.hpp"

using namespace agentd;
using core::Problem;
using evaluator::OptionValues;
using proposals::plan::Wish;
using proposals::plan::WishKind;

namespace {

const Problem said{.code = "no_change", .message = "so it is", .hint = "its words"};

Wish wish(WishKind kind, const char* option, std::optional<proposals::Value> value) {
    return {
        .kind = kind, .option = proposals::OptionPath::parse(option), .value = std::move(value)};
}

std::string held(const Wish& wanted, const char* value) {
    const auto option = wanted.option ? wanted.option->parts() : std::vector<std::string>{"x"};
    const auto problem =
        stages::held_against(said, {.operations = {wanted}}, "web",
                             OptionValues{{.path = option, .value = value, .files = {}}});
    CHECK(problem.hint == said.hint);
    if (problem.code == "analysis_failed") {
        CHECK(problem.where == proposals::plan::on_options(wanted).front().option.str());
        return "otherwise";
    }
    CHECK(problem.code == "no_change");
    return problem.message == "so it is; not proved by evaluation"  ? "unproved"
           : problem.message.find("evaluated") != std::string::npos ? "proved"
                                                                    : problem.message;
}

} // namespace

TEST_CASE("that there is nothing to do is held against the host where it is data") {
    const auto zone = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    CHECK(held(zone, R"("UTC")") == "proved");
    CHECK(held(zone, R"("Asia/Tokyo")") == "otherwise");
    CHECK(held(zone, R"({"is":"unknown"})") == "unproved");
    const auto on = wish(WishKind::set_option, "services.openssh.enable", true);
    CHECK(held(on, "true") == "proved");
    CHECK(held(on, "false") == "otherwise");
    const auto port =
        wish(WishKind::add_to_list, "networking.firewall.allowedTCPPorts", std::int64_t{80});
    CHECK(held(port, "[22,80]") == "proved");
    CHECK(held(port, "[22]") == "otherwise");
    const auto closed =
        wish(WishKind::remove_from_list, "networking.firewall.allowedTCPPorts", std::int64_t{80});
    CHECK(held(closed, "[22]") == "proved");
    CHECK(held(closed, "[22,80]") == "otherwise");
}

TEST_CASE("what evaluation does not tell for certain leaves that nothing is to do unproved") {
    const auto package = proposals::PackageAttr::parse("nodejs_20").value();
    const auto node = wish(WishKind::add_to_list, "environment.systemPackages", package);
    CHECK(held(node, R"([{"is":"package","text":"nodejs-20.1"}])") == "unproved");
    CHECK(held(node, R"([{"is":"package","text":"nodejs_20"}])") == "proved");
    CHECK(held(wish(WishKind::remove_from_list, "environment.systemPackages", package), "[]") ==
          "unproved");
    auto weak = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    weak.weak = true;
    CHECK(held(weak, R"("Asia/Tokyo")") == "unproved");
    auto there = wish(WishKind::set_option, "time.timeZone", std::string("UTC"));
    there.in = "web.nix";
    CHECK(held(there, R"("Asia/Tokyo")") == "unproved");
    CHECK(held(wish(WishKind::unset_option, "time.timeZone", std::nullopt), "null") == "unproved");
    CHECK(held({.kind = WishKind::add_import, .module = "x.nix"}, "true") == "unproved");
    const auto refused = stages::held_against(
        said, {.operations = {weak}}, "web",
        core::Result<OptionValues>(Problem{.code = "evaluation_failed", .message = "no"}));
    CHECK(refused.message == "so it is; not proved by evaluation");
}
