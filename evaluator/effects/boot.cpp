/// What the machine starts with: kernel, initial ramdisk, kernel parameters, systemd itself.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

/// Parameters that hand the machine to somebody, or take a guard away.
constexpr std::array grave{"init=",
                           "rdinit=",
                           "systemd.mask",
                           "systemd.wants",
                           "systemd.unit",
                           "systemd.debug",
                           "rd.",
                           "audit=",
                           "mitigations=",
                           "lockdown=",
                           "module.sig_enforce",
                           "security=",
                           "apparmor=",
                           "selinux=",
                           "lsm=",
                           "ima_",
                           "evm=",
                           "iommu=",
                           "intel_iommu=",
                           "amd_iommu=",
                           "nokaslr",
                           "nosmap",
                           "nosmep",
                           "nopti",
                           "pti=",
                           "single",
                           "emergency",
                           "rescue",
                           "slub_debug",
                           "init_on_",
                           "module_blacklist=",
                           "modprobe.blacklist="};

Effect boot(std::string kind, std::string subject, Risk risk, std::string sentence) {
    return effect_of("boot", std::move(kind), std::move(subject), risk, std::move(sentence));
}

/// A part that is one link into the store. True when it differs (also when only one side has it).
bool part(const Side& before, const Side& after, const std::string& name, Effect effect,
          Claims& claims, Sink& sink) {
    const auto* old_node = before.tree.find(name);
    const auto* new_node = after.tree.find(name);
    if ((old_node == nullptr && new_node == nullptr) ||
        (old_node != nullptr && new_node != nullptr && same(*old_node, *new_node)))
        return false;
    const auto is_link = [](const Node* node) {
        return node == nullptr || node->kind == Node::Kind::reference;
    };
    if (!is_link(old_node) || !is_link(new_node))
        return true; // something unheard of: left to be unclassified
    claims.claim(name);
    const auto& prefix = before.store.prefix();
    if (old_node != nullptr)
        effect.before = without_hashes(old_node->target, prefix);
    if (new_node != nullptr)
        effect.after = without_hashes(new_node->target, prefix);
    if (effect.before == effect.after)
        effect.sentence += " (the same version, built otherwise)";
    sink.add(std::move(effect));
    return true;
}

std::multiset<std::string> parameters(const Side& side) {
    std::multiset<std::string> out;
    if (const auto* text = side.tree.file("kernel-params"))
        for (const auto word : core::split(*text, ' '))
            if (const auto clean = core::trim(word); !clean.empty())
                out.emplace(clean);
    return out;
}

void kernel_params(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto* old_node = before.tree.find("kernel-params");
    const auto* new_node = after.tree.find("kernel-params");
    if (old_node == nullptr || new_node == nullptr || same(*old_node, *new_node) ||
        old_node->kind != Node::Kind::file || new_node->kind != Node::Kind::file)
        return;
    claims.claim("kernel-params");
    sink.needs_reboot();
    const auto old_ones = parameters(before);
    const auto new_ones = parameters(after);
    bool told = false;
    const auto tell = [&](const auto& mine, const auto& others, bool added) {
        for (const auto& each : mine)
            if (!others.contains(each)) {
                told = true;
                const bool bad = std::any_of(grave.begin(), grave.end(), [&](const auto* start) {
                    return each.starts_with(start);
                });
                auto effect =
                    boot("kernel_params", each, bad ? Risk::critical : Risk::high,
                         "the kernel starts " + std::string(added ? "with " : "without ") + each);
                (added ? effect.after : effect.before) = each;
                sink.add(std::move(effect));
            }
    };
    tell(new_ones, old_ones, true);
    tell(old_ones, new_ones, false);
    if (!told)
        sink.add(boot("kernel_params", "order", Risk::high,
                      "the parameters of the kernel come in another order or number"));
}

/// Other systems that the boot menu offers: what is in them is not judged here.
void specialisations(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const std::string folder = "specialisation/";
    std::set<std::string> names;
    for (const auto* side : {&before, &after})
        for (auto at = side->tree.nodes.lower_bound(folder);
             at != side->tree.nodes.end() && at->first.starts_with(folder); ++at)
            names.insert(at->first);
    for (const auto& name : names)
        part(before, after, name,
             boot("specialisation_changed", name, Risk::high,
                  "another system that may be started, " + name.substr(folder.size()) +
                      ", changes; what is in it is not judged"),
             claims, sink);
}

/// boot.json repeats what the other files of the toplevel say; true when it says nothing else.
bool repeats(const Side& side, const Json& spec) {
    const auto params = parameters(side);
    std::multiset<std::string> listed;
    if (const auto found = spec.find("kernelParams"); found != spec.end() && found->is_array())
        for (const auto& each : *found)
            if (each.is_string())
                listed.insert(each.get<std::string>());
    const auto resolves = [&](const char* key, const char* name) {
        const auto found = spec.find(key);
        if (found == spec.end())
            return side.tree.find(name) == nullptr;
        return found->is_string() && side.store.resolve(found->get<std::string>()).path ==
                                         side.store.resolve(side.toplevel + "/" + name).path;
    };
    return listed == params && resolves("kernel", "kernel") && resolves("initrd", "initrd") &&
           spec.value("toplevel", Json()) == Json(side.toplevel) &&
           spec.value("init", Json()) == Json(side.toplevel + "/init");
}

void bootspec(const Side& before, const Side& after, Claims& claims) {
    std::array<Json, 2> rest;
    const std::array sides{&before, &after};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const auto* text = sides[i]->tree.file("boot.json");
        if (text == nullptr)
            return;
        const auto json = core::parse_json(*text);
        if (!json || !json->is_object() || !json->contains("org.nixos.bootspec.v1"))
            return;
        rest[i] = *json;
        auto& spec = rest[i]["org.nixos.bootspec.v1"];
        if (!spec.is_object() || !repeats(*sides[i], spec))
            return;
        for (const auto* key : {"kernelParams", "kernel", "initrd", "toplevel", "init", "label"})
            spec.erase(key);
    }
    Comparer comparer(before, after);
    if (comparer.texts(core::canonical(rest[0]), core::canonical(rest[1])) != Likeness::differs)
        claims.claim("boot.json");
}

} // namespace

void classify_boot(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    bool reboot = part(before, after, "kernel",
                       boot("kernel_changed", "kernel", Risk::high, "another kernel is started"),
                       claims, sink);
    reboot |= part(before, after, "kernel-modules",
                   boot("kernel_changed", "kernel-modules", Risk::high,
                        "other modules are loaded into the kernel"),
                   claims, sink);
    reboot |= part(before, after, "initrd",
                   boot("initrd_changed", "initrd", Risk::high,
                        "what runs before the disks are there (initrd) changes"),
                   claims, sink);
    if (reboot)
        sink.needs_reboot();
    part(before, after, "firmware",
         boot("kernel_changed", "firmware", Risk::notice, "other firmware is given to devices"),
         claims, sink);
    part(before, after, "systemd",
         boot("systemd_changed", "systemd", Risk::high, "systemd itself is replaced"), claims,
         sink);
    kernel_params(before, after, claims, sink);
    specialisations(before, after, claims, sink);
    bootspec(before, after, claims);
}

} // namespace agentd::evaluator::effects
