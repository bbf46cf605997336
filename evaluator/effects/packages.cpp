/// Packages: those of the closure by name and version, and what `sw` puts on everybody's path.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// Another build of the same version of one of these is worth a look: nothing else would show it.
constexpr std::array delicate{
    "openssh", "sudo",   "systemd", "nix",     "linux-pam", "shadow",     "polkit",
    "bash",    "glibc",  "openssl", "linux",   "coreutils", "util-linux", "doas",
    "dbus",    "agentd", "perl",    "busybox", "iptables",  "nftables",   "nss-cacert"};

/// Name -> version -> store paths.
using Packages = std::map<std::string, std::map<std::string, std::set<std::string>>>;

/// What the links of `sw` lead to, and files that lie in it directly.
struct Profile {
    std::set<std::string> tops;
    std::set<std::string> own_files; ///< in bin and sbin, where a file is a program
};

class ProfileWalk {
  public:
    explicit ProfileWalk(const Side& side) : side_(side) {}

    Profile run() {
        const auto root = side_.store.resolve(side_.toplevel + "/sw");
        if (root.end == Resolved::End::directory)
            visit(root.path, "", 0);
        return std::move(out_);
    }

  private:
    void visit(const std::string& path, const std::string& name, int depth) {
        constexpr std::size_t most = 100'000;
        if (depth > 12 || entries_ > most)
            return;
        for (const auto& each : side_.store.list(path, most).value_or(std::vector<std::string>{})) {
            ++entries_;
            const auto below = path + "/" + each;
            const auto where = side_.store.resolve(below);
            const auto inside = name.empty() ? each : name + "/" + each;
            if (where.end == Resolved::End::outside)
                out_.own_files.insert(inside + " -> " + where.path);
            else if (where.path != below)
                out_.tops.insert(store_top(where.path, side_.store.prefix()));
            else if (where.end == Resolved::End::directory)
                visit(below, inside, depth + 1);
            else if (inside.starts_with("bin/") || inside.starts_with("sbin/"))
                out_.own_files.insert(inside + " " +
                                      side_.store.read(below, 64U << 10).value_or("(large)"));
        }
    }

    const Side& side_;
    Profile out_;
    std::size_t entries_ = 0;
};

/// Single files that NixOS makes for one system; what they say is told where they are used.
bool is_piece(std::string_view name) {
    static constexpr std::array starts{"etc-", "unit-", "X-Restart-Triggers-",
                                       "X-Reload-Triggers-"};
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return name.starts_with(start); });
}

Packages packages_of(const Side& side, const Profile& profile) {
    Packages out;
    const auto add = [&](const std::string& path, bool without_version) {
        const auto package = parse_package_name(store_name(path, side.store.prefix()));
        const bool system = package.name.starts_with("nixos-system-") || path == side.toplevel;
        if (!system && !package.name.empty() &&
            (without_version || (!package.version.empty() && !is_piece(package.name))))
            out[package.name][package.version].insert(path);
    };
    for (const auto& [path, size] : side.closure)
        add(path, false);
    for (const auto& path : profile.tops)
        add(path, true);
    return out;
}

std::string versions(const std::map<std::string, std::set<std::string>>& package) {
    std::vector<std::string> out;
    for (const auto& [version, paths] : package)
        if (!version.empty())
            out.push_back(version);
    return core::join(out, ", ");
}

Effect package(std::string kind, const std::string& name, std::string sentence) {
    return effect_of("packages", std::move(kind), name, Risk::low, std::move(sentence));
}

std::string titled(const std::string& name, const std::string& version) {
    return version.empty() ? name : name + " " + version;
}

/// Programs that convert their data when a new main version first starts, and cannot go back.
constexpr std::array keepers{"postgresql",  "mariadb", "mysql",    "mongodb",   "nextcloud",
                             "gitlab",      "forgejo", "gitea",    "influxdb",  "elasticsearch",
                             "opensearch",  "grafana", "keycloak", "immich",    "home-assistant",
                             "vaultwarden", "redis",   "couchdb",  "cassandra", "openldap"};

std::set<std::string> main_versions(const std::map<std::string, std::set<std::string>>& package) {
    std::set<std::string> out;
    for (const auto& [version, paths] : package)
        out.insert(version.substr(0, version.find('.')));
    return out;
}

/// Only a new main version: the smaller ones keep their formats.
void migration(const std::string& name, const std::map<std::string, std::set<std::string>>& before,
               const std::map<std::string, std::set<std::string>>& after, Sink& sink) {
    if (std::find(keepers.begin(), keepers.end(), name) == keepers.end() ||
        main_versions(before) == main_versions(after))
        return;
    sink.add({.area = "storage",
              .kind = "data_migration",
              .subject = name,
              .before = versions(before),
              .after = versions(after),
              .risk = Risk::high,
              .sentence = name + " may convert its data to a form that the version before cannot "
                                 "read: going back does not undo that"});
}

void updated(const std::string& name, const std::map<std::string, std::set<std::string>>& before,
             const std::map<std::string, std::set<std::string>>& after, Comparer& comparer,
             Sink& sink) {
    const auto old_versions = versions(before);
    const auto new_versions = versions(after);
    auto effect = package("package_updated", name, "");
    effect.before = old_versions;
    effect.after = new_versions;
    if (old_versions != new_versions) {
        effect.sentence = name + " goes from " + old_versions + " to " + new_versions;
    } else {
        effect.after = (new_versions.empty() ? "" : new_versions + " ") + "(another build)";
        effect.sentence = titled(name, new_versions) + " is the same version, built otherwise";
        if (std::find(delicate.begin(), delicate.end(), name) != delicate.end())
            effect.risk = Risk::high;
        if (new_versions.empty() && before.begin()->second.size() == 1 &&
            after.begin()->second.size() == 1) {
            // No version tells them apart, so its files have to.
            const auto likeness =
                comparer.texts(*before.begin()->second.begin(), *after.begin()->second.begin());
            effect.risk = likeness == Likeness::differs ? Risk::notice : Risk::low;
            effect.sentence = name + " changes";
        }
    }
    sink.add(std::move(effect));
}

void own_files(const Profile& before, const Profile& after, Sink& sink) {
    const auto tell = [&](const auto& mine, const auto& others, const char* kind) {
        for (const auto& each : mine)
            if (!others.contains(each)) {
                const auto name = "sw/" + each.substr(0, each.find(' '));
                sink.add({.area = "unclassified",
                          .kind = kind,
                          .subject = name,
                          .before = std::nullopt,
                          .after = std::nullopt,
                          .risk = Risk::high,
                          .sentence = name + " is a program that belongs to no package"});
            }
    };
    tell(after.own_files, before.own_files, "unclassified_added");
    tell(before.own_files, after.own_files, "unclassified_removed");
}

} // namespace

void classify_packages(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto old_profile = ProfileWalk(before).run();
    const auto new_profile = ProfileWalk(after).run();
    const auto old_ones = packages_of(before, old_profile);
    const auto new_ones = packages_of(after, new_profile);
    Comparer comparer(before, after);
    for (const auto& [name, builds] : new_ones) {
        const auto found = old_ones.find(name);
        if (found == old_ones.end()) {
            auto effect =
                package("package_added", name, titled(name, versions(builds)) + " is added");
            effect.after = versions(builds);
            sink.add(std::move(effect));
        } else if (found->second != builds) {
            updated(name, found->second, builds, comparer, sink);
            migration(name, found->second, builds, sink);
        }
    }
    for (const auto& [name, builds] : old_ones)
        if (!new_ones.contains(name)) {
            auto effect =
                package("package_removed", name, titled(name, versions(builds)) + " is removed");
            effect.before = versions(builds);
            sink.add(std::move(effect));
        }
    own_files(old_profile, new_profile, sink);
    const auto* old_node = before.tree.find("sw");
    const auto* new_node = after.tree.find("sw");
    const bool links = old_node != nullptr && new_node != nullptr &&
                       old_node->kind == Node::Kind::reference &&
                       new_node->kind == Node::Kind::reference;
    if (links)
        claims.claim("sw");
}

} // namespace agentd::evaluator::effects
