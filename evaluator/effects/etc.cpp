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
    "etc/hostid",     "etc/machine-info", "etc/locale.conf", "etc/vconsole.conf", "etc/inputrc",
    "etc/nanorc",     "etc/man_db.conf",  "etc/host.conf",   "etc/netgroup",      "etc/services",
    "etc/protocols",  "etc/rpc",          "etc/ssh/moduli",  "etc/localtime",     "etc/NIXOS"};
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

void tell(const Side& before, const Side& after, const std::string& path,
          const std::string& service, Sink& sink) {
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
    if (!service.empty())
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
                node == nullptr || node->kind == Node::Kind::file) {
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
            tell(before, after, path, of_service ? service : "", sink);
    }
}

} // namespace agentd::evaluator::effects
