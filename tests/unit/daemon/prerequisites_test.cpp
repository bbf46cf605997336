#include "agentd/api/prerequisites.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/line_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace agentd;

namespace {

api::Prerequisite log_socket(const std::string& path) {
    Config config{.host = *core::HostName::parse("web")};
    config.audit.socket = path;
    return api::place_prerequisites(config).front();
}

} // namespace

TEST_CASE("a socket is well when somebody listens on it, not when its file is there") {
    const test::TempDir folder;
    const std::string path = folder / "append.sock";
    CHECK(log_socket(path).detail == "there is no socket at " + path);
    std::ofstream(folder / "plain") << "x";
    CHECK_FALSE(log_socket(folder / "plain").ok);
    {
        const core::Listener listener({.path = path, .mode = 0600});
        const auto well = log_socket(path);
        CHECK(well.name == "append.sock");
        CHECK(well.ok);
        CHECK(well.detail == path + " answers");
        ::chmod(path.c_str(), 0666);
        CHECK(log_socket(path).detail == path + " may be opened by everybody");
        CHECK(::link(path.c_str(), (folder / "left").c_str()) == 0);
    }
    const auto left = log_socket(folder / "left");
    CHECK_FALSE(left.ok);
    CHECK(left.detail.find("nobody answers at ") == 0);
    CHECK(left.mend.find("systemctl start agentd-auditd.socket") == 0);
}

namespace {

Config demo_machine(const test::TempDir& folder) {
    Config config{.host = *core::HostName::parse("web")};
    config.machine.root = folder.path();
    return config;
}

} // namespace

TEST_CASE("an address where no browser uses passkeys is told, with what to do") {
    const test::TempDir folder;
    Config config = demo_machine(folder);
    config.web.origins = {"http://localhost:8484", "https://box.example", "http://192.168.1.2:8484",
                          "https://192.168.1.2"};
    const auto checks = api::page_prerequisites(config);
    REQUIRE(checks.size() == 4);
    CHECK(checks[0].ok);
    CHECK(checks[1].ok);
    CHECK_FALSE(checks[2].ok);
    CHECK_FALSE(checks[3].ok);
    CHECK(checks[2].mend.find("web.tls_certificate") != std::string::npos);
    config.web.enable = false;
    CHECK(api::page_prerequisites(config).empty());
}

TEST_CASE("being root without a password is told") {
    const test::TempDir folder;
    Config config = demo_machine(folder);
    config.web.enable = false;
    core::make_directories(folder / "etc");
    const auto told = [&](const std::string& rules) {
        std::ofstream(folder / "etc/sudoers") << rules;
        return !api::page_prerequisites(config).empty();
    };
    CHECK_FALSE(told("root ALL=(ALL:ALL) SETENV: ALL\n%wheel  ALL=(ALL:ALL)    SETENV: ALL\n"));
    CHECK_FALSE(told("# %wheel ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) NOPASSWD: /bin/true\n"));
    CHECK(told("%wheel  ALL=(ALL:ALL)    NOPASSWD:SETENV: ALL\n"));
}
