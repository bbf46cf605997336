/// What the machine starts with: kernel, initial ramdisk, kernel parameters, systemd itself.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/hardening.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

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

/// In their order: of two that contradict each other the last one counts.
std::vector<std::string> parameters(const Side& side) {
    std::vector<std::string> out;
    if (const auto* text = side.tree.file("kernel-params"))
        for (const auto word : core::split(*text, ' '))
            if (const auto clean = core::trim(word); !clean.empty())
                out.emplace_back(clean);
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
            if (std::find(others.begin(), others.end(), each) == others.end()) {
                told = true;
                const bool bad = guarding_of_parameter(each, added, new_ones) == Guarding::less;
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

/// Other systems that the boot menu offers; what they do is told beside this (specialisations.cpp).
void specialisations(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const std::string folder = "specialisation/";
    std::set<std::string> names;
    for (const auto* side : {&before, &after})
        for (auto at = side->tree.nodes.lower_bound(folder);
             at != side->tree.nodes.end() && at->first.starts_with(folder); ++at)
            names.insert(at->first);
    for (const auto& name : names)
        part(
            before, after, name,
            boot("specialisation_changed", name, Risk::high,
                 "another system that may be started, " + name.substr(folder.size()) + ", changes"),
            claims, sink);
}

/// The boot loader writes it into its files as it is, where a line more would be a command.
bool is_plain_label(const Json& label) {
    if (!label.is_string() || label.get_ref<const std::string&>().size() > 200)
        return false;
    const auto& text = label.get_ref<const std::string&>();
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(" ().,:_+-").find(c) != std::string_view::npos;
    });
}

/// boot.json repeats what the other files of the toplevel say; true when it says nothing else.
bool repeats(const Side& side, const Json& spec) {
    const auto params = parameters(side);
    std::vector<std::string> listed;
    if (const auto found = spec.find("kernelParams"); found != spec.end() && found->is_array())
        for (const auto& each : *found)
            if (each.is_string())
                listed.push_back(each.get<std::string>());
    const auto resolves = [&](const char* key, const char* name) {
        const auto found = spec.find(key);
        if (found == spec.end())
            return side.tree.find(name) == nullptr;
        return found->is_string() && side.store.resolve(found->get<std::string>()).path ==
                                         side.store.resolve(side.toplevel + "/" + name).path;
    };
    return listed == params && is_plain_label(spec.value("label", Json(""))) &&
           resolves("kernel", "kernel") && resolves("initrd", "initrd") &&
           spec.value("toplevel", Json()) == Json(side.toplevel) &&
           spec.value("init", Json()) == Json(side.toplevel + "/init");
}

std::optional<Json> read_bootspec(const StoreReader& store, const std::string& toplevel) {
    constexpr std::size_t limit = 4U << 20;
    const auto text = store.read(toplevel + "/boot.json", limit);
    auto json = text ? core::parse_json(*text, {.bytes = limit})
                     : core::Result<Json>(core::Problem{.code = "unreadable"});
    if (!json || !json->is_object() || !json->contains("org.nixos.bootspec.v1"))
        return std::nullopt;
    return std::move(json).value();
}

/// True when the specialisations listed are those of the toplevel, as their own boot.json says.
bool repeats_specialisations(const Side& side, const Json& listed) {
    if (!listed.is_object())
        return false;
    for (const auto& [name, spec] : listed.items()) {
        const auto* node = side.tree.find("specialisation/" + name);
        if (node == nullptr || node->kind != Node::Kind::reference ||
            read_bootspec(side.store, node->target) != spec)
            return false;
    }
    return true;
}

void bootspec(const Side& before, const Side& after, Claims& claims) {
    std::array<Json, 2> rest;
    const std::array sides{&before, &after};
    for (std::size_t i = 0; i < sides.size(); ++i) {
        const auto json = read_bootspec(sides[i]->store, sides[i]->toplevel);
        if (!json)
            return;
        rest[i] = *json;
        auto& spec = rest[i]["org.nixos.bootspec.v1"];
        if (!spec.is_object() || !repeats(*sides[i], spec))
            return;
        for (const auto* key : {"kernelParams", "kernel", "initrd", "toplevel", "init", "label"})
            spec.erase(key);
        constexpr auto others = "org.nixos.specialisation.v1";
        if (rest[i].contains(others) && repeats_specialisations(*sides[i], rest[i][others]))
            rest[i].erase(others);
    }
    Comparer comparer(before, after);
    if (comparer.texts(core::canonical(rest[0]), core::canonical(rest[1])) != Likeness::differs)
        claims.claim("boot.json");
}

/// NixOS with an overlay for /etc (24.05 and on) mounts an image that is made of the same files. It
/// is not read: where no file of /etc changes, nothing of it may.
void etc_image(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    const auto first =
        std::lower_bound(before.differences.begin(), before.differences.end(), "etc/");
    const bool told = first != before.differences.end() && first->starts_with("etc/");
    for (const auto* name : {"etc-metadata-image", "etc-basedir"})
        part(before, after, name,
             boot("etc_image", name, told ? Risk::high : Risk::critical,
                  told ? "the image that is mounted as /etc changes; that it holds what the files "
                         "told of say is not judged"
                       : "the image that is mounted as /etc changes, though no file of it does"),
             claims, sink);
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
    reboot = part(before, after, "dtbs",
                  boot("kernel_changed", "dtbs", Risk::high,
                       "the kernel is told of the devices in another way"),
                  claims, sink);
    if (reboot)
        sink.needs_reboot();
    etc_image(before, after, claims, sink);
    part(before, after, "systemd",
         boot("systemd_changed", "systemd", Risk::high, "systemd itself is replaced"), claims,
         sink);
    kernel_params(before, after, claims, sink);
    specialisations(before, after, claims, sink);
    bootspec(before, after, claims);
}

} // namespace agentd::evaluator::effects
