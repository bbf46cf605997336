#include "agentd/planners/operation_check.hpp"
#include "agentd/planners/ruled_out.hpp"
#include "evaluator/index/make_index.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>

using namespace agentd;
using core::Json;
using proposals::OperationKind;

namespace {

Json option(const char* path, const Json& type, bool read_only = false) {
    return {{"p", path}, {"t", type}, {"r", read_only}};
}

const Json text{{"n", "str"}}, truth{{"n", "bool"}};
const Json port{{"n", "unsignedInt16"}, {"d", "between 0 and 65535"}};

const evaluator::OptionIndex& index_of() {
    static const test::TempDir folder;
    static const auto index = [] {
        Json old = option("a.old", truth);
        old["h"] = true;
        old["s"] = "Alias of {option}`a.enable`.";
        const Json list = Json{{"n", "listOf"}, {"c", {{"elemType", port}}}};
        evaluator::write_index(
            {{"options",
              {option("a.enable", truth), option("a.ports", list), option("a.name", text), old,
               option("a.free", {{"n", "anything"}}), option("a.fixed", text, true),
               option("packages", {{"n", "listOf"}, {"c", {{"elemType", {{"n", "package"}}}}}})}},
             {"packages", {{"ripgrep", "ripgrep", "14"}}}},
            folder / "i.db");
        return evaluator::OptionIndex::open(folder / "i.db");
    }();
    REQUIRE(index);
    return *index;
}

std::string judge(OperationKind kind, const char* path, std::optional<proposals::Value> value) {
    const auto& index = index_of();
    const proposals::plan::Request operations{
        .hosts = {"web"},
        .operations = {{.kind = static_cast<proposals::plan::WishKind>(kind),
                        .option = *proposals::OptionPath::parse(path),
                        .value = std::move(value)}}};
    const auto checked = planners::check_operations(operations, index);
    return !checked           ? checked.problem().code + ": " + checked.problem().message
           : checked->empty() ? "good"
                              : "unchecked: " + checked->front();
}

constexpr auto set = OperationKind::set_option;
constexpr auto add = OperationKind::add_to_list;

proposals::Value package(const char* name) {
    return *proposals::PackageAttr::parse(name);
}

} // namespace

TEST_CASE("an operation on what exists, with a value of its type, is good") {
    CHECK(judge(set, "a.enable", true) == "good");
    CHECK(judge(add, "a.ports", std::int64_t{443}) == "good");
    CHECK(judge(add, "packages", package("ripgrep")) == "good");
    CHECK(judge(add, "packages", package("python3Packages.requests")) == "good");
    CHECK(judge(set, "a.free.x.y", true) == "unchecked: a.free.x.y");
    CHECK(judge(OperationKind::unset_option, "gone.long.ago", std::nullopt) == "good");
}

TEST_CASE("what Nix would refuse is refused before, with what is meant instead") {
    CHECK(judge(set, "a.enabel", true) == "unknown_option: the host has no option a.enabel");
    CHECK(judge(set, "a", true) == "unknown_option: a is no option, but a set of them");
    CHECK(judge(set, "a.old", true) == "renamed_option: a.old has another name now: a.enable");
    CHECK(judge(set, "a.enable", std::string("yes")) == "wrong_type: \"yes\" is not true or false");
    CHECK(judge(add, "a.ports", std::int64_t{70'000}) ==
          "wrong_type: 70000 is not between 0 and 65535");
    CHECK(judge(add, "a.name", std::string("x")) == "wrong_type: a.name is not a list");
    CHECK(judge(set, "a.enable", package("ripgrep")) ==
          "wrong_type: a package is not what it takes");
    CHECK(judge(set, "a.name", package("ripgrep")) == "good");
    CHECK(judge(set, "a.fixed", std::string("x")) ==
          "read_only_option: a.fixed is read-only: the system sets it");
    CHECK(judge(add, "packages", package("rigprep")) ==
          "unknown_package: there is no package rigprep");
}

TEST_CASE("a reading that the host cannot be asked for is none") {
    using planners::goal::Goal;
    using planners::goal::Question;
    const auto reading = [](const char* path, proposals::Value value) {
        proposals::plan::Request request;
        request.operations.push_back({.kind = proposals::plan::WishKind::set_option,
                                      .option = *proposals::OptionPath::parse(path),
                                      .value = std::move(value)});
        return planners::goal::goal_of(std::move(request), "");
    };
    const auto left = [](Question asked) {
        const auto answer = planners::without_ruled_out(std::move(asked), index_of());
        const auto* question = std::get_if<Question>(&answer);
        return question == nullptr ? std::get<Goal>(answer).title
                                   : std::to_string(question->readings.size());
    };
    CHECK(left({{reading("a.enable", true), reading("b.enable", true)}}) == "Set a.enable to true");
    CHECK(left({{reading("a.name", true), reading("a.enable", true)}}) == "Set a.enable to true");
    CHECK(left({{reading("a.enable", true), reading("a.enable", false)}}) == "2");
    CHECK(left({{reading("a.enable", true), reading("a.enable", false), reading("b.x", true)}}) ==
          "2");
    CHECK(left({{reading("b.enable", true), reading("c.enable", true)}}) == "2"); // told with both
}
