#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace agentd::core;
using namespace std::chrono_literals;
using End = LineChannel::End;

TEST_CASE("a listener says who connected and carries lines both ways") {
    const agentd::test::TempDir dir;
    Listener listener({.path = dir / "s"});
    struct stat info {};
    REQUIRE(::stat((dir / "s").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0660);

    LineChannel client = connect_to(dir / "s");
    auto connection = listener.accept({});
    REQUIRE(connection);
    CHECK(connection->peer.uid == ::getuid());
    CHECK(client.write_line("one\ntwo"));
    CHECK(connection->channel.read_line(1s).line == "one");
    CHECK(connection->channel.read_line(1s).line == "two");
    CHECK(connection->channel.read_line(10ms).end == End::timeout);
}

TEST_CASE("an endless line is refused, not kept") {
    const agentd::test::TempDir dir;
    Listener listener({.path = dir / "s"});
    LineChannel client = connect_to(dir / "s");
    auto connection = listener.accept({});
    std::jthread writer([&] { client.write_line(std::string(3 << 20, 'x')); });
    CHECK(connection->channel.read_line(10s).end == End::too_long);
    connection.reset();
}

TEST_CASE("a stop request wakes a waiting reader and a waiting acceptor") {
    const agentd::test::TempDir dir;
    Listener listener({.path = dir / "s"});
    LineChannel client = connect_to(dir / "s");
    auto connection = listener.accept({});
    std::stop_source stop;
    std::jthread stopper([&] { stop.request_stop(); });
    CHECK(connection->channel.read_line(-1ms, stop.get_token()).end == End::stopped);
    CHECK_FALSE(listener.accept(stop.get_token()));
}

TEST_CASE("a socket somebody answers on is not stolen; a stale one is replaced") {
    const agentd::test::TempDir dir;
    {
        Listener first({.path = dir / "s"});
        CHECK_THROWS_AS(Listener({.path = dir / "s"}), Failure);
        CHECK_NOTHROW(connect_to(dir / "s"));
        ::link((dir / "s").c_str(), (dir / "stale").c_str());
    }
    CHECK_NOTHROW(Listener({.path = dir / "stale"}));
}
