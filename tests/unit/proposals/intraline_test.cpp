#include "proposals/git_text_diff.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace agentd::proposals;

namespace {

/// Each changed line with what is otherwise in it between brackets, and the number it is paired
/// with.
std::vector<std::string> told(const std::string& before, const std::string& after) {
    std::vector<std::string> out;
    for (const auto& hunk : diff_of("x", before, after).hunks) {
        for (const auto& line : hunk.lines) {
            if (line.kind == ' ') {
                continue;
            }
            std::string text;
            std::size_t column = 0;
            for (const char c : line.text) {
                for (const auto& span : line.changed) {
                    text += span.end == column && span.end != span.start ? "]" : "";
                    text += span.start == column ? "[" : "";
                }
                text += c;
                ++column;
            }
            const bool open = !line.changed.empty() && line.changed.back().end == column;
            out.push_back(line.kind + text + (open ? "]" : "") +
                          (line.pair ? " <> " + std::to_string(*line.pair) : ""));
        }
    }
    return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("what is otherwise in a rewritten line is told by words") {
    CHECK(told("  enable = false;\n", "  enable = true;\n") ==
          Lines{"-  enable = [false]; <> 1", "+  enable = [true]; <> 1"});
    CHECK(told("ports = [ 22 ];\n", "ports = [ 22 8080 ];\n") ==
          Lines{"-ports = [ 22 ]; <> 1", "+ports = [ 22 [8080 ]]; <> 1"});
    CHECK(told("  a = 1;\n", "    a = 1;\n") == Lines{"-[  ]a = 1; <> 1", "+[    ]a = 1; <> 1"});
}

TEST_CASE("lines with little in common are two lines") {
    CHECK(told("a = 1;\n", "services.nginx.virtualHosts = { };\n") ==
          Lines{"-a = 1;", "+services.nginx.virtualHosts = { };"});
}

TEST_CASE("each line is paired with the one it became, in order, wherever it stands in the block") {
    CHECK(told("  rev = \"aaaa\";\n  hash = \"sha256-x\";\n",
               "  # a note\n  rev = \"bbbb\";\n  more = { };\n  hash = \"sha256-y\";\n") ==
          Lines{"-  rev = \"[aaaa]\"; <> 2", "-  hash = \"[sha256-x]\"; <> 4", "+  # a note",
                "+  rev = \"[bbbb]\"; <> 1", "+  more = { };", "+  hash = \"[sha256-y]\"; <> 2"});
}

TEST_CASE("columns are code points, and one that hides is in a word of its own kind") {
    const auto file = diff_of("x", "größe = \"a\";\n", "größe = \"a\u202e\";\n");
    const auto& lines = file.hunks.at(0).lines;
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].changed == std::vector<LineSpan>{{.start = 9, .end = 10}});
    CHECK(lines[1].changed == std::vector<LineSpan>{{.start = 9, .end = 11}});
}

TEST_CASE("of a very long block or line nothing is said") {
    std::string before, after;
    for (int i = 0; i < 30; ++i) {
        before += "a" + std::to_string(i) + " = 1;\n";
        after += "a" + std::to_string(i) + " = 2;\n";
    }
    CHECK(told(before, after).front() == "-a0 = 1;");
    std::string line;
    for (int i = 0; i < 100; ++i) {
        line += "a, ";
    }
    CHECK(told(line + "1\n", line + "2\n").front() == "-" + line + "1");
}
