#include "proposals/git.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

using namespace agentd;
using namespace agentd::proposals;

namespace {

/// Two upstreams whose main differs, so that mirroring them in turn moves the mirror every time.
void make_upstreams(const std::string& directory) {
    const std::string script =
        "cd " + directory +
        " && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o@x "
        "GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@x; git init -q -b main clone && cd clone && "
        "git commit -q --allow-empty -m first && git clone -q --bare . ../one && "
        "git commit -q --allow-empty -m second && git clone -q --bare . ../two";
    REQUIRE(std::system(script.c_str()) == 0);
}

} // namespace

TEST_CASE("threads that mirror at the same moment wait for one another instead of failing") {
    const test::TempDir dir;
    make_upstreams(dir.path());
    Repository::open_or_init_bare(dir / "own");
    std::atomic<int> mirrored = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            auto own = Repository::open_or_init_bare(dir / "own");
            for (int turn = 0; turn < 25; ++turn) {
                const std::string upstream = dir / ((turn + i) % 2 == 0 ? "one" : "two");
                try {
                    mirrored += own.fetch_from(upstream, "main").has_value() ? 1 : 0;
                } catch (const std::exception&) {
                    // counted by what is missing below: an assertion here would be on a thread of
                    // its own
                }
            }
        });
    }
    threads.clear();
    CHECK(mirrored == 100);
}
