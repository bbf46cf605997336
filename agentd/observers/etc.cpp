#include "agentd/observers/etc.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/vfs.h>

namespace agentd::observers {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 5'000;
constexpr std::size_t most_told = 20;
constexpr std::size_t most_foreign = 64;
constexpr std::size_t largest_copy = 1U << 20;
constexpr long overlay_magic = 0x794c7630;

/// Folders whose every file is obeyed by something that runs as root.
constexpr std::array owned{"pam.d",
                           "sudoers.d",
                           "profile.d",
                           "cron.d",
                           "modprobe.d",
                           "sysctl.d",
                           "tmpfiles.d",
                           "udev/rules.d",
                           "ld.so.conf.d",
                           "systemd/system",
                           "polkit-1/rules.d",
                           "ssh/sshd_config.d",
                           "ssh/authorized_keys.d"};

bool is_owned(const std::string& folder) {
    return std::any_of(owned.begin(), owned.end(), [&](const char* one) { return folder == one; });
}

bool is_note(const std::string& name) {
    return name.ends_with(".mode") || name.ends_with(".uid") || name.ends_with(".gid");
}

/// Same bytes; a copy this process may not read counts as the same.
bool same_bytes(const std::string& a, const std::string& b) {
    std::error_code error;
    const auto size = fs::file_size(a, error);
    if (error || size > largest_copy) {
        return true;
    }
    if (fs::file_size(b, error) != size || error) {
        return false;
    }
    try {
        return core::read_file(a, largest_copy) == core::read_file(b, largest_copy);
    } catch (const core::Failure&) {
        return true;
    }
}

/// NixOS links every file to /etc/static/<path>, or copies it where it has a mode of its own.
bool is_as_built(const std::string& built, const std::string& etc, const std::string& path) {
    const std::string source = built + "/" + path, target = etc + "/" + path;
    std::error_code error;
    const auto mode = core::read_file_if_exists(source + ".mode", 64);
    if (mode && core::trim(*mode) != "direct-symlink") {
        return fs::is_regular_file(fs::symlink_status(target, error)) && same_bytes(source, target);
    }
    if (!fs::is_symlink(fs::symlink_status(target, error))) {
        return false;
    }
    const auto leads = fs::read_symlink(target, error).string();
    return leads == "/etc/static/" + path || leads == source ||
           leads == fs::read_symlink(source, error).string();
}

class Comparison {
  public:
    Comparison(std::string built, std::string etc)
        : built_(std::move(built)), etc_(std::move(etc)) {}

    EtcDrift take() {
        std::error_code error;
        drift_.static_link = fs::canonical(built_, error) ==
                             fs::path(fs::read_symlink(etc_ + "/static", error).string());
        folder("", 0);
        if (!drift_.static_link) {
            drift_.replaced.insert(drift_.replaced.begin(), "static");
        }
        return std::move(drift_);
    }

  private:
    void folder(const std::string& path, int depth) {
        constexpr int deepest = 16;
        const std::string slash = path.empty() ? "" : path + "/";
        drift_.folders.push_back(path);
        std::error_code error;
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(built_ + "/" + path, error)) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        for (const std::string& name : names) {
            if (is_note(name) || drift_.compared >= most_files) {
                continue;
            }
            const std::string below = slash + name;
            const auto status = fs::symlink_status(built_ + "/" + below, error);
            if (fs::is_directory(status) && depth < deepest) {
                folder(below, depth + 1);
            } else {
                compare(below);
            }
        }
        if (is_owned(path)) {
            find_foreign(path, names);
        }
    }

    void compare(const std::string& path) {
        ++drift_.compared;
        std::error_code error;
        const auto status = fs::symlink_status(etc_ + "/" + path, error);
        if (status.type() == fs::file_type::not_found) {
            drift_.missing.push_back(path);
        } else if (!error && !is_as_built(built_, etc_, path)) {
            drift_.replaced.push_back(path);
        }
    }

    void find_foreign(const std::string& path, const std::vector<std::string>& names) {
        std::error_code error;
        auto& found = drift_.foreign[path];
        for (const auto& entry : fs::directory_iterator(etc_ + "/" + path, error)) {
            const std::string name = entry.path().filename().string();
            if (!std::binary_search(names.begin(), names.end(), name) &&
                found.size() < most_foreign) {
                found.push_back(name);
            }
        }
        std::sort(found.begin(), found.end());
        if (found.empty()) {
            drift_.foreign.erase(path);
        }
    }

    std::string built_, etc_;
    EtcDrift drift_;
};

Condition drifted(const char* kind, const std::string& path, const char* how, const char* detail) {
    const std::string name = "/etc/" + quoted(path, 200);
    return {.key = std::string(kind) + ":" + name,
            .kind = kind,
            .subject = name,
            .title = name + how,
            .detail = detail,
            .severity = Severity::warning};
}

void add_all(std::vector<Condition>& into, const char* kind, const std::vector<std::string>& paths,
             const char* how, const char* detail) {
    for (std::size_t i = 0; i < paths.size() && i < most_told; ++i) {
        into.push_back(drifted(kind, paths[i], how, detail));
    }
    if (paths.size() > most_told) {
        into.push_back(
            {.key = std::string(kind) + ":more",
             .kind = kind,
             .title = std::to_string(paths.size() - most_told) + " more files of /etc" + how,
             .detail = detail,
             .severity = Severity::warning});
    }
}

std::vector<Condition> conditions_of(const EtcDrift& drift) {
    std::vector<Condition> conditions;
    add_all(
        conditions, "etc_replaced", drift.replaced, " is not what the system put there",
        "the running system links or copies this file; something else is there now, and the next "
        "switch may keep it");
    add_all(conditions, "etc_missing", drift.missing, " is missing",
            "the running system puts this file there; the next switch brings it back");
    for (const auto& [folder, names] : drift.foreign) {
        const std::string path = "/etc/" + folder;
        std::vector<std::string> shown;
        for (std::size_t i = 0; i < names.size() && i < 10; ++i) {
            shown.push_back(quoted(names[i], 80));
        }
        conditions.push_back({.key = "etc_foreign:" + path,
                              .kind = "etc_foreign",
                              .subject = path,
                              .title = "files in " + path + " that the system did not put there",
                              .detail = core::join(shown, ", ") +
                                        (names.size() > shown.size() ? ", and more" : "") +
                                        ": programs obey whatever lies in this folder",
                              .severity = Severity::warning,
                              .trusted = false});
    }
    return conditions;
}

} // namespace

EtcDrift compare_etc(const std::string& built, const std::string& etc) {
    return Comparison(built, etc).take();
}

std::vector<std::string> Etc::kinds() const {
    return {"etc_replaced", "etc_missing", "etc_foreign"};
}

Aim Etc::aim() const {
    Aim aim;
    for (const std::string& folder : folders_) {
        aim.folders.push_back({.folder = folder, .topic = Topic::etc});
    }
    return aim;
}

Findings Etc::look(Sight& sight) {
    Fact fact{.name = "etc", .owner = "flake", .state = Fact::State::unknown};
    const auto& running = sight.links().running;
    struct statfs volume {};
    const std::string etc = sight.on_host("/etc");
    const bool overlay = ::statfs(etc.c_str(), &volume) == 0 &&
                         static_cast<long>(volume.f_type) == overlay_magic &&
                         sight.on_host("/") == "/" && !fs::exists("/etc/static");
    if (sight.moment().switching || !running || overlay) {
        fact.text = overlay
                        ? "an overlay that the system mounts: nothing of it is replaced in place"
                        : "not compared: a switch is under way or the running system is unknown";
        return {.facts = {fact}, .blind = true};
    }
    const auto drift = compare_etc(running->str() + "/etc", etc);
    folders_.clear();
    for (const std::string& folder : drift.folders) {
        folders_.push_back(etc + (folder.empty() ? "" : "/" + folder));
    }
    Findings findings{.conditions = conditions_of(drift)};
    const auto off = drift.replaced.size() + drift.missing.size() + drift.foreign.size();
    fact.state = off == 0 ? Fact::State::good : Fact::State::amiss;
    fact.text = std::to_string(drift.compared) + " files, " +
                (off == 0 ? std::string("all as built") : std::to_string(off) + " not as built");
    findings.facts.push_back(std::move(fact));
    return findings;
}

} // namespace agentd::observers
