#include "proposals/colours/colours.hpp"
#include "proposals/git_text_diff.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <map>

using namespace agentd;
using namespace agentd::proposals;

namespace {

using Text = std::optional<std::string>;

struct Folder final : TreeReader {
    std::map<std::string, std::string, std::less<>> files{};
    std::optional<TreeEntry> find(std::string_view path) const override {
        return files.contains(path) ? std::optional(TreeEntry{}) : std::nullopt;
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }
};

DiffFile coloured(const std::string& path, const Text& before, const Text& after,
                  const ColourLimits& limits = {}) {
    auto file = diff_of(path, before, after);
    colour(file, before, after, limits);
    return file;
}

/// `kind text` of the line's colours; of ASCII alone.
std::vector<std::string> told(const DiffFile& file, std::size_t line) {
    std::vector<std::string> out;
    const auto& of = file.hunks.at(0).lines.at(line);
    for (const auto& [span, kind] : of.colours) {
        out.push_back(std::string(kind) + " " + of.text.substr(span.start, span.end - span.start));
    }
    return out;
}

bool is_plain(const DiffFile& file) {
    for (const auto& hunk : file.hunks) {
        for (const auto& line : hunk.lines) {
            if (!line.colours.empty()) {
                return false;
            }
        }
    }
    return true;
}

using Kinds = std::vector<std::string>;

} // namespace

TEST_CASE("a line of Nix has its colours, and plain names and marks have none") {
    const auto file = coloured("x.nix", std::nullopt, "{ a = with b; [ 1 ./c \"d\" ]; } # e\n");
    CHECK(told(file, 0) == Kinds{"attribute a", "keyword with", "number 1", "path ./c",
                                 "string \"d\"", "comment # e"});
}

TEST_CASE("a removed line is coloured as it was, one that came as it is") {
    const auto file = coloured("x.nix", "{\n  a = 1;\n}\n", "{\n  /*\n  a = 1;\n  */\n}\n");
    CHECK(told(file, 1) == Kinds{"comment /*"});
    CHECK(told(file, 2) == Kinds{"comment   a = 1;"}); // unchanged as a line, and no code any more
}

TEST_CASE("a line in the middle of a string is one, though its hunk begins below the quotes") {
    std::string text = "{\n  a = ''\n";
    for (int i = 0; i < 20; ++i) {
        text += "    let x = " + std::to_string(i) + "\n";
    }
    const auto file = coloured("x.nix", text + "  '';\n}\n", text + "    # end\n  '';\n}\n");
    CHECK(told(file, 0) == Kinds{"string     let x = 17"});
    CHECK(told(file, 3) == Kinds{"string     # end"});
}

TEST_CASE("columns are code points of the line's text, tabs and hidden ones count as one") {
    const auto file =
        coloured("x.nix", std::nullopt, "{\t\"\U0001F600\u00e4\u202e\" = 1; } # \u00fc\n");
    const auto& line = file.hunks.at(0).lines.at(0);
    REQUIRE(line.colours.size() == 3);
    CHECK(line.colours[0].span == LineSpan{.start = 2, .end = 7});
    CHECK(line.colours[1].span == LineSpan{.start = 10, .end = 11});
    CHECK(line.colours[2].span == LineSpan{.start = 15, .end = 18});
    REQUIRE(line.marks.size() == 1);
    CHECK(line.marks[0].column == 5);
}

TEST_CASE("what is no Nix, no UTF-8, no text or too large stays plain, each side for itself") {
    const std::string good = "{ a = true; }\n";
    CHECK(is_plain(coloured("x.json", std::nullopt, good)));
    CHECK(is_plain(coloured("x.nix", std::nullopt, "{ a = true\n")));
    CHECK(is_plain(coloured("x.nix", std::nullopt, "{ a = \"\xff\"; }\n")));
    CHECK(is_plain(coloured("x.nix", std::nullopt, std::string(70'000, '(') + "\n")));
    CHECK(is_plain(coloured("x.nix", std::nullopt, good, {.source = 5})));
    CHECK(is_plain(coloured("x.nix", std::nullopt, good, {.message = 130})));
    auto link = diff_of("x.nix", std::nullopt, "./target");
    link.new_mode = FileMode::symlink;
    colour(link, std::nullopt, "./target");
    CHECK(is_plain(link));
    const auto mended = coloured("x.nix", "{ a = true \n", good);
    CHECK(told(mended, 0).empty());
    CHECK(told(mended, 1) == Kinds{"attribute a", "constant true"});
}

TEST_CASE("behind a NUL there is no Nix, whatever it looks like") {
    const auto file = coloured("x.nix", std::nullopt, std::string("{ }\n\0\n{ a = true; }\n", 20));
    for (const auto& line : file.hunks.at(0).lines) {
        CHECK(line.colours.empty());
    }
}

TEST_CASE("the files of a diff share one room, and each is coloured whole or not at all") {
    Folder before, after;
    std::vector<DiffFile> files;
    for (const std::string path : {"a.nix", "b.nix", "c.nix"}) {
        after.files[path] = path == "b.nix" ? "[ 1 2 3 4 5 6 7 8 9 ]\n" : "[ 1 ]\n";
        files.push_back(diff_of(path, std::nullopt, after.files[path]));
    }
    auto all = files, unread = files;
    colour(all, before, after);
    CHECK_FALSE((is_plain(all[0]) || is_plain(all[1]) || is_plain(all[2])));
    colour(files, before, after, {.message = 470});
    CHECK_FALSE(is_plain(files[0]));
    CHECK(is_plain(files[1]));
    CHECK_FALSE(is_plain(files[2]));
    colour(unread, before, Folder());
    CHECK(is_plain(unread[0]));
}

TEST_CASE("the JSON of a line says its pair, what changed and its colours") {
    auto file = coloured("x.nix", "{ a = 1; }\n", "{ a = 2; }");
    const auto lines = to_json(file).at("hunks").at(0).at("lines");
    CHECK(lines.at(0) == core::Json::parse(R"({
        "kind": "-", "old": 1, "new": null, "text": "{ a = 1; }", "marks": [], "pair": 1,
        "changed": [[6, 7]], "colours": [[2, 3, "attribute"], [6, 7, "number"]]})"));
    CHECK_FALSE((lines.at(2).contains("changed") || lines.at(2).contains("pair")));
    CHECK(as_text({file}) == as_text({diff_of("x.nix", "{ a = 1; }\n", "{ a = 2; }")}));
}
