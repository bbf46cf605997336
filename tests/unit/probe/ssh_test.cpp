#include "agentd/probe/ssh.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/unit/probe/speaker.hpp"

#include <sys/stat.h>

using namespace agentd;
using namespace agentd::probe;
using namespace std::chrono_literals;

TEST_CASE("whatever greets as something else is no sshd") {
    for (const std::string& greeting :
         {std::string("220 mail.example ESMTP\r\n"), std::string("SSH-2.0-x\r\n\xff\xff\xff\xff"),
          std::string(70'000, 'x'), "SSH-2.0-" + std::string(70'000, 'x')}) {
        const Speaker speaker(greeting);
        const Patience patience(2s);
        const auto connection =
            connect_to({.address = "127.0.0.1", .port = speaker.port}, patience);
        REQUIRE(connection);
        const auto answer = ssh(*connection, Login(), patience);
        CHECK(answer.verdict == Verdict::unwell);
        CHECK(answer.said.starts_with("accepts a connection and no key exchange"));
        CHECK(answer.said.size() < 300);
    }
}

TEST_CASE("a key that others may read is not used") {
    const test::TempDir dir;
    core::write_file_durably(dir / "key", "secret", 0600);
    REQUIRE(read_login("health", dir / "key"));
    CHECK(read_login("health", dir / "key")->key == "secret");
    ::chmod((dir / "key").c_str(), 0640);
    CHECK_FALSE(read_login("health", dir / "key"));
    CHECK_FALSE(read_login("health", dir / "none"));
    CHECK_FALSE(read_login("health", dir.path()));
    CHECK(read_login("", ""));
}
