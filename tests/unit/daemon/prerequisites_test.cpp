#include "agentd/api/prerequisites.hpp"
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
