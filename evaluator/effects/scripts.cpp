/// The scripts of the toplevel itself, which root runs on a switch and on a boot.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

/// The text with the system's own path taken out: its name holds host and release, which say
/// nothing here.
std::string without_itself(const Side& side, const std::string& text) {
    std::string out;
    std::size_t at = 0;
    for (auto found = text.find(side.toplevel); found != std::string::npos;
         found = text.find(side.toplevel, at)) {
        out.append(text, at, found - at);
        out += "<this system>";
        at = found + side.toplevel.size();
    }
    return out.append(text, at);
}

bool is_boot_loader(std::string_view name) {
    static constexpr std::array words{"install-grub",        "install-systemd-boot", "systemd-boot",
                                      "bootloader",          "boot-loader",          "extlinux",
                                      "install-lanza",       "lanzaboote",           "refind",
                                      "init-script-builder", "raspberrypi-builder"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return name.find(word) != name.npos; });
}

/// Takes out the programs that write the boot menu, which are told by themselves.
std::string without_boot_loader(const Side& side, const std::string& text,
                                std::vector<std::string>& programs) {
    std::string out;
    std::size_t at = 0;
    for (const auto& reference : store_references(text, side.store.prefix())) {
        if (!is_boot_loader(reference.name))
            continue;
        out.append(text, at, reference.begin - at);
        out += "<boot loader>";
        programs.push_back(text.substr(reference.begin, reference.full_end - reference.begin));
        at = reference.full_end;
    }
    return out.append(text, at);
}

void boot_loader(const std::vector<std::string>& old_ones, const std::vector<std::string>& new_ones,
                 Comparer& comparer, Sink& sink) {
    comparer.forget_lines();
    if (comparer.texts(core::join(old_ones, "\n"), core::join(new_ones, "\n")) != Likeness::differs)
        return;
    sink.add({.area = "boot",
              .kind = "boot_loader",
              .subject = "boot loader",
              .before = std::nullopt,
              .after = core::join(comparer.lines(), "\n"),
              .risk = Risk::high,
              .sentence = "the boot menu, or how it is written, changes"});
}

/// With systemd in the initial ramdisk `init` is a copy of systemd, which is told by itself.
bool is_systemd(const Side& side, const std::string& path) {
    const auto* node = side.tree.find(path);
    return path == "init" && node != nullptr && node->kind == Node::Kind::file &&
           side.store.read(side.toplevel + "/systemd/lib/systemd/systemd", node->size) ==
               node->bytes();
}

void one(const Side& before, const Side& after, const std::string& path, Claims& claims,
         Sink& sink) {
    if (is_systemd(before, path) && is_systemd(after, path))
        return claims.claim(path);
    if (!is_text_or_absent(before, after, path))
        return;
    claims.claim(path);
    const auto* old_node = before.tree.find(path);
    const auto* new_node = after.tree.find(path);
    const auto text_of = [](const Side& side, const Node* node) {
        return node == nullptr ? std::string{} : without_itself(side, node->bytes());
    };
    std::vector<std::string> old_loaders;
    std::vector<std::string> new_loaders;
    const auto old_text = without_boot_loader(before, text_of(before, old_node), old_loaders);
    const auto new_text = without_boot_loader(after, text_of(after, new_node), new_loaders);
    Comparer comparer(before, after);
    boot_loader(old_loaders, new_loaders, comparer, sink);
    comparer.forget_lines();
    if (old_node != nullptr && new_node != nullptr &&
        old_node->executable == new_node->executable &&
        comparer.texts(old_text, new_text) != Likeness::differs)
        return;
    const auto& lines = comparer.lines();
    sink.add({.area = "scripts",
              .kind = "activation_changed",
              .subject = path,
              .before = std::nullopt,
              .after = core::join(lines, "\n"),
              .risk = Risk::high,
              .sentence = "what root runs changes: " + path + " is " +
                          how_it_differs(before, after, path)});
}

} // namespace

void classify_scripts(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    static constexpr std::array starts{"activate", "dry-activate",          "init",
                                       "bin/",     "append-initrd-secrets", "prepare-root"};
    for (const auto* start : starts)
        for (const auto& path : differing(before, after, start))
            if (path == start || std::string_view(start).ends_with('/'))
                one(before, after, path, claims, sink);
}

} // namespace agentd::evaluator::effects
