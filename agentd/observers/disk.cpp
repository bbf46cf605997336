#include "agentd/observers/disk.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sys/statvfs.h>

namespace agentd::observers {

namespace {

constexpr std::size_t most_mounts = 64;
constexpr std::uint64_t gib = 1ULL << 30;
constexpr std::array without_device{"btrfs", "zfs", "bcachefs"};
/// Made to be read only.
constexpr std::array images{"squashfs", "erofs", "iso9660", "udf", "cramfs"};

template <std::size_t n>
bool is_one_of(const std::array<const char*, n>& list, std::string_view word) {
    return std::any_of(list.begin(), list.end(), [&](const char* one) { return word == one; });
}

/// `\040` and the like are how mountinfo and fstab write what would break a line.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
        if (text[i] == '\\' && i + 3 < text.size() && digit(i + 1) && digit(i + 2) &&
            digit(i + 3)) {
            out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                     text[i + 3] - '0');
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < line.size();) {
        const auto begin = line.find_first_not_of(" \t", at);
        if (begin == line.npos) {
            break;
        }
        const auto end = std::min(line.find_first_of(" \t", begin), line.size());
        out.push_back(line.substr(begin, end - begin));
        at = end;
    }
    return out;
}

bool has_option(std::string_view options, std::string_view wanted) {
    const auto all = core::split(options, ',');
    return std::find(all.begin(), all.end(), wanted) != all.end();
}

int percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0
               ? 100
               : static_cast<int>(100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string amount(std::uint64_t bytes) {
    const auto tenths = bytes * 10 / gib;
    return bytes >= gib ? std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB"
                        : std::to_string(bytes >> 20) + " MiB";
}

} // namespace

std::vector<Mount> real_mounts(std::string_view mountinfo) {
    std::map<std::string, Mount> by_device;
    for (const auto line : core::lines(mountinfo)) {
        const auto all = words(line);
        const auto dash = std::find(all.begin(), all.end(), "-");
        if (all.size() < 10 || all.end() - dash < 4) {
            continue;
        }
        Mount mount{.device = std::string(all[2]),
                    .point = unescaped(all[4]),
                    .type = std::string(dash[1]),
                    .read_only = has_option(dash[3], "ro")};
        const bool block = dash[2].starts_with("/dev/") && !mount.device.starts_with("0:");
        if ((!block && !is_one_of(without_device, mount.type)) || is_one_of(images, mount.type)) {
            continue;
        }
        // btrfs and zfs give each subvolume or data set a number of its own: their source is the
        // same.
        const std::string key = block ? mount.device : std::string(dash[2]);
        const auto known = by_device.find(key);
        if (known == by_device.end()) {
            if (by_device.size() < most_mounts) {
                by_device.emplace(key, std::move(mount));
            }
        } else if (mount.point.size() < known->second.point.size()) {
            known->second = std::move(mount);
        }
    }
    std::vector<Mount> out;
    for (auto& [key, mount] : by_device) {
        out.push_back(std::move(mount));
    }
    std::sort(out.begin(), out.end(),
              [](const Mount& a, const Mount& b) { return a.point < b.point; });
    return out;
}

std::set<std::string> wanted_read_only(std::string_view fstab) {
    std::set<std::string> out;
    for (const auto line : core::lines(fstab)) {
        const auto all = words(line);
        if (all.size() >= 4 && !all[0].starts_with('#') && has_option(all[3], "ro")) {
            out.insert(unescaped(all[1]));
        }
    }
    return out;
}

std::vector<std::string> Disk::kinds() const {
    return {"disk_full", "inodes_full", "disk_read_only"};
}

/// Appends a condition when so little is left; it stays until 2 % more are.
Condition* Disk::full(std::vector<Condition>& into, const std::string& key, int free_percent,
                      bool plenty, bool few) {
    const bool was = low_.contains(key);
    if (plenty || free_percent >= (was ? 12 : 10)) {
        low_.erase(key);
        return nullptr;
    }
    low_.insert(key);
    into.push_back(
        {.key = key, .severity = few && free_percent < 3 ? Severity::critical : Severity::warning});
    return &into.back();
}

std::vector<Condition> Disk::judge(const std::string& point, const Space& space) {
    std::vector<Condition> conditions;
    const std::string name = quoted(point, 120);
    const int bytes = percent(space.bytes_free, space.bytes);
    if (auto* low = full(conditions, "disk_full:" + name, bytes, space.bytes_free >= 20 * gib,
                         space.bytes_free < 2 * gib)) {
        low->kind = "disk_full";
        low->subject = name;
        low->title = "the file system at " + name + " is nearly full";
        low->detail = std::to_string(bytes) + " % are free: " + amount(space.bytes_free) + " of " +
                      amount(space.bytes);
    }
    const int inodes = percent(space.inodes_free, space.inodes);
    if (auto* low = full(conditions, "inodes_full:" + name, inodes, space.inodes == 0, true)) {
        low->kind = "inodes_full";
        low->subject = name;
        low->title = "the file system at " + name + " has room for few more files";
        low->detail = std::to_string(inodes) + " % of its " + std::to_string(space.inodes) +
                      " inodes are free";
    }
    return conditions;
}

Findings Disk::look(Sight& sight) {
    const auto mountinfo = core::read_file_if_exists(sight.proc() + "/mountinfo", 4U << 20);
    if (!mountinfo) {
        return {.blind = true};
    }
    const auto fstab = core::read_file_if_exists(sight.on_host("/etc/fstab"), 1U << 20);
    const auto read_only = wanted_read_only(fstab.value_or(""));
    Findings findings;
    std::vector<std::string> told;
    for (const Mount& mount : real_mounts(*mountinfo)) {
        struct statvfs now {};
        if (::statvfs(sight.mounted(mount.point).c_str(), &now) != 0) {
            continue;
        }
        const auto fragment = static_cast<std::uint64_t>(now.f_frsize);
        const Space space{.bytes = fragment * now.f_blocks,
                          .bytes_free = fragment * now.f_bavail,
                          .inodes = now.f_files,
                          .inodes_free = now.f_favail};
        const auto conditions = judge(mount.point, space);
        findings.conditions.insert(findings.conditions.end(), conditions.begin(), conditions.end());
        if (mount.read_only && !read_only.contains(mount.point)) {
            const std::string name = quoted(mount.point, 120);
            findings.conditions.push_back(
                {.key = "disk_read_only:" + name,
                 .kind = "disk_read_only",
                 .subject = name,
                 .title = "the file system at " + name + " cannot be written",
                 .detail = "its " + quoted(mount.type, 20) +
                           " is read-only, and fstab does not ask for that: after an error the "
                           "kernel does this to save what is there",
                 .severity = Severity::critical});
        }
        if (told.size() < 6) {
            told.push_back(quoted(mount.point, 40) + " " +
                           std::to_string(100 - percent(space.bytes_free, space.bytes)) + " %");
        }
    }
    findings.facts.push_back(
        {.name = "disk",
         .owner = "you",
         .state = findings.conditions.empty() ? Fact::State::good : Fact::State::amiss,
         .text = told.empty() ? "no file system of its own" : core::join(told, ", ") + " used"});
    return findings;
}

} // namespace agentd::observers
