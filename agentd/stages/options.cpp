#include "agentd/stages/options.hpp"

#include "evaluator/option_diff.hpp"
#include "proposals/nix_words.hpp"

#include <algorithm>

namespace agentd::stages {

namespace {

constexpr std::size_t longest_file = 1U << 20;

void collect(const proposals::TreeReader& tree, const std::string& path,
             evaluator::OptionWords& words) {
    if (const auto text = tree.read(path); text && text->size() <= longest_file) {
        proposals::collect_nix_words(*text, words);
    }
}

/// The only line that came (or, where none came, went) in which the last name of the path stands.
std::optional<std::int64_t> line_of(const proposals::OptionChange& change,
                                    const std::vector<proposals::DiffFile>& diff, char kind) {
    std::optional<std::int64_t> found;
    for (const auto& file : diff) {
        if (file.path != change.file) {
            continue;
        }
        for (const auto& hunk : file.hunks) {
            for (const auto& line : hunk.lines) {
                evaluator::OptionWords words;
                if (line.kind == kind) {
                    proposals::collect_nix_words(line.text, words);
                }
                if (words.contains(change.path.back())) {
                    if (found) {
                        return std::nullopt;
                    }
                    found = kind == '+' ? line.new_line : line.old_line;
                }
            }
        }
    }
    return found;
}

} // namespace

OptionScope option_scope(const proposals::Repository& repository,
                         const evaluator::FlakeSource& base, const core::Commit& candidate) {
    OptionScope scope{.base = base, .diff = repository.diff(base.commit, candidate)};
    const auto before = repository.tree(base.commit), after = repository.tree(candidate);
    for (const auto& file : scope.diff) {
        if (file.path.ends_with(".nix")) {
            collect(*before, file.old_path.value_or(file.path), scope.words);
            collect(*after, file.path, scope.words);
        }
    }
    return scope;
}

proposals::OptionChanges compare_options(const OptionScope& scope,
                                         const core::Result<evaluator::OptionValues>& before,
                                         const std::optional<evaluator::OptionValues>& after) {
    if (scope.words.empty()) {
        return {.trouble = "no Nix file is changed"};
    }
    if (!before) {
        return {.trouble = "the configuration before the change cannot be read: " +
                           before.problem().message};
    }
    if (!after) {
        return {.trouble = "the options of the changed files cannot all be read"};
    }
    std::vector<std::string> touched;
    for (const auto& file : scope.diff) {
        touched.push_back(file.path);
    }
    auto changes = evaluator::option_changes(*before, *after, touched);
    for (auto& change : changes.changes) {
        if (change.file) {
            const auto line = line_of(change, scope.diff, '+');
            change.line = line ? line : line_of(change, scope.diff, '-');
        }
    }
    return changes;
}

} // namespace agentd::stages
