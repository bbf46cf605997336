#include "agentd/probe/http.hpp"

#include "tests/unit/probe/speaker.hpp"

#include <chrono>
#include <poll.h>

using namespace agentd;
using namespace agentd::probe;
using namespace std::chrono_literals;

namespace {

template <class Words> Answer page_that_says(Words words, std::chrono::seconds limit = 5s) {
    const Speaker speaker(std::move(words));
    const Page page{.at = {.address = "127.0.0.1", .port = speaker.port}};
    const Patience patience(limit);
    const auto connection = connect_to(page.at, patience);
    REQUIRE(connection);
    return http(*connection, page, patience);
}

/// A byte, and the next one unless whoever listens goes away meanwhile.
bool drip(int fd, char byte) {
    pollfd gone{fd, POLLRDHUP, 0};
    return say(fd, {&byte, 1}) && ::poll(&gone, 1, 300) == 0;
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
    CHECK(page_that_says("HTTP/1.1 200 OK\r\n\r\n").verdict == Verdict::well);
    CHECK(page_that_says("HTTP/1.0 399 x").verdict == Verdict::well);
    for (const char* words :
         {"HTTP/1.1 404 No\r\n", "HTTP/1.1 500 No", "HTTP/1.1 100 Go", "SSH-2.0-x", "HTTP/1.1 2",
          "HTTP/1.1 xyz", "HTTP/1.1-200", "HTTP/1.1  20", "HTTP/2.0 200", "HTTP/1.1 +20", ""}) {
        INFO(words);
        CHECK(page_that_says(words).verdict == Verdict::unwell);
    }
    CHECK(page_that_says("HTTP/1.1 404 No\r\n").said == "it says HTTP/1.1 404");
}

TEST_CASE("of a page without an end nothing is read but its status") {
    const auto endless = [](std::string first, std::string again) {
        return [=](int fd) {
            bool taken = say(fd, first);
            while (taken) {
                taken = say(fd, again);
            }
        };
    };
    const std::string line = "X-Padding: " + std::string(60'000, 'x') + "\r\n";
    CHECK(page_that_says(endless("HTTP/1.1 200 OK\r\n", line)).verdict == Verdict::well);
    const auto no_line = page_that_says(endless("", std::string(60'000, 'a')));
    CHECK(no_line.verdict == Verdict::unwell);
    CHECK(no_line.said == "it says aaaaaaaaaaaa");
    const auto zeros = page_that_says(endless("", std::string(60'000, '\0')));
    CHECK(zeros.verdict == Verdict::unwell);
    CHECK(zeros.said.size() < 200);
}

TEST_CASE("a page that comes drop by drop, or never, is waited for once, not for each drop") {
    const auto began = std::chrono::steady_clock::now();
    const auto slow = page_that_says(
        [](int fd) {
            const std::string whole = "HTTP/1.1 200 OK\r\n";
            for (std::size_t i = 0; i < whole.size() && drip(fd, whole[i]); ++i) {
            }
        },
        1s);
    CHECK(slow.verdict == Verdict::unwell);
    const auto silent = page_that_says(
        [](int fd) {
            pollfd gone{fd, POLLRDHUP, 0};
            ::poll(&gone, 1, 5000);
        },
        1s);
    CHECK(silent.said == "it takes a request and does not answer in 1 s");
    CHECK(std::chrono::steady_clock::now() - began < 3s);
}

TEST_CASE("a port where nobody listens is not well, an address that is none cannot be asked") {
    std::int64_t port = 0;
    {
        const Speaker speaker("");
        port = speaker.port;
        CHECK(tcp({.address = "127.0.0.1", .port = port}, 5s).verdict == Verdict::well);
    }
    CHECK(tcp({.address = "127.0.0.1", .port = port}, 5s).verdict == Verdict::unwell);
    CHECK(tcp({.address = "1.2.3.4.5", .port = 80}, 5s).verdict == Verdict::cannot);
}
