#include "agentd/observers/etc.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

using namespace agentd;
namespace fs = std::filesystem;

namespace {

/// A system's etc as it was built, and a machine's /etc as a switch leaves it.
class Machine {
  public:
    Machine() {
        fs::create_directories(built() + "/pam.d");
        fs::create_directories(etc() + "/pam.d");
        fs::create_directory_symlink(built(), etc() + "/static");
        file("hostname");
        file("pam.d/login");
        write(built() + "/secret", "one");
        write(built() + "/secret.mode", "0600\n");
        write(built() + "/secret.uid", "+0\n");
        write(etc() + "/secret", "one");
    }
    std::string built() const { return folder_ / "built"; }
    std::string etc() const { return folder_ / "etc"; }
    void file(const std::string& name) {
        write(folder_ / "source", "x");
        fs::create_symlink(folder_ / "source", built() + "/" + name);
        fs::create_symlink("/etc/static/" + name, etc() + "/" + name);
    }
    static void write(const std::string& path, const std::string& text) {
        std::ofstream(path) << text;
    }
    observers::EtcDrift drift() const { return observers::compare_etc(built(), etc()); }

  private:
    test::TempDir folder_;
};

using Paths = std::vector<std::string>;

} // namespace

TEST_CASE("an /etc as the switch left it has no drift") {
    const auto drift = Machine().drift();
    CHECK(drift.compared == 3);
    CHECK(drift.static_link);
    CHECK(drift.replaced.empty());
    CHECK(drift.missing.empty());
    CHECK(drift.foreign.empty());
}

TEST_CASE("a file put in a link's place, one taken away and one added are each said") {
    const Machine machine;
    fs::remove(machine.etc() + "/hostname");
    Machine::write(machine.etc() + "/hostname", "x");
    fs::remove(machine.etc() + "/pam.d/login");
    Machine::write(machine.etc() + "/pam.d/evil", "auth sufficient pam_permit.so");
    const auto drift = machine.drift();
    CHECK(drift.replaced == Paths{"hostname"});
    CHECK(drift.missing == Paths{"pam.d/login"});
    CHECK(drift.foreign.at("pam.d") == Paths{"evil"});
}

TEST_CASE("a link that leads elsewhere and a copy with other bytes are replaced files") {
    const Machine machine;
    fs::remove(machine.etc() + "/hostname");
    fs::create_symlink("/tmp/hostname", machine.etc() + "/hostname");
    Machine::write(machine.etc() + "/secret", "two");
    CHECK(machine.drift().replaced == Paths{"hostname", "secret"});
}

TEST_CASE("an /etc/static of another system is said") {
    const Machine machine;
    fs::remove(machine.etc() + "/static");
    fs::create_directory_symlink("/nix/store/other", machine.etc() + "/static");
    const auto drift = machine.drift();
    CHECK_FALSE(drift.static_link);
    CHECK(drift.replaced == Paths{"static"});
}

TEST_CASE("files beside the system's own in a folder that people use are nobody's business") {
    const Machine machine;
    Machine::write(machine.etc() + "/my.conf", "x");
    CHECK(machine.drift().foreign.empty());
}
