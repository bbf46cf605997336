/// Everything that differs and that nobody claimed.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

namespace agentd::evaluator::effects {
namespace {

/// Places outside the store that NixOS links to as a matter of course.
constexpr std::array usual_places{"/run/", "/proc/", "/dev/null", "/etc/static", "/etc/zoneinfo/"};

/// Whom the machine believes about other machines: never "another build".
constexpr std::array never_mere_builds{"etc/ssl/", "etc/pki/", "specialisation/"};

/// Whoever owns these places may be anybody.
constexpr std::array anybodys{"/run/user/", "/proc/self/cwd", "/proc/self/root", "/run/wrappers/"};
/// What decides who is who and what runs is never taken from a place of run time.
constexpr std::array deciding{
    "etc/systemd/",   "etc/ld",         "etc/polkit-1/",     "etc/udev/",
    "etc/tmpfiles.d", "etc/sudoers",    "etc/cron",          "etc/profile",
    "etc/pam.d",      "etc/modprobe.d", "etc/ssh/",          "etc/ssl/certs",
    "etc/nix/",       "etc/agentd",     "etc/containers/",   "etc/dbus-1",
    "etc/binfmt.d",   "etc/sysctl.d",   "etc/sysusers.d",    "etc/doas",
    "etc/security/",  "etc/shells",     "etc/passwd",        "etc/NetworkManager/",
    "etc/zsh",        "etc/bash",       "etc/modules-load.d"};

bool starts_with_one(const std::string& text, std::span<const char* const> all) {
    return std::any_of(all.begin(), all.end(),
                       [&](const char* start) { return text.starts_with(start); });
}

bool is_usual(const std::string& path, const std::string& target) {
    return target.find("..") == std::string::npos && starts_with_one(target, usual_places) &&
           !starts_with_one(target, anybodys) &&
           (target == "/dev/null" || !starts_with_one(path, deciding));
}

/// Tables to look things up in, that packages bring as they are.
constexpr std::array tables{"etc/zoneinfo/", "etc/terminfo/", "etc/services", "etc/protocols",
                            "etc/rpc"};

/// Such a table of the same package in another build. Of any other file a name proves nothing: what
/// it says has to be looked at.
bool is_table_of_package(const Node* old_node, const Node* new_node, const std::string& path,
                         const Side& side) {
    if (old_node == nullptr || new_node == nullptr ||
        std::none_of(tables.begin(), tables.end(),
                     [&](const auto* start) { return path.starts_with(start); }))
        return false;
    const auto& [before, after] = std::tie(*old_node, *new_node);
    const auto& prefix = side.store.prefix();
    const auto old_name = parse_package_name(store_name(before.target, prefix));
    return !old_name.version.empty() && store_top(before.target, prefix) != side.toplevel &&
           before.kind == Node::Kind::file && after.kind == Node::Kind::file &&
           before.executable == after.executable &&
           before.target != store_top(before.target, prefix) &&
           shape_of(before.target, prefix) == shape_of(after.target, prefix);
}

bool is_builds(const Node* before, const Node* after, const std::string& path, Comparer& comparer) {
    if (before == nullptr || after == nullptr ||
        std::any_of(never_mere_builds.begin(), never_mere_builds.end(),
                    [&](const auto* start) { return path.starts_with(start); }))
        return false;
    return comparer.nodes(before, after) == Likeness::builds;
}

std::optional<std::string> shown(const Node* node, const std::string& prefix) {
    if (node == nullptr)
        return std::nullopt;
    if (node->kind == Node::Kind::file)
        return std::nullopt;
    return node->kind == Node::Kind::unreadable ? node->why : without_hashes(node->target, prefix);
}

void tell(const Side& before, const Side& after, const std::string& path, Comparer& comparer,
          Sink& sink) {
    const auto& prefix = before.store.prefix();
    const auto* old_node = before.tree.find(path);
    const auto* new_node = after.tree.find(path);
    comparer.forget_lines();
    if (is_builds(old_node, new_node, path, comparer))
        return tell_builds(path, sink);
    const auto how = how_it_differs(before, after, path);
    const auto leaves = [](const Node* node) {
        return node != nullptr && node->kind == Node::Kind::outside;
    };
    const auto harmless_end = [&](const Node* node) {
        return node == nullptr || (leaves(node) && is_usual(path, node->target));
    };
    Effect effect{.area = "unclassified",
                  .kind = "unclassified_" + how,
                  .subject = path,
                  .before = shown(old_node, prefix),
                  .after = shown(new_node, prefix),
                  .risk = Risk::high,
                  .sentence = path + " is " + how + ", and what that does is not known"};
    if (leaves(new_node) && !is_usual(path, new_node->target))
        effect.sentence = path + " leads out of what was built to " + new_node->target +
                          ", where anything may be";
    else if (harmless_end(old_node) && harmless_end(new_node) && path.starts_with("etc/")) {
        effect.area = "etc";
        effect.kind = "etc_" + how;
        effect.risk = Risk::notice;
        effect.sentence = path + ", a link to a place that is made at run time, is " + how;
    } else if (is_table_of_package(old_node, new_node, path, before)) {
        effect.area = "etc";
        effect.kind = "etc_changed";
        effect.risk = Risk::notice;
        effect.sentence =
            path + ", a table of " + store_name(new_node->target, prefix) + ", changes";
    } else if (!comparer.lines().empty()) {
        effect.after = core::join(comparer.lines(), "\n");
    }
    sink.add(std::move(effect));
}

} // namespace

void classify_leftovers(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    Comparer comparer(before, after);
    for (const auto& path : before.differences) {
        if (claims.has(path))
            continue;
        tell(before, after, path, comparer, sink);
    }
}

} // namespace agentd::evaluator::effects
