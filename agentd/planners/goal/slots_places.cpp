// Names of hosts, users, groups and inputs.
#include "agentd/planners/goal/slots.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal::slot {

namespace map = proposals::map;

void host(const Scene& scene, std::size_t at, Out out) {
    known_host(scene, at, out);
    const Token* token = nameable(scene, at);
    if (out.empty() && token != nullptr && has_only(token->text, "-_.")) {
        take(out, at + 1, {.text = token->text});
    }
}

void known_host(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token == nullptr || token->mark) {
        return;
    }
    for (const std::string& name : {token->text, token->lower}) {
        if (name.empty()) { // the name of nobody: the map would take it for a host of no name
            continue;
        }
        const map::Host* found = scene.around.map.host(name);
        // "For" what is called as its user is: that is who is meant.
        const Token* before = at == 0 ? nullptr : scene.token(at - 1);
        const bool home = found != nullptr && found->kind == "home" && scene.is_user(name) &&
                          before != nullptr && before->is("for");
        if (found != nullptr && !home) {
            return take(out, at + 1, {.text = found->name});
        }
    }
}

void host_group(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token == nullptr || token->mark || token->quoted || !token->lower.ends_with('s') ||
        token->lower.size() < 3) {
        return;
    }
    const std::string kind = token->lower.substr(0, token->lower.size() - 1);
    if (kind == "host" || kind == "machine" || kind == "system") {
        return; // whatever some are called: all are meant
    }
    Items found;
    for (const map::Host& host : scene.around.map.hosts) {
        std::string name = core::to_lower(host.name);
        std::replace(name.begin(), name.end(), '_', '-');
        for (auto part : core::split(name, '-')) {
            while (!part.empty() && part.back() >= '0' && part.back() <= '9') {
                part.remove_suffix(1);
            }
            if (part == kind && host.kind == "nixos") {
                found.push_back({.text = host.name});
                break;
            }
        }
    }
    if (!found.empty()) {
        out.push_back({.end = at + 1, .items = std::move(found)});
    }
}

void known_user(const Scene& scene, std::size_t at, Out out) {
    const Token* token = scene.token(at);
    if (token == nullptr || token->mark) {
        return;
    }
    for (const std::string& name : {token->text, token->lower}) {
        if (scene.is_user(name)) {
            return take(out, at + 1, {.text = name});
        }
    }
}

void known_group(const Scene& scene, std::size_t at, Out out) {
    static constexpr auto groups = std::to_array<std::string_view>(
        {"adbusers", "audio",   "cdrom",           "dialout", "disk",     "docker",   "games",
         "gamemode", "i2c",     "incus-admin",     "input",   "kvm",      "libvirtd", "lp",
         "lxd",      "media",   "networkmanager",  "nginx",   "pipewire", "plugdev",  "podman",
         "render",   "scanner", "systemd-journal", "tty",     "uinput",   "uucp",     "vboxusers",
         "video",    "wheel",   "wireshark"});
    const Token* token = nameable(scene, at);
    if (token != nullptr && std::find(groups.begin(), groups.end(), token->text) != groups.end()) {
        take(out, at + 1, {.text = token->text});
    }
}

void known_input(const Scene& scene, std::size_t at, Out out) {
    const Token* token = nameable(scene, at);
    for (const map::FlakeInput& input : scene.around.map.inputs) {
        if (token != nullptr && token->text == input.name) {
            return take(out, at + 1, {.text = input.name});
        }
    }
}

} // namespace agentd::planners::goal::slot
