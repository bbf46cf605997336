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
    CHECK(agentctl.bare({"list", "--al"}).err.find("? agentctl list --help\n") !=
          std::string::npos);
    CHECK(agentctl.bare({"audit", "tail", "--lots"}).err.find("next: agentctl audit tail --help") !=
          std::string::npos);
    CHECK(agentctl.bare({"--nonsense"}).err.find("next: agentctl --help") != std::string::npos);
    CHECK(agentctl.bare({"list", "--al"}).err.find("did you mean `--all`?") != std::string::npos);
}

TEST_CASE("wrong use is told in a person's words, and what to do next") {
    Ctl agentctl;
    const auto said = [&](const std::vector<std::string>& words) {
        return agentctl.bare(words).err;
    };
    CHECK(said({"--config", "/x", "frobnicate"}) ==
          "agentctl: there is no command `frobnicate`\n  next: `agentctl --help` lists them\n");
    CHECK(said({"freeze", "--reason"}) == "agentctl: `--reason` needs a value after it\n"
                                          "  next: agentctl freeze --help\n");
    CHECK(said({"--config", "a", "list", "--config", "b"})
              .find("agentctl: `--config` is given 2 times\n") == 0);
    CHECK(said({"show", "1", "2"}).find("agentctl: 2 words where one ID is taken\n") == 0);
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"list", "--color", "pink"},
                                               {"audit", "tail", "--lines", "abc"},
                                               {"store", "gc", "--older-than", "abc"},
                                               {"store", "gc", "--older-than", "0"},
                                               {"journal", "vacuum", "abc"},
                                               {"web", "login", "--label", std::string(100, 'x')},
                                               {"propose", "--patch", "/nonexistent"},
                                               {"propose", "--patch", "-"},
                                               {"propose", "--patch", agentctl.directory.path()},
                                               {"policy", "check", "/nonexistent"},
                                               {"config", "check", "/nonexistent"},
                                               {"rollback", "--to", "abc"},
                                               {"audit", "verify", "--directory", "/nonexistent"},
                                               {"--socket", "/nonexistent", "list"}}) {
        CAPTURE(words);
        CHECK(said(words).find("\n  next: ") != std::string::npos);
    }
    CHECK(said({"--socket", agentctl.directory.path(), "list"}).find("that is no socket") !=
          std::string::npos);
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

namespace {

/// What a shell prints that runs `script` after the completion of `shell`, kept in `file`.
std::string said_by(Ctl& agentctl, const std::string& shell, const std::string& script) {
    const std::string file = agentctl.directory / "_agentctl";
    std::ofstream(file) << agentctl.bare({"completion", shell}).out;
    const std::string test = agentctl.directory / "try", out = agentctl.directory / "said";
    std::ofstream(test) << script;
    const std::string options = shell == "bash" ? " --norc " : shell == "zsh" ? " -f " : " -N ";
    const std::string command = "cd " + agentctl.directory.path() + " && HOME=$PWD /usr/bin/" +
                                shell + options + test + " > " + out + " 2>&1";
    CHECK(std::system(command.c_str()) == 0);
    std::ifstream said(out);
    return {std::istreambuf_iterator<char>(said), {}};
}

} // namespace

TEST_CASE("options before the command, and their values, do not hide it from bash") {
    Ctl agentctl;
    const std::string out = said_by(agentctl, "bash", R"(. ./_agentctl
try() { COMP_WORDS=(agentctl "$@"); COMP_CWORD=$#; COMPREPLY=(); _agentctl; echo "$*: ${COMPREPLY[*]}"; }
try --config /etc/x.toml li
try --json --socket /x audit ver
try --color = always list --al
try --color ne
try --config x.toml completion z
try approve 1 --ap
)");
    CHECK(out == "--config /etc/x.toml li: list\n"
                 "--json --socket /x audit ver: verify\n"
                 "--color = always list --al: --all\n"
                 "--color ne: never\n"
                 "--config x.toml completion z: zsh\n"
                 "approve 1 --ap: --apply\n");
}

TEST_CASE("options before the command, and their values, do not hide it from zsh") {
    if (!std::filesystem::exists("/usr/bin/zsh")) {
        return;
    }
    Ctl agentctl;
    const std::string out = said_by(agentctl, "zsh", R"(fpath=(. $fpath); autoload -U _agentctl
_describe() { print -r -- next ${(P)2} }
_files() { print -r -- files }
compadd() { print -r -- $@ }
try() { words=(agentctl "$@"); CURRENT=$#words; PREFIX=$words[-1]; _agentctl }
try --config /etc/x.toml ''
try --json --socket /x audit ''
try --color ''
try --config ''
try --config x list --al
)");
    INFO(out);
    CHECK(out.find("next status:") == 0);
    CHECK(out.find("\nnext verify:") != std::string::npos);
    CHECK(out.find("\nauto always never\nfiles\n-- --all ") != std::string::npos);
}

TEST_CASE("options before the command, and their values, do not hide it from fish") {
    if (!std::filesystem::exists("/usr/bin/fish")) {
        return;
    }
    Ctl agentctl;
    const std::string out = said_by(agentctl, "fish", R"(source ./_agentctl
for line in '--config /etc/x.toml li' '--json --socket /x audit ver' '--color ne' 'completion z' 'approve 1 --ap'
    echo $line: (complete -C "agentctl $line" | string split -f 1 \t)
end
)");
    CHECK(out == "--config /etc/x.toml li: list\n"
                 "--json --socket /x audit ver: verify\n"
                 "--color ne: never\n"
                 "completion z: zsh\n"
                 "approve 1 --ap: --apply\n");
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
