/// Packages: those of the closure by name and version, and what `sw` puts on everybody's path.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/data_migration.hpp"
#include "evaluator/effects/profile.hpp"
#include "evaluator/effects/rebuild.hpp"
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

using Packages = std::map<std::string, Versions>; ///< by name

/// Of another machine: a container, a virtual one.
bool is_system(const std::string& path, const StoreReader& store) {
    if (store.resolve(path).end != Resolved::End::directory)
        return false;
    const auto holds = [&](const char* name) {
        const auto end = store.resolve(path + name).end;
        return end == Resolved::End::file || end == Resolved::End::directory;
    };
    return (holds("/activate") && holds("/init")) || holds("/nixos-version");
}

/// Systems are judged as such: this one, and those its boot menu offers.
std::set<std::string> systems_of(const Side& side) {
    std::set<std::string> out{side.toplevel};
    for (const auto& [name, node] : side.tree.nodes)
        if (name.starts_with("specialisation/"))
            out.insert(node.target);
    return out;
}

/// Without other systems; one that the other side has as well changes nothing.
Packages packages_of(const Side& side, const Profile& profile, const Side& other) {
    Packages out;
    const auto systems = systems_of(side);
    const auto add = [&](const std::string& path, bool without_version) {
        const auto package = parse_package_name(store_name(path, side.store.prefix()));
        if (package.name.empty() || systems.contains(path) ||
            (!without_version && (package.version.empty() || is_piece(path, side.store))) ||
            (!other.closure.contains(path) && is_system(path, side.store)))
            return;
        out[package.name][package.version].insert(path);
    };
    for (const auto& [path, size] : side.closure)
        add(path, false);
    for (const auto& path : profile.tops)
        add(path, true);
    return out;
}

std::string versions(const Versions& package) {
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

/// How much of packages is compared to tell a rebuild from another source, in all.
struct Budget {
    std::size_t delicate = 16U << 20;
    std::size_t others = 8U << 20;
};

/// The same version: is it what it was, but for the builds that it names?
class Rebuilt {
  public:
    Rebuilt(const Side& before, const Side& after)
        : before_(before), after_(after), comparer_(before, after) {}

    void tell(Effect& effect, const std::string& name, const Versions& before,
              const Versions& after) {
        const auto version = versions(after);
        const bool watched = std::find(delicate.begin(), delicate.end(), name) != delicate.end();
        effect.after = (version.empty() ? "" : version + " ") + "(another build)";
        effect.sentence = titled(name, version) + " is the same version, built otherwise";
        effect.risk = watched ? Risk::high : Risk::low;
        if (version.empty() && is_one(before) && is_one(after)) {
            // No version tells them apart, so its files have to.
            const auto likeness = comparer_.texts(only(before), only(after));
            effect.risk = likeness != Likeness::differs ? Risk::low
                          : watched                     ? Risk::high
                                                        : Risk::notice;
            effect.sentence = name + " changes";
            return;
        }
        const auto found = compare(before, after, watched);
        if (found.likeness == Rebuild::Likeness::same) {
            effect.risk = Risk::low;
            effect.sentence += ": its files differ only in the builds that they name";
        } else if (found.likeness == Rebuild::Likeness::differs) {
            effect.risk = std::max(effect.risk, Risk::notice);
            effect.sentence =
                titled(name, version) +
                " is the same version from another source, or with other patches or options: " +
                core::join(found.files, ", ") + " differ";
        } else {
            effect.risk = std::max(effect.risk, Risk::notice);
            effect.sentence += "; its files were not compared";
        }
    }

  private:
    static bool is_one(const Versions& package) {
        return package.size() == 1 && package.begin()->second.size() == 1;
    }
    static const std::string& only(const Versions& package) {
        return *package.begin()->second.begin();
    }

    /// Several outputs are compared by their names, in their order.
    Rebuild compare(const Versions& before, const Versions& after, bool watched) {
        Rebuild out{.likeness = Rebuild::Likeness::same};
        const auto old_ones = by_name(before, before_);
        const auto new_ones = by_name(after, after_);
        for (const auto& [name, path] : new_ones) {
            const auto found = old_ones.find(name);
            if (found == old_ones.end() || old_ones.size() != new_ones.size() ||
                old_ones.count(name) != 1 || new_ones.count(name) != 1)
                return {};
            if (found->second == path)
                continue;
            auto each = compare_builds(before_, found->second, after_, path, comparer_,
                                       watched ? budget_.delicate : budget_.others);
            if (each.likeness != Rebuild::Likeness::same)
                return each;
        }
        return out;
    }

    static std::multimap<std::string, std::string> by_name(const Versions& package,
                                                           const Side& side) {
        std::multimap<std::string, std::string> out;
        for (const auto& [version, paths] : package)
            for (const auto& path : paths)
                out.emplace(store_name(path, side.store.prefix()), path);
        return out;
    }

    const Side& before_;
    const Side& after_;
    Comparer comparer_;
    Budget budget_;
};

void updated(const std::string& name, const Versions& before, const Versions& after,
             Rebuilt& rebuilt, Sink& sink) {
    auto effect = package("package_updated", name, "");
    effect.before = versions(before);
    effect.after = versions(after);
    // Nothing here can tell a release of its makers from a build of somebody else's.
    if (std::find(delicate.begin(), delicate.end(), name) != delicate.end())
        effect.risk = Risk::notice;
    if (effect.before != effect.after)
        effect.sentence = name + " goes from " + *effect.before + " to " + *effect.after;
    else
        rebuilt.tell(effect, name, before, after);
    sink.add(std::move(effect));
}

/// A system that is neither this one nor in its boot menu, of a container or a virtual machine:
/// what it does is not read.
void other_systems(const Side& before, const Side& after, Sink& sink) {
    const auto tell = [&](const Side& mine, const Side& other, const char* kind) {
        const auto systems = systems_of(mine);
        for (const auto& [path, size] : mine.closure)
            if (!other.closure.contains(path) && !systems.contains(path) &&
                is_system(path, mine.store)) {
                const auto name = store_name(path, mine.store.prefix());
                sink.add(effect_of("unclassified", kind, name, Risk::high,
                                   name + " is another system, as of a container or a virtual "
                                          "machine, and what it does is not judged"));
            }
    };
    tell(after, before, "unclassified_added");
    tell(before, after, "unclassified_removed");
}

} // namespace

void classify_packages(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto old_profile = read_profile(before);
    const auto new_profile = read_profile(after);
    const auto old_ones = packages_of(before, old_profile, after);
    const auto new_ones = packages_of(after, new_profile, before);
    Rebuilt rebuilt(before, after);
    for (const auto& [name, builds] : new_ones) {
        const auto found = old_ones.find(name);
        if (found == old_ones.end()) {
            auto effect =
                package("package_added", name, titled(name, versions(builds)) + " is added");
            effect.after = versions(builds);
            sink.add(std::move(effect));
        } else if (found->second != builds) {
            updated(name, found->second, builds, rebuilt, sink);
            tell_migration(name, found->second, builds, sink);
        }
    }
    for (const auto& [name, builds] : old_ones)
        if (!new_ones.contains(name)) {
            auto effect =
                package("package_removed", name, titled(name, versions(builds)) + " is removed");
            effect.before = versions(builds);
            sink.add(std::move(effect));
        }
    tell_profile(before, old_profile, after, new_profile, sink);
    tell_profile_rules(before, old_profile, after, new_profile, sink);
    other_systems(before, after, sink);
    const auto* old_node = before.tree.find("sw");
    const auto* new_node = after.tree.find("sw");
    const bool links = old_node != nullptr && new_node != nullptr &&
                       old_node->kind == Node::Kind::reference &&
                       new_node->kind == Node::Kind::reference;
    if (links && old_profile.complete && new_profile.complete)
        claims.claim("sw");
}

} // namespace agentd::evaluator::effects
