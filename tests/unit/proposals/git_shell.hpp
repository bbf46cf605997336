/// @file
/// A folder in which git is called as by somebody without any configuration.
#pragma once

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include "agentd/core/fd.hpp"

#include <cstdlib>
#include <string>

namespace agentd::test {

struct GitShell {
    void sh(const std::string& script) const {
        const std::string command = "cd " + dir.path() +
                                    " && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 "
                                    "GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o@x "
                                    "GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@x; " +
                                    script;
        REQUIRE(std::system(command.c_str()) == 0);
    }
    /// What it prints, without the end of the last line.
    std::string out(const std::string& script) const {
        sh("(" + script + ") > out.txt");
        std::string text = core::read_file(dir / "out.txt");
        while (text.ends_with('\n')) {
            text.pop_back();
        }
        return text;
    }

    TempDir dir;
};

} // namespace agentd::test
