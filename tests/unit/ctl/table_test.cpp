#include "agentd/core/text.hpp"
#include "agentd/ctl/help.hpp"
#include "agentd/ctl/table.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ctl/ctl_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

using namespace agentd;
using test::Ctl;

TEST_CASE("every row of the table can be run and completed") {
    std::set<std::string_view> paths;
    for (const auto& command : ctl::command_table()) {
        INFO(command.path);
        CHECK(command.handler != nullptr);
        CHECK(paths.insert(command.path).second);
        CHECK_FALSE(command.summary.ends_with("."));
        CHECK(command.summary.size() <= 80);
        CHECK(command.summary.find('\'') == std::string_view::npos); // shells quote with it
        for (const auto& option : command.options) {
            CHECK(option.name.starts_with("--"));
            CHECK(option.help.find('\'') == std::string_view::npos);
        }
    }
}

TEST_CASE("groups stand together, so that help has each heading once") {
    std::vector<std::string_view> groups;
    for (const auto& command : ctl::command_table()) {
        if (groups.empty() || groups.back() != command.group) {
            groups.push_back(command.group);
        }
    }
    CHECK(std::set(groups.begin(), groups.end()).size() == groups.size());
}

TEST_CASE("help names every command and fits a terminal of 100 columns") {
    Ctl agentctl;
    const auto ran = agentctl.bare({"--help"});
    CHECK(ran.exit == 0);
    for (const auto& command : ctl::command_table()) {
        CHECK(ran.out.find("  " + std::string(command.path)) != std::string::npos);
    }
    for (const auto line : core::lines(ran.out)) {
        INFO(line);
        CHECK(line.size() <= 104); // a few of them are two-byte characters
    }
    CHECK(ran.out.find("Examples") != std::string::npos);
    CHECK(ran.out.find("Exit status") != std::string::npos);
}

TEST_CASE("each command, and each group, has help of its own") {
    Ctl agentctl;
    for (const auto& command : ctl::command_table()) {
        std::vector<std::string> words;
        for (const auto word : core::split(command.path, ' ')) {
            if (!word.empty()) {
                words.emplace_back(word);
            }
        }
        words.emplace_back("-h");
        const auto ran = agentctl.bare(words);
        INFO(command.path);
        CHECK(ran.exit == 0);
        CHECK(ran.out.find("Usage: agentctl") != std::string::npos);
    }
    CHECK(agentctl.bare({"audit", "--help"}).out.find("audit verify") != std::string::npos);
}

TEST_CASE("docs/agentctl.md holds the commands of the table") {
    const std::string path =
        std::filesystem::path(__FILE__).parent_path() / "../../../docs/agentctl.md";
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string begin = "<!-- commands: from the table -->\n",
                      end = "<!-- end of commands -->";
    const auto from = text.find(begin), to = text.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    const std::string wanted = ctl::commands_as_markdown() + "\n";
    if (std::getenv("AGENTD_ACCEPT") != nullptr) {
        std::ofstream(path) << text.substr(0, from) << begin << wanted << text.substr(to);
        return;
    }
    CHECK(text.substr(from + begin.size(), to - from - begin.size()) == wanted);
}

TEST_CASE("what is not in the table is a usage error with the nearest command") {
    Ctl agentctl;
    const auto ran = agentctl.bare({"aprove", "1"});
    CHECK(ran.exit == 64);
    CHECK(ran.out.empty());
    CHECK(ran.err ==
          "agentctl: there is no command `aprove`\n  next: did you mean `agentctl approve`?\n");
    CHECK(agentctl.bare({"list", "--nonsense"}).exit == 64);
    CHECK(agentctl.bare({"audit"}).exit == 64);
    CHECK(agentctl.bare({"approve"}).exit == 64);
    CHECK(agentctl.bare({"completion", "tcsh"}).exit == 64);
    CHECK(agentctl.bare({"status", "--color", "pink"}).exit == 64);
    CHECK(agentctl.bare({"show", "../x"}).exit == 64);
    CHECK(agentctl.bare({"show", "01AB"}).exit == 64);
    CHECK(agentctl.bare({"--json", "aprove"}).json().at("error").at("exit") == 64);
}

TEST_CASE("an option that a command does not have leads to that command's help") {
    Ctl agentctl;
    CHECK(agentctl.bare({"list", "--al"}).err.find("next: agentctl list --help") !=
          std::string::npos);
    CHECK(agentctl.bare({"audit", "tail", "--lots"}).err.find("next: agentctl audit tail --help") !=
          std::string::npos);
    CHECK(agentctl.bare({"--nonsense"}).err.find("next: agentctl --help") != std::string::npos);
}

TEST_CASE("an argument that is no text is refused as wrong use, not as a fault of agentctl") {
    Ctl agentctl;
    const auto ran = agentctl.bare({"run", "install \xff\xfe"});
    CHECK(ran.exit == 64);
    CHECK(ran.err.find("not UTF-8") != std::string::npos);
}

TEST_CASE("in zsh the first completion of a shell completes") {
    const std::string zsh = "/usr/bin/zsh";
    if (!std::filesystem::exists(zsh)) {
        return;
    }
    Ctl agentctl;
    std::ofstream(agentctl.directory / "_agentctl") << agentctl.bare({"completion", "zsh"}).out;
    // What compinit would do, with the builtins that offer words standing in for themselves.
    std::ofstream(agentctl.directory / "try.zsh")
        << "fpath=(" << agentctl.directory.path() << " $fpath); autoload -U _agentctl\n"
        << "_describe() { print -r -- ${(P)2} }\nCURRENT=2; words=(agentctl '')\n_agentctl\n";
    const std::string out = agentctl.directory / "said";
    CHECK(std::system((zsh + " -f " + (agentctl.directory / "try.zsh") + " > " + out).c_str()) ==
          0);
    std::ifstream said(out);
    const std::string words{std::istreambuf_iterator<char>(said), {}};
    CHECK(words.find("approve:") != std::string::npos);
}

TEST_CASE("the completion scripts are good for their shells") {
    Ctl agentctl;
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const auto ran = agentctl.bare({"completion", shell});
        INFO(shell);
        CHECK(ran.exit == 0);
        CHECK(ran.out.find("approve") != std::string::npos);
        CHECK(ran.out.find("verify") != std::string::npos);
        const std::string program = "/usr/bin/" + shell;
        if (std::filesystem::exists(program)) {
            const std::string file = agentctl.directory / ("completion." + shell);
            std::ofstream(file) << ran.out;
            CHECK(std::system((program + " -n " + file).c_str()) == 0);
        }
    }
}

TEST_CASE("version needs no daemon") {
    Ctl agentctl;
    CHECK(agentctl.bare({"version"}).out == "agentctl " AGENTD_VERSION "\n");
    CHECK(agentctl.bare({"--version"}).out == "agentctl " AGENTD_VERSION "\n");
    CHECK(agentctl.bare({"version", "--json"}).json().at("version") == AGENTD_VERSION);
}
