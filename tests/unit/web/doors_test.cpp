// The ways in besides plain HTTP on loopback: a proxy's own socket, and TLS.
#include "tests/support/catch.hpp"
#include "tests/unit/web/client.hpp"

#include "agentd/core/failure.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace agentd;
using namespace std::chrono_literals;
using test::get_text;
using test::post_text;
using test::Running;
using test::status_of;

namespace {

web::ServerOptions behind_a_proxy(const std::string& socket, std::uint32_t uid) {
    return {.proxy_socket = socket, .proxy_uid = uid, .identity_header = "tailscale-user-login"};
}

const std::string alice = "Tailscale-User-Login: alice@example.org\r\n";
const std::string mallory = "Tailscale-User-Login: mallory@example.org\r\n";

/// The header lines of a session that was opened with these.
std::string session(test::Client client, const std::string& extra) {
    client.send(post_text("/api/v1/pair", "{}", extra));
    const auto answer = client.response();
    const auto at = answer.find("__Host-agentd=");
    const std::string name = R"("session":")";
    return "Cookie: " + answer.substr(at, answer.find(';', at) - at) +
           "\r\nX-Agentd-Session: " + answer.substr(answer.find(name) + name.size(), 64) + "\r\n";
}

int ask(test::Client client, const std::string& extra) {
    client.send(get_text("/api/v1/status", extra));
    return status_of(client.response());
}

/// Certificates of a CA that is made here, by openssl.
struct Certificates {
    test::TempDir dir;
    Certificates() {
        run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
            "-subj /CN=test-ca -keyout ca.key -out ca.pem");
        make("first");
    }
    void make(const std::string& name) const {
        run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
            " -addext subjectAltName=DNS:localhost -keyout tls.key.new -out " + name + ".csr");
        run("openssl x509 -req -days 2 -in " + name +
            ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -out tls.pem.new");
        run("mv tls.key.new tls.key; mv tls.pem.new tls.pem; chmod 600 tls.key");
    }
    void run(const std::string& command) const {
        const std::string whole = "cd " + dir.path() + " && (" + command + ") >/dev/null 2>&1";
        if (std::system(whole.c_str()) != 0) {
            throw std::runtime_error(command);
        }
    }
    web::ServerOptions options() const {
        return {.tls_certificate = dir / "tls.pem", .tls_key = dir / "tls.key"};
    }
};

/// What curl prints, which trusts the test's CA alone.
std::string curl(const Certificates& made, const Running& running, const std::string& arguments) {
    const std::string port = std::to_string(running.server->port());
    const std::string command = "curl -sS --max-time 20 --cacert " + (made.dir / "ca.pem") +
                                " --connect-to localhost:8484:127.0.0.1:" + port + " " + arguments +
                                " 2>&1";
    std::string out;
    std::array<char, 4096> piece{};
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    while (const auto got = std::fread(piece.data(), 1, piece.size(), pipe)) {
        out.append(piece.data(), got);
    }
    ::pclose(pipe);
    return out;
}

bool is_misconfigured(const Certificates& made) {
    try {
        const Running running(made.options());
    } catch (const core::Failure& failure) {
        return failure.kind() == core::FailureKind::misconfigured;
    }
    return false;
}

} // namespace

TEST_CASE("a proxy's socket hears the proxy's user, and hangs up on everybody else") {
    test::TempDir dir;
    const Running ours(behind_a_proxy(dir / "proxy", ::geteuid()));
    auto client = test::Client::local(dir / "proxy");
    client.send(get_text("/healthz"));
    CHECK(status_of(client.response()) == 200);
    const Running others(behind_a_proxy(dir / "other", ::geteuid() + 1));
    auto stranger = test::Client::local(dir / "other");
    stranger.send(get_text("/healthz"));
    CHECK(stranger.read_all().empty());
}

TEST_CASE("behind a proxy host and origin are looked at as anywhere") {
    test::TempDir dir;
    const Running running(behind_a_proxy(dir / "proxy", ::geteuid()));
    auto client = test::Client::local(dir / "proxy");
    client.send("GET /api/v1/session HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    CHECK(status_of(client.response()) == 421);
    client.send("POST /api/v1/pair HTTP/1.1\r\nHost: localhost:8484\r\nX-Agentd: 1\r\n"
                "Sec-Fetch-Site: same-site\r\nContent-Type: application/json\r\n"
                "Content-Length: 2\r\n\r\n{}");
    CHECK(status_of(client.response()) == 403);
    CHECK(ask(test::Client::local(dir / "proxy"), alice) == 403); // a name is no session
}

TEST_CASE("a session that was opened under a proxy's word is nobody else's") {
    test::TempDir dir;
    const Running running(behind_a_proxy(dir / "proxy", ::geteuid()));
    const auto proxy = [&] { return test::Client::local(dir / "proxy"); };
    const std::string of_alice = session(proxy(), alice);
    CHECK(ask(proxy(), of_alice + alice) == 200);
    CHECK(ask(proxy(), of_alice + mallory) == 403);
    CHECK(ask(proxy(), of_alice) == 403);
    CHECK(ask(running.tcp(), of_alice + alice) == 403); // only on the proxy's socket is it heard
    const std::string at_home = session(running.tcp(), mallory);
    CHECK(ask(running.tcp(), at_home) == 200);
    CHECK(ask(running.tcp(), at_home + alice) == 200);
    CHECK(ask(proxy(), at_home + mallory) == 403);
}

TEST_CASE("over TLS the page is served as over plain HTTP, and plain HTTP gets nothing") {
    const Certificates made;
    const Running running(made.options());
    CHECK(curl(made, running, "https://localhost:8484/healthz") == "ok\n");
    CHECK(curl(made, running, "https://localhost:8484/").find("<!doctype html>") !=
          std::string::npos);
    CHECK(curl(made, running,
               "-w '%{http_code}' -o /dev/null https://localhost:8484/healthz "
               "-o /dev/null https://localhost:8484/api/v1/status") == "200403");
    CHECK(curl(made, running, "--tls-max 1.1 https://localhost:8484/healthz") != "ok\n");
    auto plain = running.tcp();
    plain.send(get_text("/healthz"));
    CHECK(plain.read_all().find("HTTP/1.1") == std::string::npos);
    const std::string large(600'000, ' ');
    core::write_file_durably(made.dir / "body", large);
    CHECK(curl(made, running,
               "-w '%{http_code}' -o /dev/null -H 'X-Agentd: 1' -H 'Sec-Fetch-Site: "
               "same-origin' -H 'Content-Type: application/json' -H 'Expect:' "
               "--data-binary @" +
                   (made.dir / "body") + " https://localhost:8484/api/v1/pair") == "400");
}

TEST_CASE("who shakes no hands is hung up on, and keeps nobody waiting") {
    const Certificates made;
    const Running patient(made.options());
    const auto silent = patient.tcp();
    CHECK(curl(made, patient, "https://localhost:8484/healthz") == "ok\n");
    const Running hasty(made.options(), {.head = 300ms});
    CHECK(hasty.tcp().is_hung_up());
    auto talks_nonsense = hasty.tcp();
    talks_nonsense.send("\x16\x03\x01 nonsense");
    CHECK(talks_nonsense.is_hung_up());
}

TEST_CASE("a certificate that is renewed is used by who comes next, one that is broken by nobody") {
    const Certificates made;
    const Running running(made.options());
    const auto name = [&] {
        return curl(made, running, "-v -o /dev/null https://localhost:8484/healthz");
    };
    CHECK(name().find("CN=first") != std::string::npos);
    made.make("second");
    CHECK(name().find("CN=second") != std::string::npos);
    core::write_file_durably(made.dir / "tls.pem", "half a certif");
    CHECK(name().find("CN=second") != std::string::npos);
    std::filesystem::remove(made.dir / "tls.key");
    CHECK(name().find("CN=second") != std::string::npos);
    made.make("third");
    CHECK(name().find("CN=third") != std::string::npos);
}

TEST_CASE("a key that others may read or write, or of another certificate, is not used") {
    const Certificates made;
    made.run("chmod 644 tls.key");
    CHECK(is_misconfigured(made));
    made.run("chmod 620 tls.key");
    CHECK(is_misconfigured(made));
    made.run("chmod 640 tls.key; chmod 664 tls.pem");
    CHECK(is_misconfigured(made));
    made.run("chmod 644 tls.pem");
    CHECK_FALSE(is_misconfigured(made));
    made.run("cp ca.key tls.key; chmod 600 tls.key");
    CHECK(is_misconfigured(made));
    made.run("rm tls.key; mkfifo tls.key");
    CHECK(is_misconfigured(made));
}
