#include "proposals/intake.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/proposals/intake_base.hpp"

#include "agentd/core/fd.hpp"

#include <algorithm>
#include <filesystem>
#include <random>

using namespace agentd;
using namespace agentd::proposals;

namespace {

std::filesystem::path corpus() {
    return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "corpus" /
           "intake";
}

std::string patch_named(const std::string& name) {
    return core::read_file((corpus() / (name + ".patch")).string());
}

std::vector<std::filesystem::path> all_patches() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
        paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

IntakeFile taken(const std::string& name, std::size_t index = 0) {
    const auto files = take_patch(patch_named(name), test::IntakeBase{});
    REQUIRE(files.has_value());
    REQUIRE(files->size() > index);
    return files->at(index);
}

std::string added(const std::string& path, const std::string& line) {
    return "diff --git a/" + path + " b/" + path + "\nnew file mode 100644\n--- /dev/null\n+++ b/" +
           path + "\n@@ -0,0 +1 @@\n+" + line + "\n";
}

std::string code_of(const std::string& patch, const IntakeLimits& limits = {}) {
    const auto files = take_patch(patch, test::IntakeBase{}, limits);
    return files ? "ok" : files.problem().code;
}

/// In a line of Nix that the base has not. Where all its lines end as on Windows, new ones may.
bool has_new_control(const FileEdit& edit, const TreeReader& base) {
    if (!edit.path.ends_with(".nix") || !edit.bytes) {
        return false;
    }
    const std::string before = base.read(edit.path).value_or("");
    const auto known = core::lines(before);
    const auto after = core::lines(*edit.bytes);
    return std::any_of(after.begin(), after.end(), [&](std::string_view line) {
        const bool cut = line.find_first_of(std::string_view("\0", 1)) != line.npos;
        const bool kept = std::find(known.begin(), known.end(), line) != known.end();
        line.remove_suffix(edit.path == "windows.nix" && line.ends_with('\r') ? 1 : 0);
        return cut || line.find('\r') != line.npos || (!kept && line.find('\x1b') != line.npos);
    });
}

bool has(const IntakeFile& file, Flag flag) {
    return std::find(file.flags.begin(), file.flags.end(), flag) != file.flags.end();
}

} // namespace

TEST_CASE("every patch of the corpus ends as its name says") {
    const auto patches = all_patches();
    CHECK(patches.size() >= 300);
    for (const auto& path : patches) {
        const std::string name = path.filename().string();
        const auto files = take_patch(core::read_file(path.string()), test::IntakeBase{});
        CAPTURE(name, files ? "" : files.problem().message);
        CHECK((files ? "ok" : files.problem().code) == name.substr(0, name.find('.')));
        if (!files) {
            CHECK_FALSE(files.problem().message.empty());
            CHECK_FALSE(files.problem().where.empty());
            CHECK_FALSE(files.problem().hint.empty());
        }
    }
}

TEST_CASE("a changed line lands where the hunk says and nothing else moves") {
    const IntakeFile file = taken("ok.one_line_changed");
    CHECK(file.edit.path == "hosts/web/default.nix");
    CHECK(file.edit.mode == FileMode::file);
    CHECK(file.edit.bytes ==
          "{ pkgs, ... }:\n{\n  networking.hostName = \"web\";\n  services.redis.enable = true;\n"
          "  time.timeZone = \"UTC\";\n  a = 1;\n  b = 2;\n  c = 3;\n  d = 4;\n  e = 5;\n}\n");
    CHECK(file.flags.empty());
}

TEST_CASE("two hunks follow one another through the shifted lines") {
    CHECK(taken("ok.two_hunks").edit.bytes ==
          "{ pkgs, ... }:\n{\n  services.redis.enable = false;\n  time.timeZone = \"UTC\";\n  a = "
          "1;\n"
          "  b = 2;\n  c = 3;\n  d = 4;\n  e = 5;\n  f = 6;\n}\n");
}

TEST_CASE("a missing newline at the end is kept or mended exactly as the patch says") {
    CHECK(taken("ok.newline_added_at_end").edit.bytes == "first\nlast with newline\n");
}

TEST_CASE("a deleted file has no bytes and an empty new file has zero") {
    CHECK_FALSE(taken("ok.deleted_file").edit.bytes.has_value());
    CHECK(taken("ok.new_empty_file").edit.bytes == "");
}

TEST_CASE("a change of the executable bit alone is flagged, for no hunk shows it") {
    const IntakeFile file = taken("ok.mode_change_only");
    CHECK(file.edit.mode == FileMode::executable);
    CHECK(has(file, Flag::mode_change));
}

TEST_CASE("hidden code points in prose are flagged, not refused") {
    CHECK(has(taken("ok.bidi_in_prose_file"), Flag::hidden_unicode));
}

TEST_CASE("special files are flagged by their path") {
    const test::IntakeBase base;
    const auto flag_of = [&](const std::string& path) {
        const auto files = take_patch(added(path, "x"), base);
        REQUIRE(files.has_value());
        return files->front().flags;
    };
    CHECK(flag_of("flake.lock") == std::vector{Flag::lock_file});
    CHECK(flag_of("nested/flake.nix") == std::vector{Flag::flake_file});
    CHECK(flag_of("secrets/db.age") == std::vector{Flag::secrets});
    CHECK(flag_of(".sops.yaml") == std::vector{Flag::secrets});
    CHECK(flag_of("hosts/web/agentd.nix") == std::vector{Flag::agentd_file});
    CHECK(flag_of("modules/agentd/x.nix") == std::vector{Flag::agentd_file});
    CHECK(flag_of("Policy.toml") == std::vector{Flag::agentd_file});
}

TEST_CASE("a line too wide to be read is flagged as unreviewable") {
    const auto wide =
        take_patch(added("x.nix", "# " + std::string(500, ' ') + "x"), test::IntakeBase{});
    REQUIRE(wide.has_value());
    CHECK(has(wide->front(), Flag::unreviewable));
}

TEST_CASE(
    "a hidden code point that stood in a line before is flagged and does not block other edits") {
    test::IntakeBase base;
    base.files["x.nix"] = {FileMode::file, std::string(40, 'a'), "# \u26A0\uFE0F old\na = 1;\n"};
    const std::string patch = "diff --git a/x.nix b/x.nix\n--- a/x.nix\n+++ b/x.nix\n@@ -2 +2 @@\n"
                              "-a = 1;\n+a = 2;\n";
    const auto files = take_patch(patch, base);
    REQUIRE(files.has_value());
    CHECK(has(files->front(), Flag::hidden_unicode));
}

TEST_CASE("a control character already in a Nix file blocks every edit that keeps it") {
    test::IntakeBase base;
    base.files["x.nix"] = {FileMode::file, std::string(40, 'a'),
                           std::string("a = 1;\n# \r evil\n")};
    const std::string patch = "diff --git a/x.nix b/x.nix\n--- a/x.nix\n+++ b/x.nix\n@@ -1 +1 @@\n"
                              "-a = 1;\n+a = 2;\n";
    const auto files = take_patch(patch, base);
    REQUIRE_FALSE(files.has_value());
    CHECK(files.problem().code == "control_char");
    CHECK(files.problem().where == "x.nix:2");
}

TEST_CASE("what a file had that cannot be seen is flagged, where it is not refused") {
    for (const std::string name : {"ok.escape_was_there", "ok.line_ends_of_windows_stay"}) {
        CHECK(has(taken(name), Flag::control_char));
    }
    CHECK(has(taken("ok.picture_in_colours"), Flag::hidden_unicode));
}

TEST_CASE("the limits of intake hold at their edge") {
    CHECK(code_of(added("x", "y"), {.patch_bytes = 10}) == "too_large");
    CHECK(code_of(added("x", "y") + added("y", "y"), {.files = 1}) == "too_many_files");
    CHECK(code_of(added("x", "yy"), {.blob_bytes = 2}) == "too_large");
    CHECK(code_of(added("x", "y"), {.blob_bytes = 2}) == "ok");
    CHECK(code_of(added("a/b/c", "y"), {.path_depth = 3}) == "ok");
    CHECK(code_of(added("a/b/c/d", "y"), {.path_depth = 3}) == "bad_path");
    CHECK(code_of("") == "empty");
}

TEST_CASE("one bad file refuses the whole patch") {
    CHECK(code_of(patch_named("ok.one_line_changed") +
                  patch_named("does_not_apply.missing_newline_claimed")) == "does_not_apply");
}

TEST_CASE("edits that come as bytes obey the same rules as patches") {
    const test::IntakeBase base;
    const auto code = [&](FileEdit edit) {
        const auto files = take_edits({std::move(edit)}, base);
        return files ? std::string("ok") : files.problem().code;
    };
    CHECK(code({.path = "x.nix", .bytes = "{ }\n"}) == "ok");
    CHECK(code({.path = "../x.nix", .bytes = "{ }\n"}) == "path_escape");
    CHECK(code({.path = "link/x.nix", .bytes = "{ }\n"}) == "symlink");
    CHECK(code({.path = "x.nix", .mode = FileMode::symlink, .bytes = "y"}) == "symlink");
    CHECK(code({.path = "notes.txt", .bytes = "one\ntwo\nthree\n"}) == "no_change");
    CHECK(code({.path = "x.nix", .bytes = std::string("a\0b", 3)}) == "control_char");
    CHECK(code({.path = "gone"}) == "no_such_file");
}

TEST_CASE("mutated patches never end otherwise than taken or refused, and what is taken keeps the "
          "rules") {
    std::mt19937 random(20260102);
    const test::IntakeBase base;
    std::vector<std::string> seeds;
    for (const auto& path : all_patches()) {
        seeds.push_back(core::read_file(path.string()));
    }
    std::size_t accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string patch = seeds[random() % seeds.size()].substr(0, 2000);
        for (auto left = random() % 4; left > 0 && !patch.empty(); --left) {
            const std::size_t at = random() % patch.size();
            switch (random() % 4) {
            case 0:
                patch[at] = static_cast<char>(random() % 256);
                break;
            case 1:
                patch.erase(at, random() % 9);
                break;
            case 2:
                patch.insert(at, patch.substr(random() % patch.size(), random() % 30));
                break;
            default:
                patch.resize(at);
                break;
            }
        }
        const auto files = take_patch(patch, base);
        accepted += files.has_value() ? 1 : 0;
        if (files) {
            for (const IntakeFile& file : *files) {
                CHECK(file.edit.path.find("..") == std::string::npos);
                CHECK((file.edit.mode == FileMode::file || file.edit.mode == FileMode::executable));
                CHECK_FALSE(has_new_control(file.edit, base));
            }
        }
    }
    CHECK(accepted > 0);
}

TEST_CASE("the line ends of Windows are called that, and what to do is said") {
    std::string windows;
    for (const char c : added("hosts/web/x.nix", "{ }")) {
        windows += c == '\n' ? "\r\n" : std::string(1, c);
    }
    for (const std::string& patch : {windows, added("hosts/web/x.nix", "{ }\r")}) {
        const auto files = take_patch(patch, test::IntakeBase{});
        REQUIRE_FALSE(files.has_value());
        CHECK(files.problem().hint.find("dos2unix") != std::string::npos);
    }
    CHECK(take_patch(windows, test::IntakeBase{}).problem().message ==
          "the patch has the line ends of Windows (CR LF)");
}
