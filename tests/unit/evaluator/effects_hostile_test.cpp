#include "tests/unit/evaluator/effects_machine.hpp"

#include <random>
#include <sys/stat.h>

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

/// Where the files of a system are that a link may be put over.
std::string etc_of(const effects::Toplevel& system) {
    return std::filesystem::canonical(system.path + "/etc").string();
}

/// Written out, read back strictly and no longer than is allowed: what the worker's caller asks of
/// it.
void check_document(proposals::Effects found) {
    found.from = found.to = "/nix/store/" + std::string(32, 'a') + "-nixos-system-web";
    const auto again = proposals::parse_effects(proposals::canonical_bytes(found));
    REQUIRE(again);
    CHECK(*again == found);
}

class Garbler {
  public:
    explicit Garbler(unsigned seed) : random_(seed) {}

    std::string garble(std::string text) {
        using namespace std::string_view_literals;
        static constexpr auto bytes = "\0\n\r\t \"'\\{}[]=;#$/%\x7f\x80\xc3\xff-+0a"sv;
        for (int times = 1 + pick(6); times > 0; --times) {
            const auto at = static_cast<std::size_t>(pick(static_cast<int>(text.size()) + 1));
            switch (pick(4)) {
            case 0:
                text.insert(at, 1,
                            bytes[static_cast<std::size_t>(pick(static_cast<int>(bytes.size())))]);
                break;
            case 1:
                text.erase(at, static_cast<std::size_t>(pick(8)));
                break;
            case 2:
                text.insert(at, text.substr(at / 2, static_cast<std::size_t>(pick(40))));
                break;
            default:
                if (at < text.size())
                    text[at] = static_cast<char>(pick(256));
            }
        }
        return text;
    }
    int pick(int most) { return std::uniform_int_distribution<>(0, most - 1)(random_); }

  private:
    std::mt19937 random_;
};

Machine rich_machine(Pair& pair) {
    auto machine = plain_machine();
    machine.etc["fstab"] = "/dev/sda / ext4 defaults 0 1\n/dev/sdb /data ext4 nosuid 0 2\n";
    machine.etc["tmpfiles.d/x.conf"] = "d /var/lib/x 0700 root root -\nL+ /srv/a - - - - /var/a\n";
    machine.etc["set-environment"] = "export PATH=\"/bin\"\nexport EDITOR=\"vim\"\n";
    machine.etc["sysctl.d/60-nixos.conf"] = "kernel.sysrq=0\nnet.ipv4.ip_forward=0\n";
    machine.etc["ssl/certs/ca-bundle.crt"] =
        "Root\n-----BEGIN CERTIFICATE-----\nQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n-----END CERTIFICATE-----\n";
    machine.etc["ssh/authorized_keys.d/alice"] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== a\n";
    machine.units["firewall.service"] =
        pair.firewall_unit("ip46tables -A nixos-fw -p tcp --dport 22 -j nixos-fw-accept\n");
    machine.wants["multi-user.target"] = {"firewall.service", "web.service"};
    machine.activation +=
        "\n# agenix\n_truePath=\"/run/agenix.d/$_agenix_generation/a\"\nchmod 0400 "
        "\"$TMP_FILE\"\nchown 0:0 \"$_truePath\"\ncp /x $wrapperDir/ping\nchmod "
        "\"u+s,g-s,u+rx\" $wrapperDir/ping\n";
    machine.files["boot.json"] = R"({"org.nixos.bootspec.v1":{"init":"/x","kernelParams":[]}})";
    return machine;
}

} // namespace

TEST_CASE("garbled files never end the analysis, and what it says stays a document") {
    Pair pair;
    const auto plain = rich_machine(pair);
    const auto before = pair.build(plain);
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Garbler garbler(seed);
        auto machine = plain;
        for (auto& [name, text] : machine.etc)
            if (garbler.pick(3) == 0)
                text = garbler.garble(text);
        for (auto& [name, text] : machine.units)
            if (garbler.pick(3) == 0)
                text = garbler.garble(text);
        machine.users = garbler.garble(machine.users);
        machine.activation = garbler.garble(machine.activation);
        machine.kernel_params = garbler.garble(machine.kernel_params);
        machine.files["boot.json"] = garbler.garble(machine.files["boot.json"]);
        check_document(pair.compare(before, pair.build(machine)));
    }
}

TEST_CASE("a pipe, a socket name, a deep folder and names of any bytes are unclassified by name") {
    Pair pair;
    const auto before = pair.build(plain_machine());
    const auto after = pair.build(plain_machine());
    const auto etc = etc_of(after);
    REQUIRE(::mkfifo((etc + "/pipe").c_str(), 0644) == 0);
    std::string deep = etc + "/deep";
    for (int i = 0; i < 40; ++i)
        deep += "/d";
    MiniStore::write(deep + "/end", "x");
    MiniStore::write(etc + "/a\nb\x1b[31m\xff", "x");
    MiniStore::write(etc + "/ssh/sshd_config.d/\xe2\x80\xae", "x");
    const auto found = pair.compare(before, after);
    check_document(found);
    const auto said = names(found);
    CHECK(std::any_of(found.effects.begin(), found.effects.end(), [](const auto& each) {
        return each.subject == "etc/pipe" && each.after == "neither a file nor a directory";
    }));
    CHECK(std::any_of(said.begin(), said.end(), [](const auto& each) {
        return each.starts_with("unclassified/unclassified_added etc/deep/");
    }));
    for (const auto& each : said)
        CHECK(each.find_first_of("\n\x1b") == std::string::npos);
    CHECK(said.size() >= 4);
}

TEST_CASE("a folder where a known file is expected, and a file where a folder is, are said") {
    for (const std::string name : {"sudoers", "fstab", "nix/nix.conf", "hosts", "tmpfiles.d",
                                   "systemd/system", "ssh", "pam.d"}) {
        CAPTURE(name);
        Pair pair;
        const auto before = pair.build(plain_machine());
        const auto after = pair.build(plain_machine());
        const auto place = etc_of(after) + "/" + name;
        const bool folder = std::filesystem::is_directory(place);
        std::filesystem::remove_all(place);
        MiniStore::write(folder ? place : place + "/x", "x\n");
        const auto found = pair.compare(before, after);
        check_document(found);
        CHECK(proposals::max_risk(found) >= Risk::high);
    }
}
