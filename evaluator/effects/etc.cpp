/// Files below `etc` that nobody is granted anything by: names and looks of the machine, and the
/// settings of a service that the system itself runs.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array harmless{
    "etc/os-release", "etc/lsb-release",  "etc/issue",       "etc/motd",          "etc/hostname",
    "etc/hostid",     "etc/machine-info", "etc/locale.conf", "etc/vconsole.conf", "etc/host.conf",
    "etc/netgroup",   "etc/services",     "etc/protocols",   "etc/rpc",           "etc/ssh/moduli",
    "etc/localtime",  "etc/NIXOS"};
constexpr std::array harmless_folders{"etc/zoneinfo/", "etc/kbd/", "etc/terminfo/",
                                      "etc/fonts/",    "etc/man/", "etc/X11/xkb/"};

/// Folders that carry a service's name and yet grant something.
constexpr std::array sensitive{"ssh",       "nix",        "systemd",    "sudoers",   "sudoers.d",
                               "pam.d",     "security",   "polkit-1",   "ssl",       "pki",
                               "udev",      "dbus-1",     "modprobe.d", "profile.d", "cron",
                               "cron.d",    "agentd",     "static",     "firewall",  "nftables",
                               "wireguard", "apparmor.d", "audit",      "ld.so",     "default",
                               "binfmt.d",  "sysctl.d",   "tmpfiles.d", "sssd",      "krb5"};

bool starts_with_any(const std::string& path) {
    return std::any_of(harmless_folders.begin(), harmless_folders.end(),
                       [&](const auto* folder) { return path.starts_with(folder); });
}

/// `nginx` for `etc/nginx/nginx.conf` and `etc/nginx.conf`.
std::string owner_of(const std::string& path) {
    auto name = path.substr(4, path.find('/', 4) - 4);
    if (path.find('/', 4) == std::string::npos)
        name = name.substr(0, name.find('.'));
    return name;
}

/// Files that a shell or a program reads as commands, whatever service shares their name.
bool is_startup_name(const std::string& path) {
    return path.find('/', 4) == std::string::npos &&
           (path.ends_with("rc") || path.ends_with(".local"));
}

/// True of a service that ran before and, unless its file goes with it, still does: a new one may
/// have been named after any file.
bool is_service(const Side& before, const Side& after, const std::string& name, bool file_goes) {
    const auto unit = name + ".service";
    return !name.empty() && before.units.contains(unit) &&
           (file_goes || after.units.contains(unit));
}

/// Signs of a program in a line of settings.
constexpr std::array program_signs{"/bin/", "/sbin/",      "exec",  "sh -c",   "command",
                                   "/tmp/", "load_module", "hook",  "before_", "after_",
                                   "on_er", "plugin",      "curl ", "| sh",    "script"};

/// Services whose settings say who is kept out.
constexpr std::array guards{"fail2ban", "crowdsec", "sshguard", "suricata", "usbguard"};

/// A line that is new and has one of them, and is no line of before with other builds in it.
bool names_a_program(const Side& before, const Side& after, const std::string& path,
                     Comparer& comparer) {
    constexpr std::size_t most_lines = 200;
    const auto old_lines = meaningful_lines(before.tree.file(path));
    const auto new_lines = meaningful_lines(after.tree.file(path));
    const auto rebuilt = [&](const std::string& line) {
        return old_lines.size() <= most_lines &&
               std::any_of(old_lines.begin(), old_lines.end(), [&](const auto& other) {
                   return comparer.texts(other, line) != Likeness::differs;
               });
    };
    return std::any_of(new_lines.begin(), new_lines.end(), [&](const std::string& line) {
        return std::any_of(program_signs.begin(), program_signs.end(),
                           [&](const char* sign) { return line.find(sign) != line.npos; }) &&
               !old_lines.contains(line) && !rebuilt(line);
    });
}

/// A file that a service runs, or that says what it runs.
bool is_hook(const std::string& path, const Node* node) {
    return (node != nullptr && node->executable) || path.ends_with(".sh") ||
           path.find("hook") != path.npos || path.find("action") != path.npos ||
           path.find("script") != path.npos || path.find("dispatcher") != path.npos ||
           path.find("apccontrol") != path.npos || path.find("notify") != path.npos;
}

/// A script, or a program for this processor: whatever its mode, something may load or run it.
bool is_program(const Node& node) {
    const std::string_view bytes = node.bytes();
    return bytes.starts_with("#!") || bytes.starts_with("\x7f"
                                                        "ELF");
}

void tell(const Side& before, const Side& after, const std::string& path,
          const std::string& service, Comparer& comparer, Sink& sink) {
    const auto how = how_it_differs(before, after, path);
    const auto text = [&](const Side& side) {
        const auto* found = side.tree.file(path);
        return found == nullptr ? std::string{} : *found;
    };
    Effect effect{
        .area = "etc",
        .kind = "etc_" + how,
        .subject = path,
        .before = std::nullopt,
        .after = core::join(line_changes(text(before), text(after), before.store.prefix()), "\n"),
        .risk = service.empty() ? Risk::low : Risk::notice,
        .sentence = path + " is " + how};
    const bool hook = !service.empty() && (is_hook(path, after.tree.find(path)) ||
                                           names_a_program(before, after, path, comparer));
    if (const auto unit = after.units.find(service + ".service");
        hook && unit != after.units.end() && runs_as_root(unit->second)) {
        effect.area = "scripts";
        effect.kind = "root_program";
        effect.risk = Risk::high;
        effect.sentence = "what " + service + " runs as root changes (" + path + " is " + how + ")";
    } else if (std::find(guards.begin(), guards.end(), service) != guards.end()) {
        effect.area = "accounts";
        effect.kind = "confinement_changed";
        effect.risk = Risk::high;
        effect.sentence = "whom " + service + " keeps out changes (" + path + " is " + how + ")";
    } else if (!service.empty())
        effect.sentence = "the settings of " + service + " change (" + path + " is " + how + ")";
    sink.add(std::move(effect));
}

} // namespace

void classify_etc(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    Comparer comparer(before, after);
    for (const auto& path : differing(before, after, "etc/")) {
        if (claims.has(path))
            continue;
        const bool plain = std::find(harmless.begin(), harmless.end(), path) != harmless.end();
        if (starts_with_any(path)) {
            // Tables of a package: one line for the folder is enough, and only when all of it is
            // there.
            if (const auto* node = after.tree.find(path);
                node == nullptr ||
                (node->kind == Node::Kind::file && !node->executable && !is_program(*node))) {
                claims.claim(path);
                const auto folder = path.substr(0, path.find('/', 4));
                sink.add({.area = "etc",
                          .kind = "etc_changed",
                          .subject = folder,
                          .before = std::nullopt,
                          .after = std::nullopt,
                          .risk = Risk::none,
                          .sentence = folder + " changes"});
            }
            continue;
        }
        const auto service = owner_of(path);
        const bool of_service =
            is_service(before, after, service, after.tree.find(path) == nullptr) &&
            !is_startup_name(path) &&
            std::find(sensitive.begin(), sensitive.end(), service) == sensitive.end();
        const bool link = path == "etc/localtime";
        if ((!plain && !of_service) || (!link && !is_text_or_absent(before, after, path)))
            continue;
        claim_file(before, after, path, claims);
        if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds)
            tell_builds(path, sink);
        else
            tell(before, after, path, of_service ? service : "", comparer, sink);
    }
}

} // namespace agentd::evaluator::effects
