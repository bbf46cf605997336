/// @file
/// Two miniature systems on disk, shaped as NixOS builds them, in a store of their own.
#pragma once

#include "evaluator/effects/analyze.hpp"
#include "proposals/effects.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace agentd::test {

namespace effects = evaluator::effects;

/// A store below a directory of this test. Hashes are made from a counter, so every `add` is a new
/// build.
class MiniStore {
  public:
    MiniStore() : prefix(dir / "store") { std::filesystem::create_directories(prefix); }

    std::string next(const std::string& name) {
        static constexpr std::string_view digits = "0123456789abcdfghijklmnpqrsvwxyz";
        std::string hash(32, '0');
        for (auto n = ++count_, i = std::size_t{31}; n > 0; n /= 32, --i)
            hash[i] = digits[n % 32];
        return prefix + "/" + hash + "-" + name;
    }
    static void write(const std::string& path, const std::string& text, bool executable = false) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << text;
        if (executable)
            std::filesystem::permissions(path, std::filesystem::perms(0755));
    }
    static void link(const std::string& target, const std::string& path) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::filesystem::create_symlink(target, path);
    }
    /// A store path that is one file.
    std::string file(const std::string& name, const std::string& text, bool executable = false) {
        auto path = next(name);
        write(path, text, executable);
        return path;
    }
    /// A package with one program.
    std::string package(const std::string& name, const std::string& program = "run") {
        auto path = next(name);
        write(path + "/bin/" + program,
              std::string("\x7f"
                          "ELF\0",
                          5) +
                  path,
              true);
        return path;
    }

    TempDir dir;
    std::string prefix;

  private:
    std::size_t count_ = 0;
};

/// What a system is made of; a test changes one thing and builds it again.
struct Machine {
    std::map<std::string, std::string> etc{};       ///< name below etc -> text
    std::map<std::string, std::string> etc_links{}; ///< name below etc -> target as it stands
    std::map<std::string, std::string> units{};
    std::map<std::string, std::vector<std::string>> wants{{"multi-user.target", {}}};
    std::vector<std::string> packages{};
    std::string users = ///< empty: the activation makes no accounts
        R"({"groups":[{"gid":0,"members":[],"name":"root"},{"gid":1,"members":["alice"],"name":"wheel"}],)"
        R"("mutableUsers":false,"users":[{"group":"root","name":"root","uid":0,"shell":"/run/current-system/sw/bin/bash"},)"
        R"({"group":"users","isSystemUser":false,"name":"alice","uid":1000,"hashedPassword":"$6$secret"}]})";
    std::string activation = "install -m 0700 -d /root";
    std::string kernel_params = "loglevel=4";
    std::string version = "25.11.demo";
    std::map<std::string, std::string> files{}; ///< more files of the toplevel
};

inline Machine plain_machine() {
    Machine machine;
    machine.etc = {
        {"os-release", "ID=nixos\n"},
        {"ssh/sshd_config",
         "Port 22\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"},
        {"sudoers", "root ALL=(ALL:ALL) SETENV: ALL\n%wheel ALL=(ALL:ALL) SETENV: ALL\n"},
        {"pam.d/login", "auth required pam_unix.so\n"},
        {"nix/nix.conf", "sandbox = true\ntrusted-users = root\nrequire-sigs = true\n"},
        {"resolv.conf", "nameserver 192.0.2.1\n"},
        {"hosts", "127.0.0.1 localhost\n"}};
    machine.units = {
        {"web.service", "[Unit]\nDescription=Web\n[Service]\nUser=web\nNoNewPrivileges=true\n"},
        {"multi-user.target", "[Unit]\nDescription=Multi-User\n"}};
    return machine;
}

class Pair {
  public:
    MiniStore store;
    std::string kernel = store.package("linux-6.6.1");
    std::string systemd = store.package("systemd-255.4");
    std::string busybox = store.package("busybox-1.35.0", "sh");

    effects::Toplevel build(const Machine& machine);
    proposals::Effects compare(const effects::Toplevel& before,
                               const effects::Toplevel& after) const {
        auto found = effects::analyze(effects::StoreReader(store.prefix), before, after);
        REQUIRE(found);
        return *found;
    }
    proposals::Effects compare(const Machine& before, const Machine& after) {
        const auto a = build(before);
        return compare(a, build(after));
    }
    /// A firewall script as NixOS writes it, with `rules` between its fixed parts.
    std::string firewall_unit(const std::string& rules);
};

/// `area/kind subject`, in order.
std::vector<std::string> names(const proposals::Effects& found);
/// The first effect of a kind; fails the test when there is none.
proposals::Effect the(const proposals::Effects& found, const std::string& kind);
bool has(const proposals::Effects& found, const std::string& kind);

} // namespace agentd::test
