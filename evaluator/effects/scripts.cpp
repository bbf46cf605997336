/// The scripts of the toplevel itself, which root runs on a switch and on a boot.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

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

void one(const Side& before, const Side& after, const std::string& path, Claims& claims,
         Sink& sink) {
    if (!is_text_or_absent(before, after, path))
        return;
    claims.claim(path);
    const auto* old_node = before.tree.find(path);
    const auto* new_node = after.tree.find(path);
    const auto text_of = [](const Side& side, const Node* node) {
        return node == nullptr ? std::string{} : without_itself(side, node->bytes);
    };
    const auto old_text = text_of(before, old_node);
    const auto new_text = text_of(after, new_node);
    Comparer comparer(before, after);
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
