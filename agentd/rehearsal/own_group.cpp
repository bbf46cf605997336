// Control groups: the container gets a group below the one we are in, whatever started us.
#include "agentd/rehearsal/place.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace agentd::rehearsal {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view prefix = "agentd-rehearse-";

/// A hierarchy and where in it this process is.
struct Hierarchy {
    std::string mounted{};
    std::string own{};
};

bool is_unified(const char* folder) {
    struct statfs what {};
    return ::statfs(folder, &what) == 0 && what.f_type == CGROUP2_SUPER_MAGIC;
}

/// Those that systemd keeps its processes in: the unified one, or systemd's own beside it.
std::vector<Hierarchy> hierarchies() {
    std::vector<Hierarchy> out;
    const std::string text = core::read_file("/proc/self/cgroup", 64U << 10);
    for (const auto line : core::lines(text)) {
        const auto colon = line.rfind(':');
        const std::string own(colon == std::string_view::npos ? "" : line.substr(colon + 1));
        if (line.starts_with("0::")) {
            for (const char* place : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
                if (is_unified(place)) {
                    out.push_back({.mounted = place, .own = own});
                }
            }
        } else if (line.find(":name=systemd:") != std::string_view::npos) {
            out.push_back({.mounted = "/sys/fs/cgroup/systemd", .own = own});
        }
    }
    return out;
}

bool enter(const std::string& folder) {
    std::ofstream file(folder + "/cgroup.procs");
    file << "0" << std::flush;
    return file.good();
}

/// Only what is empty goes.
void remove_empty(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_directory(error) && !entry.is_symlink(error)) {
            remove_empty(entry.path());
        }
    }
    ::rmdir(folder.c_str());
}

void sweep(const std::string& parent) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parent, error)) {
        if (entry.path().filename().string().starts_with(prefix)) {
            remove_empty(entry.path());
        }
    }
}

/// The smallest that holds for a group: its own and those above.
std::optional<std::uint64_t> smallest(const Hierarchy& in, const char* file) {
    std::optional<std::uint64_t> out;
    for (fs::path at = in.own;; at = at.parent_path()) {
        const auto text = core::read_file_if_exists(in.mounted + at.string() + "/" + file, 64);
        if (const auto value = text ? core::parse_integer(core::trim(*text)) : std::nullopt) {
            out = std::min(out.value_or(static_cast<std::uint64_t>(*value)),
                           static_cast<std::uint64_t>(*value));
        }
        if (at == at.parent_path() || at.empty()) {
            return out;
        }
    }
}

/// Whoever makes groups there does it alone: a new one is empty until it is entered, and would be
/// swept away. Let go with the descriptor.
core::Fd alone_in(const std::string& parent) {
    core::Fd held(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (held && ::flock(held.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
    return held;
}

} // namespace

OwnGroup::OwnGroup() {
    for (const auto& each : hierarchies()) {
        const std::string parent = each.mounted + (each.own == "/" ? "" : each.own);
        const std::string folder = fmt::format("{}/{}{}", parent, prefix, ::getpid());
        const core::Fd lock = alone_in(parent);
        sweep(parent);
        std::error_code error;
        if (fs::create_directory(folder, error) && enter(folder)) {
            made_.push_back({.parent = parent, .folder = folder});
        }
    }
}

OwnGroup::~OwnGroup() {
    for (const auto& [parent, folder] : made_) {
        if (enter(parent)) {
            remove_empty(folder);
        }
    }
}

std::string OwnGroup::limits() {
    for (const auto& each : hierarchies()) {
        const auto memory = smallest(each, "memory.max");
        const auto tasks = smallest(each, "pids.max");
        if (memory || tasks) {
            return fmt::format("memory {}, {} tasks",
                               memory ? fmt::format("{} MiB", *memory >> 20U)
                                      : std::string("without limit"),
                               tasks ? std::to_string(*tasks) : std::string("any number of"));
        }
    }
    return "no limit of memory and tasks";
}

} // namespace agentd::rehearsal
