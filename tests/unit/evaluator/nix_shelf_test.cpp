// What commits evaluated to, kept.
#include "agentd/core/keep_newest.hpp"
#include "evaluator/evaluation_shelf.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/evaluator/nix_fixture.hpp"

#include <filesystem>

using namespace agentd;
using evaluator::EvaluationShelf;
using evaluator::KnownEvaluation;
using evaluator::OptionWords;
using test::NixFixture;

namespace {

NixFixture& fixture() {
    static NixFixture made;
    return made;
}

core::StorePath path(char c, const std::string& name) {
    return core::StorePath::parse("/nix/store/" + std::string(32, c) + "-" + name).value();
}

KnownEvaluation known() {
    return {
        .evaluated = {.drv = path('a', "web.drv"),
                      .toplevel = path('b', "web"),
                      .system = "x86_64-linux",
                      .warnings = {"careful"},
                      .facts_json = "{\"ssh\":true}",
                      .hosts = {"db", "web"},
                      .options = {{{.path = {"a", "b"}, .value = "1"},
                                   {.path = {"a", "c"}, .value = "{\"set\":{\"d\":1,\"e\":2}}"}}}},
        .words = {"a", "b", "c", "d", "e"}};
}

evaluator::FlakeSource source(char c = '1') {
    return {.repository = "/r.git",
            .ref = "refs/agentd/x",
            .commit = core::Commit::parse(std::string(40, c)).value()};
}

std::string only_file(const std::string& folder) {
    std::string found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        found = entry.path();
    }
    return found;
}

} // namespace

TEST_CASE("an evaluation that is kept is found by its commit and host, and by no other") {
    const auto nix = fixture().nix();
    EvaluationShelf shelf(nix, fixture() / "shelf-1");
    CHECK_FALSE(shelf.find(source(), NixFixture::host()));
    shelf.keep(source(), NixFixture::host(), known());
    const auto found =
        EvaluationShelf(nix, fixture() / "shelf-1").find(source(), NixFixture::host());
    REQUIRE(found);
    CHECK(found->evaluated.drv == known().evaluated.drv);
    CHECK(found->evaluated.warnings == known().evaluated.warnings);
    CHECK(found->evaluated.hosts == known().evaluated.hosts);
    CHECK(found->words == known().words);
    CHECK(found->evaluated.options->size() == 2);
    CHECK_FALSE(shelf.find(source('2'), NixFixture::host()));
    CHECK_FALSE(shelf.find(source(), NixFixture::host("db")));
    CHECK_FALSE(shelf.find_derivation(source(), NixFixture::host()));
}

TEST_CASE("options are told for fewer words than were read, as if they had been read so") {
    const auto all = known();
    CHECK(all.options_for(all.words)->size() == 2);
    const auto fewer = all.options_for({"a", "c", "e"});
    REQUIRE(fewer);
    REQUIRE(fewer->size() == 1);
    CHECK(fewer->front().value == "{\"set\":{\"e\":2}}");
    CHECK_FALSE(all.options_for({"a", "f"}));
}

TEST_CASE("restricted options are those that a reading with these words gives") {
    const OptionWords many{"networking", "firewall", "allowedTCPPorts", "users",  "alice",
                           "uid",        "services", "nginx",           "enable", "home"};
    const OptionWords few{"users", "alice", "home", "networking"};
    const auto read = [&](const OptionWords& words) {
        auto values =
            evaluator::option_values(fixture().nix(), fixture().head(), NixFixture::host(), words);
        REQUIRE(values);
        return *values;
    };
    const KnownEvaluation all{.evaluated = {.drv = path('a', "web.drv"),
                                            .toplevel = path('b', "web"),
                                            .options = read(many)},
                              .words = many};
    const auto restricted = all.options_for(few);
    const auto asked = read(few);
    REQUIRE(restricted);
    REQUIRE(restricted->size() == asked.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        CHECK(restricted->at(i).path == asked[i].path);
        CHECK(restricted->at(i).value == asked[i].value);
    }
}

TEST_CASE("a kept evaluation that was altered, cut short or misplaced counts for nothing") {
    const auto nix = fixture().nix();
    const auto host = NixFixture::host();
    const std::string folder = fixture() / "shelf-2";
    EvaluationShelf shelf(nix, folder);
    for (const std::string harm : {"careful", "cut", "not-json", "other"}) {
        INFO(harm);
        shelf.keep(source(), host, known());
        const std::string file = only_file(folder);
        std::string text = core::read_file(file);
        if (harm == "careful") {
            text.replace(text.find("careful"), 7, "caressd");
        } else if (harm == "cut") {
            text.resize(text.size() / 2);
        } else if (harm == "not-json") {
            text = "hello";
        } else {
            shelf.keep(source('2'), host, known());
            std::filesystem::remove(file);
            text = core::read_file(only_file(folder));
            std::filesystem::remove(only_file(folder));
        }
        core::write_file_durably(file, text);
        CHECK_FALSE(shelf.find(source(), host));
        CHECK_FALSE(std::filesystem::exists(file));
    }
}

TEST_CASE("no more is kept than has room, and the oldest goes") {
    const auto nix = fixture().nix();
    const std::string folder = fixture() / "shelf-3";
    EvaluationShelf shelf(nix, folder);
    for (int i = 0; i < 3; ++i) {
        core::write_file_durably(folder + "/old-" + std::to_string(i), "");
        std::filesystem::last_write_time(folder + "/old-" + std::to_string(i),
                                         std::filesystem::file_time_type::clock::now() -
                                             std::chrono::hours(1));
    }
    for (std::size_t i = 0; i < EvaluationShelf::most_entries; ++i) {
        core::write_file_durably(folder + "/x" + std::to_string(i), "");
    }
    shelf.keep_derivation(source(), NixFixture::host(), path('a', "web.drv"));
    std::size_t left = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        CHECK_FALSE(entry.path().filename().string().starts_with("old-"));
        ++left;
    }
    CHECK(left == EvaluationShelf::most_entries);
    CHECK(shelf.find_derivation(source(), NixFixture::host()) == path('a', "web.drv"));
}

TEST_CASE("of a folder those entries stay that were used last, whenever they were written") {
    namespace fs = std::filesystem;
    const std::string folder = fixture() / "newest";
    core::make_directories(folder, 0700);
    const auto now = fs::file_time_type::clock::now();
    for (int n = 0; n < 4; ++n) {
        const auto file = folder + "/" + std::to_string(n) + ".json";
        core::write_file_durably(file, "x", 0600);
        fs::last_write_time(file, now - std::chrono::hours(10 - n));
    }
    core::write_file_durably(folder + "/other.db", "x", 0600);
    core::renew(folder + "/0.json");
    core::keep_newest(folder, ".json", 2);
    CHECK(fs::exists(folder + "/0.json"));
    CHECK_FALSE(fs::exists(folder + "/1.json"));
    CHECK_FALSE(fs::exists(folder + "/2.json"));
    CHECK(fs::exists(folder + "/3.json"));
    CHECK(fs::exists(folder + "/other.db"));
    core::keep_newest(folder + "/gone", ".json", 2);
}

TEST_CASE("an evaluation that was found again is kept before one that was not") {
    namespace fs = std::filesystem;
    const auto nix = fixture().nix();
    const std::string folder = fixture() / "renewed";
    EvaluationShelf shelf(nix, folder);
    shelf.keep_derivation(source(), NixFixture::host(), path('a', "x.drv"));
    const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
    fs::last_write_time(only_file(folder), old);
    CHECK(shelf.find_derivation(source(), NixFixture::host()));
    CHECK(fs::last_write_time(only_file(folder)) > old);
}
