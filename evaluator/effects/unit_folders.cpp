#include "evaluator/effects/unit_folders.hpp"

#include "evaluator/effects/tmpfiles_line.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

struct Kind {
    std::string_view setting; ///< `<setting>Directory=`, `<setting>DirectoryMode=`
    std::string_view below;
};
constexpr std::array kinds{Kind{"State", "/var/lib/"}, Kind{"Cache", "/var/cache/"},
                           Kind{"Logs", "/var/log/"}, Kind{"Runtime", "/run/"},
                           Kind{"Configuration", "/etc/"}};

/// What root and the login read there decides who is who, what boots or what runs.
constexpr std::array<std::string_view, 24> of_system{
    "nixos",    "systemd",       "private",        "dbus",           "udev",     "sshd", "ssh",
    "wrappers", "booted-system", "current-system", "user",           "users",    "lock", "secrets",
    "agenix",   "acme",          "journal",        "NetworkManager", "polkit-1", "sudo", "pam",
    "nix",      "static",        "machines"};

struct Folder {
    std::string path{};
    std::string mode{};
    std::string user{}; ///< in whose name the service runs
    friend auto operator<=>(const Folder&, const Folder&) = default;
};

/// With the specifiers that stand for the unit's own name filled in; others stay and fit all.
std::string filled_in(std::string text, const std::string& unit) {
    const auto stem = unit.substr(0, unit.rfind('.'));
    const auto at = stem.find('@');
    const std::array<std::pair<std::string_view, std::string>, 4> known{
        {{"%n", unit},
         {"%N", stem},
         {"%p", stem.substr(0, at)},
         {"%i", at == stem.npos ? std::string{} : stem.substr(at + 1)}}};
    for (const auto& [specifier, value] : known)
        for (auto found = text.find(specifier); found != text.npos && !value.empty();
             found = text.find(specifier, found + value.size()))
            text.replace(found, specifier.size(), value);
    return text;
}

std::string user_of(const std::string& name, const Unit& unit) {
    auto user = unit.last("Service.User");
    if (user.empty())
        user =
            unit.last("Service.DynamicUser") == "true" || unit.last("Service.DynamicUser") == "yes"
                ? name.substr(0, name.rfind('.'))
                : "root";
    return user;
}

std::set<Folder> folders_of(const std::string& name, const Unit& unit) {
    std::set<Folder> out;
    for (const auto& kind : kinds) {
        const auto key = "Service." + std::string(kind.setting) + "Directory";
        const auto found = unit.settings.find(key);
        if (found == unit.settings.end())
            continue;
        for (const auto& value : found->second)
            for (const auto word : core::split(value, ' ')) {
                const auto folder = core::trim(word.substr(0, word.find(':')));
                if (!folder.empty())
                    out.insert({.path = plain_path(std::string(kind.below) +
                                                   filled_in(std::string(folder), name)),
                                .mode = unit.last(key + "Mode"),
                                .user = user_of(name, unit)});
            }
    }
    return out;
}

/// `/var/lib/postgresql` for /var/lib/postgresql/15: whose it is, is said by its first part.
std::string top_of(const std::string& path) {
    for (const auto& kind : kinds)
        if (path.starts_with(kind.below))
            return path.substr(0, path.find('/', kind.below.size()));
    return path;
}

class Owners {
  public:
    explicit Owners(const Units& units) {
        for (const auto& [name, unit] : units)
            for (const auto& folder : folders_of(name, unit))
                users_[top_of(folder.path)].emplace(folder.user, name);
    }

    /// A unit that had the folder and runs in another name; "" when none did, or one that runs in
    /// this name had it as well.
    std::string other_than(const Folder& folder) const {
        const auto found = users_.find(top_of(folder.path));
        return found == users_.end() || found->second.contains(folder.user)
                   ? std::string{}
                   : found->second.begin()->second;
    }

  private:
    std::map<std::string, std::map<std::string, std::string>> users_; ///< folder -> user -> unit
};

bool is_of_system(const std::string& path) {
    return std::any_of(kinds.begin(), kinds.end(), [&](const Kind& kind) {
        return std::any_of(of_system.begin(), of_system.end(), [&](std::string_view each) {
            return may_mean(path, std::string(kind.below) + std::string(each));
        });
    });
}

bool is_of_agentd(const std::string& path) {
    return path.find("agentd") != path.npos ||
           std::any_of(kinds.begin(), kinds.end(), [&](const Kind& kind) {
               return may_mean(path, std::string(kind.below) + "agentd");
           });
}

bool everybody_writes(const std::string& mode) {
    return !mode.empty() &&
           (mode.find_first_not_of("01234567") != mode.npos || ((mode.back() - '0') & 2) != 0);
}

void judge(const std::string& name, const Folder& folder, const Owners& owners, Sink& sink) {
    const auto given = name + " is given " + folder.path + " and all that is in it";
    const auto whose = owners.other_than(folder);
    const auto own = top_of(folder.path);
    const bool by_name = own.substr(own.rfind('/') + 1) == name.substr(0, name.rfind('.'));
    if (is_of_agentd(folder.path) && !name.starts_with("agentd"))
        sink.add(effect_of("system", "agentd_changed", name, Risk::critical,
                           given + ", a folder of agentd"));
    else if (is_of_system(folder.path) && !by_name && !name.starts_with("systemd-"))
        sink.add(effect_of("units", "unit_root_exec", name, Risk::critical,
                           given + ", a folder of the system"));
    else if (!whose.empty())
        sink.add(effect_of("units", "unit_root_exec", name, Risk::high,
                           given + ", which is a folder of " + whose));
    else if (everybody_writes(folder.mode))
        sink.add(effect_of("units", "unit_hardening", name, Risk::high,
                           folder.path + " of " + name + " may be written by everybody"));
}

} // namespace

void tell_folders(const Units& before, const Units& after, Sink& sink) {
    const Owners owners(before);
    for (const auto& [name, unit] : after) {
        const auto old_unit = before.find(name);
        const auto had =
            old_unit == before.end() ? std::set<Folder>{} : folders_of(name, old_unit->second);
        for (const auto& folder : folders_of(name, unit))
            if (!had.contains(folder))
                judge(name, folder, owners, sink);
    }
}

} // namespace agentd::evaluator::effects
