/// File systems and swap: what etc/fstab, etc/crypttab and units of systemd make of the disks
/// (fstab(5), crypttab(5), systemd.mount(5)).
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/formatting.hpp"

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
    /// Ours, never what a file says of itself.
    enum class Use { mount, swap, masked, unreadable };
    Use use = Use::mount;
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
    /// A drop-in: it says how something is mounted that another file names.
    bool is_partial() const { return device.empty() && use != Use::swap && use != Use::masked; }
    /// What is seen there is what the device holds.
    bool is_of_its_device() const {
        return use == Use::mount && device.starts_with('/') && type != "tmpfs" && type != "ramfs" &&
               type != "overlay";
    }
    std::string text() const {
        return device + " " + type + " " +
               core::join(std::vector<std::string>(options.begin(), options.end()), ",");
    }
};
/// By mount point; swap by `swap <device>`.
using Mounts = std::map<std::string, Mount>;

/// `/home` for `/home/`, `//home` and `/./home`: the kernel sees no difference.
std::string plain_place(std::string_view where) {
    std::string out;
    for (const auto part : core::split(where, '/'))
        if (!part.empty() && part != ".")
            out += "/" + std::string(part);
    return out.empty() ? "/" : out;
}

/// False when a line is no line of fstab: then nothing of it is believed.
bool read_mounts(const std::string* text, Mounts& out) {
    for (const auto& line : meaningful_lines(text)) {
        const auto fields = core::split(line, ' ');
        if (fields.size() < 4 || fields.size() > 6)
            return false;
        Mount mount{.use = fields[2] == "swap" ? Mount::Use::swap : Mount::Use::mount,
                    .device = std::string(fields[0]),
                    .type = std::string(fields[2])};
        for (const auto option : core::split(fields[3], ','))
            mount.options.emplace(option);
        for (auto i = std::size_t{4}; i < fields.size(); ++i)
            mount.numbers += std::string(fields[i]) + " ";
        const auto key =
            mount.use == Mount::Use::swap ? "swap " + mount.device : plain_place(fields[1]);
        if (!out.emplace(key, std::move(mount)).second)
            return false;
    }
    return true;
}

/// The place that the name of a unit stands for: `srv-my\x2dmedia.mount` is /srv/my-media.
std::string place_of(const std::string& unit) {
    const auto stem = unit.substr(0, unit.rfind('.'));
    std::string out = "/";
    for (std::size_t at = 0; at < stem.size(); ++at) {
        if (stem.compare(at, 2, "\\x") == 0 && at + 3 < stem.size()) {
            out += static_cast<char>(std::strtol(stem.substr(at + 2, 2).c_str(), nullptr, 16));
            at += 3;
        } else {
            out += stem[at] == '-' ? '/' : stem[at];
        }
    }
    return plain_place(out);
}

/// Those of units; one that only takes a place away (masked), or only says how (a drop-in), has no
/// device.
Mounts read_mount_units(const Units& units) {
    Mounts out;
    for (const auto& [name, unit] : units) {
        const bool automatic = name.ends_with(".automount");
        const bool swap = name.ends_with(".swap");
        if (!automatic && !swap && !name.ends_with(".mount"))
            continue;
        const std::string section = swap ? "Swap." : automatic ? "Automount." : "Mount.";
        const auto place = place_of(name);
        const auto where = unit.last(section + "Where");
        const bool elsewhere = !swap && !where.empty() && plain_place(where) != place;
        Mount mount{.use = swap                          ? Mount::Use::swap
                           : unit.masked                 ? Mount::Use::masked
                           : !unit.readable || elsewhere ? Mount::Use::unreadable
                                                         : Mount::Use::mount,
                    .device = automatic ? "a file system" : unit.last(section + "What"),
                    .type = swap ? "swap" : unit.last(section + "Type")};
        const auto options = unit.last(section + "Options");
        for (const auto option : core::split(options, ','))
            if (!option.empty())
                mount.options.emplace(option);
        // systemd refuses a unit that names another place than its own name does.
        auto key = swap ? "swap " + (mount.device.empty() ? name : mount.device) : place;
        out.insert_or_assign(automatic ? key + " (when first used)" : key, std::move(mount));
    }
    return out;
}

Effect storage(std::string kind, const std::string& subject, Risk risk, std::string sentence) {
    return effect_of("storage", std::move(kind), subject, risk, std::move(sentence));
}

/// Also of a place that is not spelled out.
bool is_vital(const std::string& where) {
    const auto plain = where.substr(0, where.find(" ("));
    static constexpr std::array below{"/etc/",           "/root/",      "/nix/", "/boot/",
                                      "/var/lib/agentd", "/run/agentd", "/usr/"};
    return plain.find("/..") != std::string::npos ||
           std::any_of(below.begin(), below.end(),
                       [&](const auto* start) { return plain.starts_with(start); }) ||
           std::find(vital.begin(), vital.end(), plain) != vital.end();
}

bool is_of_agentd(const std::string& where) {
    return where.starts_with("/etc/agentd") || where.starts_with("/var/lib/agentd") ||
           where.starts_with("/run/agentd");
}

void come(const std::string& where, const Mount& mount, Sink& sink) {
    if (is_of_agentd(where))
        sink.add(effect_of("system", "agentd_changed", where, Risk::critical,
                           "files of agentd are hidden by what is mounted at " + where));
    const bool swap = mount.use == Mount::Use::swap;
    auto effect =
        storage(swap ? "swap_changed" : "mount_added", where,
                swap                                                     ? Risk::notice
                : is_vital(where) || mount.use == Mount::Use::unreadable ? Risk::critical
                                                                         : Risk::high,
                swap ? mount.device + " is used as swap space"
                     : mount.device + " is mounted at " + where + ", over what is there now");
    effect.after = mount.text();
    sink.add(std::move(effect));
}

void go(const std::string& where, const Mount& mount, Sink& sink) {
    const auto swap = mount.use == Mount::Use::swap;
    auto effect = storage(swap ? "swap_changed" : "mount_removed", where,
                          swap              ? Risk::notice
                          : is_vital(where) ? Risk::critical
                                            : Risk::high,
                          swap ? mount.device + " is no longer used as swap space"
                          : mount.device.empty()
                              ? "what was mounted at " + where + " will not be seen there"
                              : "what is on " + mount.device + " will not be seen at " + where);
    effect.before = mount.text();
    sink.add(std::move(effect));
}

void change(const std::string& where, const Mount& before, const Mount& after, Sink& sink) {
    if (before == after)
        return;
    auto effect =
        storage("mount_changed", where, Risk::high, "how " + where + " is mounted changes");
    std::vector<std::string> guards;
    for (const auto* guard : {"nosuid", "nodev", "noexec", "ro"})
        if (before.options.contains(guard) && !after.options.contains(guard))
            guards.emplace_back(guard);
    if (!guards.empty())
        effect.sentence = where + " loses the guard " + core::join(guards, ", ");
    const auto lost = guards.empty() ? "" : "; it loses " + core::join(guards, ", ");
    if (before.use == after.use && before.device == after.device && before.is_of_its_device() &&
        after.is_of_its_device() && before.type != after.type)
        effect.sentence = "what is on " + after.device + ", seen at " + where + ", is read as " +
                          after.type + " instead of " + before.type + lost;
    else if (before.use != after.use || before.device != after.device ||
             before.type != after.type) {
        effect.risk = Risk::critical;
        effect.sentence = where + " will be " + after.device + " instead of " + before.device +
                          ": what is on it now will not be seen there" + lost;
    }
    if (after.use == Mount::Use::swap)
        effect.kind = "swap_changed";
    if (after.use == Mount::Use::unreadable) {
        effect.risk = Risk::critical;
        effect.sentence = "what is mounted at " + where + " cannot be judged";
    }
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

void compare(const Mounts& before, const Mounts& after, Sink& sink) {
    for (const auto& [where, mount] : after) {
        const auto found = before.find(where);
        const auto* old_one = found == before.end() ? nullptr : &found->second;
        if (old_one != nullptr)
            change(where, *old_one, mount, sink);
        else if (mount.is_partial())
            change(where, {}, mount, sink);
        else
            come(where, mount, sink);
        formats(where, old_one, mount, sink);
    }
    for (const auto& [where, mount] : before)
        if (!after.contains(where)) {
            if (mount.is_partial())
                change(where, mount, {}, sink);
            else
                go(where, mount, sink);
        }
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
    compare(old_ones, new_ones, sink);
}

/// Takes those away that are masked, whoever would have mounted them.
std::set<std::string> take_masked(Mounts& mounts) {
    std::set<std::string> out;
    for (const auto& [where, mount] : mounts)
        if (mount.use == Mount::Use::masked)
            out.insert(where);
    for (const auto& where : out)
        mounts.erase(where);
    return out;
}

/// What a unit does at its place; the unit itself is told as a unit.
void units(const Side& before, const Side& after, Sink& sink) {
    auto old_ones = read_mount_units(before.units);
    auto new_ones = read_mount_units(after.units);
    const auto old_masks = take_masked(old_ones);
    for (const auto& where : take_masked(new_ones))
        if (!old_masks.contains(where))
            old_ones.try_emplace(where, Mount{.use = Mount::Use::masked, .type = "masked"});
    compare(old_ones, new_ones, sink);
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
    units(before, after, sink);
    crypttab(before, after, claims, sink);
    tell_formatting(before, after, sink);
}

} // namespace agentd::evaluator::effects
