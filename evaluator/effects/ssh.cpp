/// Who may log in over SSH, and how.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/firewall.hpp"
#include "evaluator/effects/ssh_key.hpp"
#include "evaluator/effects/sshd_config.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array calm{
    "loglevel",      "banner",      "printmotd",           "usedns",
    "x11forwarding", "compression", "clientaliveinterval", "clientalivecountmax",
    "tcpkeepalive",  "maxstartups", "logingracetime",      "addressfamily",
    "printlastlog"};
constexpr std::array passwords{"passwordauthentication", "kbdinteractiveauthentication",
                               "permitemptypasswords"};

/// The keyword without its Match condition.
std::string bare(const std::string& key) {
    const auto colon = key.rfind(": ");
    return key.starts_with("match ") && colon != std::string::npos ? key.substr(colon + 2) : key;
}

template <class List> bool contains(const List& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
}

bool means_yes(const std::string& value) {
    return value == "yes" || value == "true";
}

Effect ssh(std::string kind, std::string subject, Risk risk, std::string sentence) {
    return effect_of("ssh", std::move(kind), std::move(subject), risk, std::move(sentence));
}

Effect root_login(const std::string& key, const std::string& after, const SshdConfig& config) {
    auto subject = key == "permitrootlogin" ? std::string("PermitRootLogin") : key;
    const bool by_password = means_yes(config.value("passwordauthentication")) ||
                             means_yes(config.value("kbdinteractiveauthentication"));
    if (means_yes(after))
        return ssh("sshd_root_login", subject, Risk::critical,
                   by_password ? "root may log in over SSH with a password"
                               : "root may log in over SSH in every way that is open to others");
    if (after == "no")
        return ssh("sshd_root_login", subject, Risk::notice, "root may no longer log in over SSH");
    return ssh("sshd_root_login", subject, Risk::high, "root may log in over SSH with a key");
}

/// A port of sshd lets everybody in, as far as the rendered firewall goes.
bool open_to_all(const Side& side, const SshdConfig& config) {
    const auto firewall = read_firewall(side, read_units(side.tree, "etc/systemd/system"));
    const std::string ports = config.value("port");
    const auto lets_in = [&](std::int64_t port) {
        return std::any_of(firewall.openings.begin(), firewall.openings.end(),
                           [&](const auto& each) {
                               return each.protocol == "tcp" && each.interface.empty() &&
                                      each.limit.empty() && each.first <= port && port <= each.last;
                           });
    };
    const auto lines = core::lines(ports);
    return !firewall.filters || std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
        const auto port = core::parse_integer(line);
        return port && lets_in(*port);
    });
}

Effect password_login(const std::string& key, const std::string& after, const Side& side,
                      const SshdConfig& config) {
    const auto keyword = bare(key);
    const bool yes = means_yes(after);
    auto risk = yes ? Risk::high : Risk::notice;
    const bool everybody = yes && key == keyword && open_to_all(side, config);
    auto sentence = std::string("the SSH server will ") + (yes ? "" : "no longer ") +
                    "accept passwords" + (everybody ? " from the whole internet" : "") + " (" +
                    key + ")";
    if (keyword == "permitemptypasswords" && means_yes(after)) {
        risk = Risk::critical;
        sentence = "accounts with an empty password may log in over SSH";
    }
    return ssh("sshd_password_login", key, risk, sentence);
}

Effect other_setting(const std::string& key, const std::string& after) {
    const auto keyword = bare(key);
    const bool keys_elsewhere =
        (keyword == "authorizedkeysfile" || keyword == "trustedusercakeys" ||
         keyword == "authorizedprincipalsfile") &&
        (after.find("/tmp") != std::string::npos || after.find("/var/") != std::string::npos ||
         after.find("/dev/shm") != std::string::npos);
    const bool command = keyword.ends_with("command") && keyword != "forcecommand";
    if (keys_elsewhere || command)
        return ssh("sshd_setting", key, Risk::critical,
                   "the keys that may log in over SSH come from somewhere else (" + key + ")");
    const auto risk = contains(calm, keyword) ? Risk::notice : Risk::high;
    return ssh("sshd_setting", key, risk, "the SSH setting " + key + " changes");
}

void setting(const std::string& key, std::string before, std::string after, const Side& side,
             const SshdConfig& config, Sink& sink) {
    const auto keyword = bare(key);
    const auto effect_of = [&] {
        if (keyword == "permitrootlogin")
            return root_login(key, core::to_lower(after), config);
        if (contains(passwords, keyword))
            return password_login(key, core::to_lower(after), side, config);
        return other_setting(key, after);
    };
    auto effect = effect_of();
    if (!before.empty())
        effect.before = std::move(before);
    if (!after.empty())
        effect.after = std::move(after);
    sink.add(std::move(effect));
}

/// Conditions of Match blocks that both have, in the order of the first.
std::vector<std::string> shared_blocks(const SshdConfig& mine, const SshdConfig& other) {
    std::vector<std::string> out;
    std::copy_if(mine.blocks.begin(), mine.blocks.end(), std::back_inserter(out),
                 [&](const auto& block) { return contains(other.blocks, block); });
    return out;
}

/// What the settings one by one do not show.
void whole(const SshdConfig& before, const SshdConfig& after, bool told, Comparer& comparer,
           Sink& sink) {
    const auto old_blocks = shared_blocks(before, after);
    const auto new_blocks = shared_blocks(after, before);
    if (old_blocks != new_blocks) {
        auto effect = ssh("sshd_setting", "order of Match blocks", Risk::high,
                          "another Match block of SSH counts first");
        effect.before = core::join(old_blocks, "\n");
        effect.after = core::join(new_blocks, "\n");
        return sink.add(std::move(effect));
    }
    if (!told && comparer.texts(core::join(before.written, "\n"),
                                core::join(after.written, "\n")) == Likeness::differs)
        sink.add(effect_of("unclassified", "unclassified_changed", "etc/ssh/sshd_config",
                           Risk::high,
                           "the settings of SSH are written otherwise, and what that does is not "
                           "known"));
}

void settings(const SshdConfig& before, const SshdConfig& after, const Side& new_side,
              Comparer& comparer, Sink& sink) {
    std::set<std::string> keys;
    for (const auto* side : {&before, &after})
        for (const auto& [key, value] : side->settings)
            keys.insert(key);
    if (!before.there || !after.there) {
        sink.add(ssh("sshd_setting", "sshd", after.there ? Risk::high : Risk::notice,
                     after.there ? "logging in over SSH is switched on"
                                 : "logging in over SSH is switched off"));
        if (!after.there)
            return;
        keys = {"permitrootlogin", "passwordauthentication", "permitemptypasswords",
                "authorizedkeysfile", "authorizedkeyscommand"};
    }
    const auto value = [](const SshdConfig& side, const std::string& key) {
        if (!side.there)
            return key == "authorizedkeysfile" ? SshdConfig{}.value(key) : std::string("no");
        const auto found = side.settings.find(key);
        return found == side.settings.end() || bare(key) == "permitrootlogin" ||
                       contains(passwords, key)
                   ? side.value(key)
                   : found->second;
    };
    bool told = !before.there;
    for (const auto& key : keys) {
        const auto old_value = value(before, key);
        const auto new_value = value(after, key);
        const bool nothing = !before.there && (new_value.empty() || new_value == "no");
        if (nothing || comparer.texts(old_value, new_value) != Likeness::differs)
            continue;
        setting(key, old_value, new_value, new_side, after, sink);
        told = true;
    }
    whole(before, after, told, comparer, sink);
}

void keys(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    constexpr std::string_view folder = "etc/ssh/authorized_keys.d/";
    for (const auto& path : differing(before, after, folder)) {
        if (!is_text_or_absent(before, after, path))
            continue;
        claim_file(before, after, path, claims);
        const auto user = path.substr(folder.size());
        const auto old_keys = meaningful_lines(before.tree.file(path));
        const auto new_keys = meaningful_lines(after.tree.file(path));
        for (const auto& key : new_keys)
            if (!old_keys.contains(key)) {
                auto effect = ssh("ssh_key_added", user + ": " + key_name(key), Risk::critical,
                                  "somebody with this key may log in as " + user);
                effect.after = key;
                sink.add(std::move(effect));
            }
        for (const auto& key : old_keys)
            if (!new_keys.contains(key)) {
                auto effect = ssh("ssh_key_removed", user + ": " + key_name(key), Risk::high,
                                  "this key may no longer log in as " + user);
                effect.before = key;
                sink.add(std::move(effect));
            }
    }
}

/// Settings that the command of sshd names beside the usual file.
std::string other_settings(const Side& side) {
    std::string out;
    for (const auto* name : {"sshd.service", "sshd@.service"}) {
        const auto unit = side.units.find(name);
        if (unit == side.units.end())
            continue;
        for (const auto& command : unit->second.commands()) {
            const auto words = core::split(command, ' ');
            for (std::size_t at = 0; at < words.size(); ++at)
                if ((words[at].starts_with("-f") || words[at].starts_with("-o")) &&
                    command.find("/sshd") != command.npos) {
                    auto word = std::string(words[at].substr(2));
                    if (word.empty() && at + 1 < words.size())
                        word = words[at + 1];
                    if (word != "/etc/ssh/sshd_config")
                        out += std::string(words[at].substr(0, 2)) + " " + word + "\n";
                }
        }
    }
    return out;
}

void command_line(const Side& before, const Side& after, Sink& sink) {
    Comparer comparer(before, after);
    const auto old_ones = other_settings(before);
    const auto new_ones = other_settings(after);
    if (comparer.texts(old_ones, new_ones) != Likeness::differs)
        return;
    auto effect = ssh("sshd_unreadable", "sshd.service", Risk::critical,
                      "what SSH allows cannot be judged: its command names settings of its own");
    effect.before = old_ones;
    effect.after = new_ones;
    sink.add(std::move(effect));
}

} // namespace

std::string key_name(const std::string& line) {
    const auto parts = core::split(line, ' ');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto blob = core::base64_decode(parts[i + 1]);
        if (!blob || blob->size() < 16)
            continue;
        const auto digest = core::sha256(*blob).bytes();
        std::string bytes;
        for (const auto byte : digest)
            bytes += static_cast<char>(byte);
        auto name = std::string(parts[i]) + " SHA256:" + core::base64_encode_unpadded(bytes);
        for (auto rest = i + 2; rest < parts.size(); ++rest)
            name += " " + std::string(parts[rest]);
        return i == 0 ? name : name + " (" + line.substr(0, line.find(parts[i])) + ")";
    }
    return line;
}

void classify_ssh(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    keys(before, after, claims, sink);
    command_line(before, after, sink);
    const auto old_config = read_sshd_config(before.tree);
    const auto new_config = read_sshd_config(after.tree);
    if (!old_config.there && !new_config.there)
        return;
    const std::string path = "etc/ssh/sshd_config";
    if (!old_config.readable || !new_config.readable) {
        if (differing(before, after, path).empty())
            return;
        const auto& bad = new_config.readable ? old_config : new_config;
        sink.add(ssh("sshd_unreadable", path, Risk::critical,
                     "what SSH allows cannot be judged: " + bad.trouble));
        claim_file(before, after, path, claims);
        return;
    }
    claim_file(before, after, path, claims);
    // A file that nothing includes is told by nobody here.
    for (const auto* side : {&old_config, &new_config})
        for (const auto& each : side->files)
            claim_file(before, after, each, claims);
    Comparer comparer(before, after);
    settings(old_config, new_config, after, comparer, sink);
}

} // namespace agentd::evaluator::effects
