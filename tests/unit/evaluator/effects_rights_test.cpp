#include "tests/unit/evaluator/effects_machine.hpp"

using namespace agentd;
using namespace agentd::test;
using proposals::Risk;

namespace {

/// As NixOS writes it to 23.05, in the activation; the wrapper is one program for all.
std::string setuid(Pair& pair, const std::string& name, const std::string& mode = "u+s,g-s,") {
    const auto program = pair.store.package("security-wrapper", "security-wrapper");
    const auto real = pair.store.package(name + "-1.0", name);
    return "cp " + program + "/bin/security-wrapper $wrapperDir/" + name + "\necho -n \"" + real +
           "/bin/" + name + "\" > $wrapperDir/" + name + ".real\nchmod 0000 $wrapperDir/" + name +
           "\nchown root.root $wrapperDir/" + name + "\nchmod \"" + mode +
           "u+rx,g+x,o+x\" $wrapperDir/" + name + "\n";
}

/// As NixOS writes it since: a script of a unit, one wrapper a program.
std::string capable(Pair& pair, const std::string& name, const std::string& capabilities,
                    const std::string& real) {
    const auto wrapper = pair.store.next("security-wrapper-" + name + "-x86_64-unknown-linux-musl");
    MiniStore::write(wrapper + "/bin/security-wrapper", "#!/bin/sh\nexec " + real + " \"$@\"\n",
                     true);
    return "  cp " + wrapper + "/bin/security-wrapper \"$wrapperDir/" + name +
           "\"\n\n  # Prevent races\n  chmod 0000 \"$wrapperDir/" + name +
           "\"\n  chown root:root \"$wrapperDir/" + name + "\"\n  setcap \"cap_setpcap," +
           capabilities + "\" \"$wrapperDir/" + name + "\"\n  chmod u+rx,g+x,o+x \"$wrapperDir/" +
           name + "\"\n";
}

Machine with_unit_script(Pair& pair, const std::string& text) {
    auto machine = plain_machine();
    const auto script = pair.store.file("unit-script-suid-sgid-wrappers-start",
                                        "#!/bin/sh\nwrapperDir=$(mktemp -d)\n" + text, true);
    machine.units["suid-sgid-wrappers.service"] = "[Service]\nExecStart=" + script + "\n";
    machine.wants["multi-user.target"] = {"suid-sgid-wrappers.service"};
    return machine;
}

/// One secret as agenix writes it into the activation.
std::string agenix(const std::string& name, const std::string& blob, const std::string& mode) {
    return "_truePath=\"/run/agenix.d/$_agenix_generation/" + name + "\"\necho \"decrypting '" +
           blob +
           "' to '$_truePath'...\"\nTMP_FILE=\"$_truePath.tmp\"\n(\n  umask u=r,g=,o=\n)\nchmod " +
           mode +
           " \"$TMP_FILE\"\nmv -f \"$TMP_FILE\" \"$_truePath\"\n_truePath=\"/run/agenix.d/"
           "$_agenix_generation/" +
           name + "\"\nchown 0:0 \"$_truePath\"\n# agenix\n";
}

} // namespace

TEST_CASE("a setuid program of the activation script is critical, by name and source") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.activation += "\nwrapperDir=$(mktemp -d)\n" + setuid(pair, "evil");
    const auto found = pair.compare(before, after);
    const auto effect = the(found, "wrapper_added");
    CHECK(effect.subject == "evil");
    CHECK(effect.risk == Risk::critical);
    CHECK(effect.after == "setuid root.root u+rx,g+x,o+x -> evil-1.0/bin/evil");
    CHECK(has(found, "activation_changed"));
    CHECK(has(pair.compare(after, before), "wrapper_removed"));
}

TEST_CASE("capabilities, and the program behind a wrapper, are told when they change") {
    Pair pair;
    const auto ping = pair.store.package("iputils-20240905", "ping") + "/bin/ping";
    const auto evil = pair.store.package("evil-1.0", "ping") + "/bin/ping";
    const auto plain = with_unit_script(pair, capable(pair, "ping", "cap_net_raw+p", ping));
    const auto more =
        with_unit_script(pair, capable(pair, "ping", "cap_net_raw,cap_sys_admin+p", ping));
    const auto other = with_unit_script(pair, capable(pair, "ping", "cap_net_raw+p", evil));
    CHECK(the(pair.compare(plain, more), "wrapper_changed").risk == Risk::critical);
    CHECK(the(pair.compare(plain, other), "wrapper_changed")
              .after->ends_with("-> evil-1.0/bin/ping"));
}

TEST_CASE("another version behind a wrapper is no other right") {
    Pair pair;
    const auto one = pair.store.package("iputils-20240905", "ping") + "/bin/ping";
    const auto two = pair.store.package("iputils-20250605", "ping") + "/bin/ping";
    const auto found =
        pair.compare(with_unit_script(pair, capable(pair, "ping", "cap_net_raw+p", one)),
                     with_unit_script(pair, capable(pair, "ping", "cap_net_raw+p", two)));
    CHECK_FALSE(has(found, "wrapper_changed"));
    CHECK(has(found, "package_updated"));
}

TEST_CASE("a secret of agenix is told by name, its opening to all is critical, its exchange high") {
    Pair pair;
    const auto blob = pair.store.file("rootpw.age", "age-encryption.org/v1\none\n");
    const auto swapped = pair.store.file("rootpw.age", "age-encryption.org/v1\ntwo\n");
    const auto with = [&](const std::string& text) {
        auto machine = plain_machine();
        machine.activation += "\n# agenix\n" + text;
        return machine;
    };
    const auto quiet = with(agenix("rootpw", blob, "0400"));
    CHECK(the(pair.compare(plain_machine(), quiet), "secret_added").subject == "rootpw");
    CHECK(the(pair.compare(quiet, with(agenix("rootpw", blob, "0444"))), "secret_access").risk ==
          Risk::critical);
    CHECK(
        the(pair.compare(quiet, with(agenix("rootpw", swapped, "0400"))), "secret_changed").risk ==
        Risk::high);
    CHECK(has(pair.compare(quiet, plain_machine()), "secret_removed"));
}

TEST_CASE("a secret of sops is read from its manifest") {
    Pair pair;
    const auto with = [&](const std::string& owner, const std::string& text) {
        const auto sops = pair.store.file("secrets.yaml", text);
        const auto manifest = pair.store.file(
            "manifest.json", R"({"secrets":[{"name":"db","path":"/run/secrets/db","mode":"0400",)"
                             R"("owner":")" +
                                 owner + R"(","group":"root","sopsFile":")" + sops + R"("}]})");
        auto machine = plain_machine();
        machine.activation += "\n" + pair.store.package("sops-install-secrets-0.0.1") +
                              "/bin/sops-install-secrets " + manifest;
        return machine;
    };
    const auto before = with("postgres", "a: ENC[1]\n");
    CHECK(the(pair.compare(before, with("nginx", "a: ENC[1]\n")), "secret_access").after ==
          "mode 0400 owner nginx group root at /run/secrets/db");
    CHECK(has(pair.compare(before, with("postgres", "a: ENC[2]\n")), "secret_changed"));
    CHECK_FALSE(has(pair.compare(before, with("postgres", "a: ENC[1]\n")), "secret_changed"));
}

TEST_CASE("a credential of a unit is a secret by name, and what it holds is not shown") {
    Pair pair;
    const auto before = plain_machine();
    auto after = before;
    after.units["web.service"] =
        "[Unit]\nDescription=Web\n[Service]\nUser=web\nNoNewPrivileges=true\n"
        "LoadCredential=token:/root/token\nSetCredentialEncrypted=key: c2VjcmV0\n";
    const auto found = pair.compare(before, after);
    CHECK(std::any_of(found.effects.begin(), found.effects.end(), [](const auto& each) {
        return each.kind == "secret_added" && each.subject == "token of web.service" &&
               each.after == "owner web.service at /root/token";
    }));
    for (const auto& each : found.effects)
        if (each.area == "secrets")
            CHECK(each.after.value_or("").find("c2VjcmV0") == std::string::npos);
}

TEST_CASE("who may run a wrapper and with what is told as its mode and its capabilities say") {
    Pair pair;
    const auto before = with_unit_script(pair, "");
    const auto dumpcap = pair.store.package("wireshark-4.0", "dumpcap") + "/bin/dumpcap";
    auto text = capable(pair, "dumpcap", "cap_net_raw,cap_net_admin+eip", dumpcap);
    const auto found = pair.compare(before, with_unit_script(pair, text));
    CHECK(the(found, "wrapper_added").risk == Risk::high);
    CHECK(the(found, "wrapper_added").sentence ==
          "everybody may run dumpcap with a right of the kernel (cap_net_raw,cap_net_admin+eip)");
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"u+rx,g+x,o+x", "u+rx,g+x"}, {"chown root:root", "chown root:wireshark"}})
        text.replace(text.find(from), from.size(), to);
    const auto group = pair.compare(before, with_unit_script(pair, text));
    CHECK(the(group, "wrapper_added").sentence.starts_with("who is in the group wireshark may"));
    const auto root = capable(pair, "x", "cap_setuid+ep", dumpcap);
    CHECK(the(pair.compare(before, with_unit_script(pair, root)), "wrapper_added").risk ==
          Risk::critical);
}
