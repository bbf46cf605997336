#include "agentd/machine/generations.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <dirent.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>

namespace agentd::machine {

namespace {

constexpr std::size_t most_generations = 4096;
constexpr std::size_t most_good_kept = 2;

struct DirectoryCloser {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// `system-12-link` of `system` -> 12.
std::optional<std::int64_t> number_in(std::string_view name, const std::string& profile) {
    constexpr std::string_view end = "-link";
    if (!name.starts_with(profile + "-") || !name.ends_with(end)) {
        return std::nullopt;
    }
    name.remove_prefix(profile.size() + 1);
    name.remove_suffix(std::min(end.size(), name.size()));
    const auto number = core::parse_integer(name);
    return number && *number > 0 ? number : std::nullopt;
}

std::optional<Generation> read_generation(const std::string& link, std::int64_t number) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(link, error);
    const auto path = error ? std::nullopt : core::StorePath::parse(target.string());
    struct stat info {};
    if (!path || ::lstat(link.c_str(), &info) != 0) {
        return std::nullopt;
    }
    return Generation{.number = number,
                      .path = *path,
                      .made = core::Instant(std::chrono::seconds(info.st_mtim.tv_sec))};
}

} // namespace

std::vector<Generation> list_generations(const Machine& machine) {
    const std::filesystem::path profile = machine.on_host(machine.profile());
    const std::string folder = profile.parent_path().string();
    const std::unique_ptr<DIR, DirectoryCloser> directory(::opendir(folder.c_str()));
    std::vector<Generation> found;
    while (directory) {
        const dirent* entry = ::readdir(directory.get());
        if (entry == nullptr) {
            break;
        }
        const auto number = number_in(entry->d_name, profile.filename().string());
        auto generation =
            number ? read_generation(folder + "/" + entry->d_name, *number) : std::nullopt;
        if (generation) {
            found.push_back(std::move(*generation));
        }
    }
    std::sort(found.begin(), found.end(),
              [](const Generation& a, const Generation& b) { return a.number < b.number; });
    if (found.size() > most_generations) {
        found.erase(found.begin(), found.end() - most_generations);
    }
    return found;
}

std::vector<Kept> kept_systems(const SystemLinks& links,
                               const std::vector<core::StorePath>& last_good,
                               const std::vector<core::StorePath>& in_flight) {
    std::vector<Kept> kept;
    const auto keep = [&](const core::StorePath& path, const char* why) {
        const bool known = std::any_of(kept.begin(), kept.end(),
                                       [&](const Kept& each) { return each.path == path; });
        if (!known) {
            kept.push_back({.path = path, .why = why});
        }
    };
    const auto keep_link = [&](const std::optional<core::StorePath>& path, const char* why) {
        if (path) {
            keep(*path, why);
        }
    };
    keep_link(links.running, "it runs");
    keep_link(links.booted, "it was booted");
    keep_link(links.profile, "the next boot takes it");
    for (const auto& path : in_flight) {
        keep(path, "an apply is in flight");
    }
    for (std::size_t i = 0; i < std::min(most_good_kept, last_good.size()); ++i) {
        keep(last_good[i], "it was the last one known to be healthy");
    }
    return kept;
}

GarbagePlan plan_garbage(const std::vector<Generation>& generations, const std::vector<Kept>& kept,
                         core::Instant now, std::int64_t days) {
    GarbagePlan plan;
    for (const Generation& generation : generations) {
        const auto found = std::find_if(kept.begin(), kept.end(), [&](const Kept& each) {
            return each.path == generation.path;
        });
        if (found != kept.end()) {
            plan.kept.emplace_back(generation, found->why);
        } else if (&generation == &generations.back()) {
            plan.kept.emplace_back(generation, "it is the newest");
        } else if (now - generation.made <= std::chrono::days(days)) {
            plan.kept.emplace_back(generation, "it is not that old");
        } else {
            plan.removed.push_back(generation);
        }
    }
    return plan;
}

} // namespace agentd::machine
