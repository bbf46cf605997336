#include "agentd/probe/probe.hpp"
#include "agentd/probe/questions.hpp"
#include "agentd/probe/ssh.hpp"

#include "agentd/core/fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace agentd;
using namespace agentd::probe;
using namespace std::chrono_literals;

namespace {

/// Says one thing to whoever connects and asks, one after another.
class Speaker {
  public:
    explicit Speaker(std::string says) : says_(std::move(says)) {
        listener_ = core::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_.get(), 4) == 0);
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread_ = std::jthread([this] { serve(); });
    }
    ~Speaker() { ::shutdown(listener_.get(), SHUT_RDWR); }
    std::int64_t port = 0;

  private:
    void serve() const {
        for (;;) {
            const core::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!fd) {
                return;
            }
            char request[1024];
            [[maybe_unused]] auto got = ::recv(fd.get(), request, sizeof request, 0);
            got = ::send(fd.get(), says_.data(), says_.size(), MSG_NOSIGNAL);
        }
    }
    std::string says_;
    core::Fd listener_;
    std::jthread thread_;
};

Answer page_that_says(const std::string& words) {
    const Speaker speaker(words);
    return http({.at = {.address = "127.0.0.1", .port = speaker.port}}, 5s);
}

} // namespace

TEST_CASE("a page is an address, a port and a path, and nothing of https") {
    CHECK(parse_url("http://127.0.0.1")->at.port == 80);
    CHECK(parse_url("http://127.0.0.1:8080/a/b?c")->path == "/a/b?c");
    CHECK(parse_url("http://[::1]:81/")->at.address == "::1");
    CHECK(parse_url("http://[::1]/")->at.port == 80);
    for (const char* wrong :
         {"https://a/", "http://", "http://:80/", "http://a:0/", "http://a:x/"}) {
        INFO(wrong);
        CHECK_FALSE(parse_url(wrong));
    }
}

TEST_CASE("a page is well with a status of 200 to 399") {
    CHECK(page_that_says("HTTP/1.1 200 OK\r\n\r\n").status == well);
    CHECK(page_that_says("HTTP/1.0 399 x").status == well);
    for (const char* words : {"HTTP/1.1 404 No\r\n", "HTTP/1.1 500 No", "HTTP/1.1 100 Go",
                              "SSH-2.0-x", "HTTP/1.1 2", "HTTP/1.1 xyz", ""}) {
        INFO(words);
        CHECK(page_that_says(words).status == unwell);
    }
    CHECK(page_that_says("HTTP/1.1 404 No\r\n").said == "it says HTTP/1.1 404");
}

TEST_CASE("a port where nobody listens is not well, an address that is none cannot be asked") {
    std::int64_t port = 0;
    {
        const Speaker speaker("");
        port = speaker.port;
        CHECK(tcp({.address = "127.0.0.1", .port = port}, 5s).status == well);
    }
    CHECK(tcp({.address = "127.0.0.1", .port = port}, 5s).status == unwell);
    CHECK(tcp({.address = "1.2.3.4.5", .port = 80}, 5s).status == cannot);
}

TEST_CASE(
    "a disk is well with room for what is asked, and a path that is not there cannot be asked") {
    const test::TempDir dir;
    CHECK(disk(dir.path(), 0, 0).status == well);
    CHECK(disk(dir.path(), std::int64_t{1} << 30, 0).status == unwell);
    CHECK(disk(dir / "nothing", 0, 0).status == cannot);
}

TEST_CASE("whatever greets as something else is no sshd") {
    const Speaker speaker("220 mail.example ESMTP\r\n");
    const auto answer = ssh({.address = "127.0.0.1", .port = speaker.port}, 2s, Login());
    CHECK(answer.status == unwell);
    CHECK(answer.said.starts_with("accepts a connection and no key exchange"));
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

TEST_CASE("words that are no question are answered with what would be") {
    const Speaker speaker("HTTP/1.1 200");
    const std::string at = "127.0.0.1:" + std::to_string(speaker.port);
    CHECK(ask({"tcp", at, "5"}).status == well);
    CHECK(ask({"http", "http://" + at + "/", "5"}).status == well);
    CHECK(ask({"dns", "localhost"}).status == well);
    CHECK(ask({"disk", "/", "0", "0"}).status == well);
    const std::vector<std::vector<std::string>> wrong{{},
                                                      {"tcp"},
                                                      {"tcp", at},
                                                      {"tcp", at, "0"},
                                                      {"tcp", at, "601"},
                                                      {"tcp", "127.0.0.1", "5"},
                                                      {"http", "https://a/", "5"},
                                                      {"disk", "/", "-1", "0"},
                                                      {"udp", at, "5"}};
    for (const auto& words : wrong) {
        const auto answer = ask(words);
        CHECK(answer.status == cannot);
        CHECK(answer.said.starts_with("usage: "));
    }
}
