/// File systems and swap: what etc/fstab and etc/crypttab make of the disks (fstab(5),
/// crypttab(5)).
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// Where the machine and its people keep what must not disappear under another file system.
constexpr std::array vital{"/",    "/nix",  "/nix/store", "/boot", "/boot/efi", "/efi",
                           "/etc", "/home", "/root",      "/usr",  "/var",      "/var/lib",
                           "/bin", "/srv",  "/run",       "/dev",  "/proc",     "/sys"};

struct Mount {
    std::string device{};
    std::string type{};
    std::set<std::string> options{};
    std::string numbers{}; ///< dump and pass
    friend bool operator==(const Mount&, const Mount&) = default;

    bool formats() const {
        return std::any_of(options.begin(), options.end(), [](const auto& option) {
            return option == "x-systemd.makefs" || option == "autoformat";
        });
    }
    std::string text() const {
        return device + " " + type + " " +
               core::join(std::vector<std::string>(options.begin(), options.end()), ",");
    }
};
/// By mount point; swap by `swap <device>`.
using Mounts = std::map<std::string, Mount>;

/// False when a line is no line of fstab: then nothing of it is believed.
bool read_mounts(const std::string* text, Mounts& out) {
    for (const auto& line : meaningful_lines(text)) {
        const auto fields = core::split(line, ' ');
        if (fields.size() < 4 || fields.size() > 6)
            return false;
        Mount mount{.device = std::string(fields[0]), .type = std::string(fields[2])};
        for (const auto option : core::split(fields[3], ','))
            mount.options.emplace(option);
        for (auto i = std::size_t{4}; i < fields.size(); ++i)
            mount.numbers += std::string(fields[i]) + " ";
        const auto key = mount.type == "swap" ? "swap " + mount.device : std::string(fields[1]);
        if (!out.emplace(key, std::move(mount)).second)
            return false;
    }
    return true;
}

Effect storage(std::string kind, const std::string& subject, Risk risk, std::string sentence) {
    return effect_of("storage", std::move(kind), subject, risk, std::move(sentence));
}

bool is_vital(const std::string& where) {
    return std::find(vital.begin(), vital.end(), where) != vital.end();
}

void come(const std::string& where, const Mount& mount, Sink& sink) {
    const bool swap = mount.type == "swap";
    auto effect =
        storage(swap ? "swap_changed" : "mount_added", where,
                swap              ? Risk::notice
                : is_vital(where) ? Risk::critical
                                  : Risk::high,
                swap ? mount.device + " is used as swap space"
                     : mount.device + " is mounted at " + where + ", over what is there now");
    effect.after = mount.text();
    sink.add(std::move(effect));
}

void go(const std::string& where, const Mount& mount, Sink& sink) {
    const bool swap = mount.type == "swap";
    auto effect = storage(swap ? "swap_changed" : "mount_removed", where,
                          swap              ? Risk::notice
                          : is_vital(where) ? Risk::critical
                                            : Risk::high,
                          swap ? mount.device + " is no longer used as swap space"
                               : "what is on " + mount.device + " will not be seen at " + where);
    effect.before = mount.text();
    sink.add(std::move(effect));
}

void change(const std::string& where, const Mount& before, const Mount& after, Sink& sink) {
    if (before == after)
        return;
    auto effect =
        storage("mount_changed", where, Risk::high, "how " + where + " is mounted changes");
    if (before.device != after.device || before.type != after.type) {
        effect.risk = Risk::critical;
        effect.sentence = where + " will be " + after.device + " instead of " + before.device +
                          ": what is on it now will not be seen there";
    }
    for (const auto* guard : {"nosuid", "nodev", "noexec", "ro"})
        if (before.options.contains(guard) && !after.options.contains(guard))
            effect.sentence = where + " loses the guard " + guard;
    if (after.type == "swap")
        effect.kind = "swap_changed";
    effect.before = before.text();
    effect.after = after.text();
    sink.add(std::move(effect));
}

void formats(const std::string& where, const Mount* before, const Mount& after, Sink& sink) {
    if (!after.formats() ||
        (before != nullptr && before->formats() && before->device == after.device))
        return;
    sink.add(storage("format_at_boot", where, Risk::critical,
                     after.device + " is formatted at boot when it looks empty"));
}

void fstab(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const std::string path = "etc/fstab";
    Mounts old_ones;
    Mounts new_ones;
    if (!differing(before, after, path).contains(path) || !is_text_or_absent(before, after, path) ||
        !read_mounts(before.tree.file(path), old_ones) ||
        !read_mounts(after.tree.file(path), new_ones))
        return;
    claim_file(before, after, path, claims);
    for (const auto& [where, mount] : new_ones) {
        const auto found = old_ones.find(where);
        const auto* old_one = found == old_ones.end() ? nullptr : &found->second;
        if (old_one == nullptr)
            come(where, mount, sink);
        else
            change(where, *old_one, mount, sink);
        formats(where, old_one, mount, sink);
    }
    for (const auto& [where, mount] : old_ones)
        if (!new_ones.contains(where))
            go(where, mount, sink);
}

void crypttab(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const std::string path = "etc/crypttab";
    if (!differing(before, after, path).contains(path) || !is_text_or_absent(before, after, path))
        return;
    claim_file(before, after, path, claims);
    const auto lines = [&](const Side& side) {
        const auto found = meaningful_lines(side.tree.file(path));
        return core::join(std::vector<std::string>(found.begin(), found.end()), "\n");
    };
    auto effect = storage("disk_encryption", path, Risk::critical,
                          "which disks are unlocked, and with which key, changes");
    effect.before = lines(before);
    effect.after = lines(after);
    if (effect.before != effect.after)
        sink.add(std::move(effect));
}

} // namespace

void classify_mounts(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    fstab(before, after, claims, sink);
    crypttab(before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
