#include "evaluator/effects/file_rows.hpp"

#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

namespace agentd::evaluator::effects {
namespace {

bool is_file_or_absent(const Side& before, const Side& after, const std::string& path) {
    for (const auto* side : {&before, &after})
        if (side->tree.find(path) != nullptr && side->tree.file(path) == nullptr)
            return false;
    return true;
}

std::string text_of(const Side& side, const std::string& path) {
    const auto* text = side.tree.file(path);
    return text == nullptr ? std::string{} : *text;
}

void tell(const FileRow& row, const std::string& path, const Side& before, const Side& after,
          Sink& sink) {
    const auto how = how_it_differs(before, after, path);
    Effect effect{.area = std::string(row.area),
                  .kind = std::string(row.kind),
                  .subject = path,
                  .before = std::nullopt,
                  .after = std::nullopt,
                  .risk = row.risk,
                  .sentence = std::string(row.sentence) + " (" + path + " is " + how + ")"};
    if (!row.table)
        effect.after = core::join(
            line_changes(text_of(before, path), text_of(after, path), before.store.prefix()), "\n");
    sink.add(std::move(effect));
}

} // namespace

void tell_rows(std::span<const FileRow> rows, const Side& before, const Side& after, Claims& claims,
               Sink& sink) {
    Comparer comparer(before, after);
    for (const auto& row : rows)
        for (const auto& path : differing(before, after, row.path)) {
            const bool here = row.path.ends_with('/') || path == row.path;
            if (!here || claims.has(path) ||
                !(row.table ? is_file_or_absent(before, after, path)
                            : is_text_or_absent(before, after, path)))
                continue;
            claim_file(before, after, path, claims);
            if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds)
                tell_builds(path, sink);
            else
                tell(row, path, before, after, sink);
        }
}

} // namespace agentd::evaluator::effects
