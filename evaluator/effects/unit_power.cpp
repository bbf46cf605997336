#include "evaluator/effects/unit_power.hpp"

#include "evaluator/effects/capabilities.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/unit_reach.hpp"
#include "evaluator/effects/variable_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <tuple>

namespace agentd::evaluator::effects {
namespace {

/// Units that end what runs.
constexpr std::array ends{"poweroff.target",  "reboot.target",    "soft-reboot.target",
                          "halt.target",      "kexec.target",     "rescue.target",
                          "emergency.target", "exit.target",      "shutdown.target",
                          "final.target",     "suspend.target",   "hibernate.target",
                          "sleep.target",     "systemd-poweroff", "systemd-reboot",
                          "systemd-halt",     "systemd-kexec"};

struct Power {
    std::string area{};
    std::string kind{};
    Risk risk = Risk::high;
    std::string what{}; ///< `runs as alice, who can become root`
    friend auto operator<=>(const Power&, const Power&) = default;
};
using Powers = std::set<Power>;

std::vector<std::string> words(const Unit& unit, const std::string& key) {
    std::vector<std::string> out;
    if (const auto found = unit.settings.find(key); found != unit.settings.end())
        for (const auto& value : found->second)
            for (const auto word : core::split(value, ' '))
                if (const auto clean = core::trim(word); !clean.empty())
                    out.emplace_back(clean);
    return out;
}

std::vector<std::string> values(const Unit& unit, const std::string& key) {
    const auto found = unit.settings.find(key);
    return found == unit.settings.end() ? std::vector<std::string>{} : found->second;
}

/// The name of what may be named by its number.
std::string named(const std::string& who, const std::map<std::string, std::string>& numbers) {
    for (const auto& [name, number] : numbers)
        if (!number.empty() && number == who && (is_root_group(name) || name.starts_with("agentd")))
            return name;
    return who;
}

std::map<std::string, std::string> uids(const Accounts& accounts) {
    std::map<std::string, std::string> out;
    for (const auto& [name, user] : accounts.users)
        out[name] = text_of(user, "uid");
    return out;
}

class Reader {
  public:
    Reader(const Unit& unit, const Accounts& accounts, const std::string& prefix,
           const std::string& name)
        : unit_(unit), accounts_(accounts), prefix_(prefix), name_(name) {}

    Powers read() {
        for (const auto* section : {"Service.", "Socket.", "Mount.", "Swap."})
            in_section(section);
        endings();
        for (auto& each : reach_of(name_, unit_))
            out_.insert({.area = std::move(each.area),
                         .kind = std::move(each.kind),
                         .risk = each.risk,
                         .what = std::move(each.what)});
        return std::move(out_);
    }

  private:
    void add(std::string what, Risk risk = Risk::high) {
        out_.insert(
            {.area = "units", .kind = "unit_root_exec", .risk = risk, .what = std::move(what)});
    }

    void in_section(const std::string& section) {
        user(named(unit_.last(section + "User"), uids(accounts_)));
        for (const auto* key : {"Group", "SupplementaryGroups"})
            for (const auto& each : words(unit_, section + key))
                group(named(each, accounts_.gids));
        for (const auto& each : words(unit_, section + "AmbientCapabilities"))
            if (!is_tame_capability(each))
                add("keeps a capability of root (" + each + ")");
        files(section);
        if (runs_as_root(unit_))
            environment(section);
    }

    void agentd(const std::string& who) {
        if (!name_.starts_with("agentd"))
            out_.insert({.area = "system",
                         .kind = "agentd_changed",
                         .risk = Risk::critical,
                         .what = "runs as " + who + ", an account of agentd"});
    }

    void user(const std::string& who) {
        if (who.starts_with("agentd"))
            return agentd(who);
        for (const auto& [group, members] : accounts_.members)
            if (is_root_group(group) && who != "root" && members.contains(who))
                return add("runs in the name of " + who + ", who can become root");
    }

    void group(const std::string& who) {
        if (who.starts_with("agentd"))
            agentd(who);
        else if (is_root_group(who) && who != "root")
            add("runs in the group " + who + " and can become root");
    }

    /// What systemd opens as root, whoever the program runs as.
    void files(const std::string& section) {
        for (const auto* key : {"StandardOutput", "StandardError"})
            for (const auto& value : values(unit_, section + key)) {
                const auto colon = value.find(':');
                const auto how = value.substr(0, colon);
                if (colon != value.npos &&
                    (how == "append" || how == "file" || how == "truncate") &&
                    !is_of_services(value.substr(colon + 1)))
                    add("has root write what it prints to " + value.substr(colon + 1));
            }
        for (const auto& value : values(unit_, section + "OpenFile"))
            add("has root open " + value);
        for (const auto* key : {"MountImages", "ExtensionImages", "ExtensionDirectories",
                                "RootImage", "RootDirectory"})
            for (const auto& value : values(unit_, section + key))
                if (!is_fixed(value))
                    add("has another system mounted below it: " + value);
        for (const auto* key : {"LoadCredential", "LoadCredentialEncrypted"})
            for (const auto& value : values(unit_, section + key))
                for (const std::string_view place :
                     {":/etc/shadow", ":/etc/ssh", ":/etc/agentd", ":/var/lib/agentd"})
                    if (value.find(place) != value.npos)
                        add("is given what only root may read: " + value);
    }

    static bool is_of_services(const std::string& path) {
        return path.find("..") == path.npos && path.find('%') == path.npos &&
               path.find("//") == path.npos && path.find("ssh") == path.npos &&
               !path.starts_with("/var/lib/agentd") && !path.starts_with("/var/lib/nixos") &&
               !path.starts_with("/var/lib/systemd") &&
               (path.starts_with("/var/log/") || path.starts_with("/var/lib/") ||
                path.starts_with("/dev/tty") || path == "/dev/null" || path == "/dev/console");
    }

    bool is_fixed(const std::string& value) const {
        const auto path = value.substr(std::min(value.find_first_not_of("-+:"), value.size()));
        return path.empty() || path == "/" || path.starts_with(prefix_ + "/") ||
               path.starts_with("/run/");
    }

    /// A program of root loads and runs what its variables name.
    void environment(const std::string& section) {
        for (const auto& value : values(unit_, section + "ExecSearchPath"))
            if (!is_fixed(value))
                add("looks for its programs in " + value);
        for (const auto& line : values(unit_, section + "EnvironmentFile"))
            if (const auto path = line.substr(line.starts_with('-') ? 1 : 0); is_shaky(path))
                add("takes its variables from " + path + ", where others may write",
                    Risk::critical);
        for (auto word : words(unit_, section + "Environment")) {
            std::erase_if(word, [](char c) { return c == '"' || c == '\''; });
            const auto equals = word.find('=');
            if (equals != word.npos)
                variable(word.substr(0, equals), word.substr(equals + 1));
        }
    }

    static bool is_shaky(const std::string& path) {
        return std::any_of(shaky.begin(), shaky.end(),
                           [&](std::string_view place) { return path.starts_with(place); });
    }

    void variable(const std::string& name, const std::string& value) {
        const bool of_nix = name_.find("nix") != name_.npos || name_.find("nixos") != name_.npos;
        if (of_nix &&
            (name == "NIX_CONFIG" || name == "NIX_USER_CONF_FILES" || name == "NIX_CONF_DIR" ||
             name == "NIX_SSL_CERT_FILE" || name == "NIX_REMOTE" || name.ends_with("_proxy") ||
             name == "SSL_CERT_FILE" || name == "CURL_CA_BUNDLE" || name == "NIX_PATH") &&
            !value.starts_with("/etc/ssl/"))
            out_.insert({.area = "nix",
                         .kind = "nix_trust",
                         .risk = Risk::critical,
                         .what = "tells Nix whom to trust: " + name + "=" +
                                 without_hashes(value, prefix_)});
        if (!is_weighty(name) || name == "HOME" || name == "SHELL" || name.ends_with("_proxy"))
            return;
        for (const auto part : core::split(value, ':'))
            if (const auto path = core::trim(part); path.starts_with('/') && !is_system(path))
                return add("takes " + name + " from " + std::string(path) +
                           ", which lies outside the store");
        if (name == "BASH_ENV" || name == "LD_PRELOAD" || name == "PROMPT_COMMAND")
            add("runs what " + name + " names: " + without_hashes(value, prefix_));
    }

    bool is_system(std::string_view path) const {
        return path.find("/../") == path.npos &&
               (path.starts_with(prefix_ + "/") || path.starts_with("/run/current-system/") ||
                path.starts_with("/run/wrappers/") || path.starts_with("/etc/") ||
                path.starts_with("/run/opengl-driver"));
    }

    /// It may end the machine.
    void endings() {
        const auto manager = [&](std::string what) {
            out_.insert({.area = "system",
                         .kind = "manager_setting",
                         .risk = Risk::high,
                         .what = std::move(what)});
        };
        for (const auto& [key, all] : unit_.settings) {
            const auto name = key.substr(key.rfind('.') + 1);
            if (name.ends_with("Action") && name != "KillAction")
                for (const auto& value : all)
                    if (value != "none")
                        manager("may switch off or restart the machine (" + name + "=" + value +
                                ")");
            static constexpr std::array starters{"Unit",      "Wants",     "Requires",
                                                 "OnFailure", "OnSuccess", "Upholds",
                                                 "BindsTo",   "Service",   "PropagatesStopTo"};
            if (std::find(starters.begin(), starters.end(), name) != starters.end())
                for (const auto& each : words(unit_, key))
                    if (std::any_of(ends.begin(), ends.end(), [&](const std::string_view end) {
                            return each.starts_with(end);
                        }))
                        manager("may switch off or restart the machine (" + name + "=" + each +
                                ")");
        }
    }

    static constexpr std::array shaky{"/tmp/",  "/var/tmp/",  "/dev/shm/",
                                      "/home/", "/run/user/", "/srv/"};

    const Unit& unit_;
    const Accounts& accounts_;
    const std::string& prefix_;
    const std::string& name_;
    Powers out_;
};

} // namespace

void tell_powers(const std::string& name, const Unit& before, const Unit& after,
                 const PowerContext& context, Sink& sink) {
    const auto had = Reader(before, context.before, context.prefix, name).read();
    for (const auto& each : Reader(after, context.after, context.prefix, name).read())
        if (!had.contains(each))
            sink.add(effect_of(each.area, each.kind, name, each.risk, name + " " + each.what));
}

} // namespace agentd::evaluator::effects
