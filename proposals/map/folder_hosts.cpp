#include "proposals/map/folder_hosts.hpp"

#include "agentd/core/text.hpp"
#include "proposals/map/walk.hpp"
#include "proposals/nix/locate.hpp"

#include <algorithm>
#include <array>

namespace agentd::proposals::map {

namespace {

constexpr std::size_t most_hosts = 500;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// A folder that holds other things than systems, wherever it lies.
bool holds_no_system(std::string_view folder) {
    return is_one_of(folder, {"home", "homes", "home-manager", "users", "pkgs", "secrets",
                              "packages", "overlay", "overlays", "templates", "lib"}) ||
           folder.find("darwin") != std::string_view::npos || folder.ends_with("bsd") ||
           folder.find("iso") == folder.size() - 3;
}

/// A folder whose folders and files are hosts.
bool holds_hosts(std::string_view path) {
    const std::string folder = name_of(std::string(path));
    if (folder == "nixos") {
        const std::string above = name_of(folder_of(std::string(path)));
        return above == "hosts" || above == "configurations" || above == "machines";
    }
    const bool system = folder.ends_with("-linux") && folder.find('_') != std::string_view::npos;
    return system || folder == "aarch64-linux" ||
           is_one_of(folder, {"hosts", "host", "machines", "systems", "nodes", "servers",
                              "nixosConfigurations"});
}

bool is_shared_by_name(std::string_view name) {
    return is_one_of(name, {"common", "shared", "modules", "profiles", "global", "optional", "core",
                            "base", "default", "template", "features", "mixins", "nixos"}) ||
           name.empty() || name.front() == '_' || name.front() == '.' || holds_no_system(name) ||
           holds_hosts(name);
}

/// The file that a host's folder, or the one file it has, begins with; and what it is called.
struct Entry {
    std::string file{};
    std::string name{};
    std::string above{}; ///< the folder of the hosts
};

std::optional<Entry> entry_at(const std::string& file) {
    const auto parts = core::split(file, '/');
    const bool elsewhere = std::any_of(parts.begin(), parts.end(),
                                       [](const auto part) { return holds_no_system(part); });
    if (elsewhere) {
        return std::nullopt;
    }
    const std::string last = name_of(file);
    const std::string folder = folder_of(file);
    if (last == "default.nix" || last == "configuration.nix") {
        return Entry{.file = file, .name = name_of(folder), .above = folder_of(folder)};
    }
    return Entry{.file = file, .name = stem_of(file), .above = folder};
}

/// `default.nix` before the `configuration.nix` beside it.
std::vector<Entry> entries(const Files& files) {
    std::vector<Entry> out;
    for (const std::string& file : files.nix_files()) {
        auto entry = entry_at(file);
        const bool second = entry && name_of(file) == "configuration.nix" &&
                            files.kind(folder_of(file) + "/default.nix") == Files::Kind::file;
        if (entry && !second) {
            out.push_back(std::move(*entry));
        }
    }
    return out;
}

bool says(const nix::Tree& tree, const std::vector<std::string>& path) {
    const auto found = nix::locate(tree, path, nix::FileKind::module);
    return !found.exact.empty() || !found.below.empty();
}

/// The options of a machine, and no outputs of a flake.
bool is_machine(Files& files, const std::string& entry, const Modules& modules) {
    const SourceFile* first = files.parse(entry);
    for (const char* name : {"flake", "perSystem", "den", "outputs", "home", "xdg"}) {
        if (first == nullptr || says(first->tree, {name})) {
            return false;
        }
    }
    const std::array<std::vector<std::string>, 7> proofs{{{"fileSystems"},
                                                          {"system", "stateVersion"},
                                                          {"boot", "initrd"},
                                                          {"boot", "loader"},
                                                          {"networking", "hostName"},
                                                          {"nixpkgs", "hostPlatform"},
                                                          {"disko", "devices"}}};
    for (const ModuleUse& use : modules) {
        const SourceFile* file = files.parse(use.file);
        const bool near = use.file.starts_with(folder_of(entry));
        if (file != nullptr && near &&
            std::any_of(proofs.begin(), proofs.end(),
                        [&](const auto& path) { return says(file->tree, path); })) {
            return true;
        }
    }
    return false;
}

bool walk(Files& files, Reader& reader, const Entry& entry, Host& host) {
    Host made{.name = host.name, .kind = host.kind, .in_part = true, .unresolved = host.unresolved};
    reader.host = host.name;
    Walk(reader, made).system(reader.list({{.value = reader.path(entry.file)}}), nullptr);
    reader.host.clear();
    if (!is_machine(files, entry.file, made.modules)) {
        return false;
    }
    made.unresolved.insert(made.unresolved.begin(),
                           "how " + host.name + " is made cannot be told without Nix: " +
                               entry.file + " is taken for its own, what it shares is not known");
    host = std::move(made);
    return true;
}

const Entry* only_one(const std::vector<Entry>& all, const std::string& name, bool among_hosts) {
    const Entry* found = nullptr;
    for (const Entry& entry : all) {
        if (entry.name != name || (among_hosts && !holds_hosts(entry.above))) {
            continue;
        }
        if (found != nullptr) {
            return nullptr;
        }
        found = &entry;
    }
    return found;
}

} // namespace

void read_host_folders(Files& files, Reader& reader, RepoMap& map) {
    const auto all = entries(files);
    bool any = false;
    for (Host& host : map.hosts) {
        if (host.kind != "nixos") {
            continue;
        }
        any = true;
        const Entry* entry = only_one(all, host.name, true);
        entry = entry == nullptr ? only_one(all, host.name, false) : entry;
        if (host.modules.empty() && host.inlined.empty() && host.inside.empty() &&
            entry != nullptr) {
            walk(files, reader, *entry, host);
        }
    }
    for (const Entry& entry : all) {
        const bool fits = !any && holds_hosts(entry.above) && !is_shared_by_name(entry.name) &&
                          only_one(all, entry.name, true);
        Host host{.name = entry.name, .kind = "nixos"};
        if (fits && map.hosts.size() < most_hosts && walk(files, reader, entry, host)) {
            map.hosts.push_back(std::move(host));
            map.hosts_known = false;
        }
    }
}

} // namespace agentd::proposals::map
