#include "agentd/stages/options.hpp"

#include "evaluator/option_diff.hpp"
#include "proposals/nix_words.hpp"

#include <map>

namespace agentd::stages {

namespace {

constexpr std::size_t longest_file = 1U << 20;

void collect(const proposals::TreeReader& tree, const std::string& path,
             evaluator::OptionWords& words) {
    if (const auto text = tree.read(path); text && text->size() <= longest_file) {
        proposals::collect_nix_words(*text, words);
    }
}

/// Word -> its line on that side of the change; nullopt when several changed lines have it.
using Lines = std::map<std::string, std::optional<std::int64_t>, std::less<>>;

Lines lines_of(const proposals::DiffFile& file, char kind) {
    Lines lines;
    for (const auto& hunk : file.hunks) {
        for (const auto& line : hunk.lines) {
            evaluator::OptionWords words;
            if (line.kind == kind) {
                proposals::collect_nix_words(line.text, words);
            }
            for (const auto& word : words) {
                const auto [at, first] =
                    lines.try_emplace(word, kind == '+' ? line.new_line : line.old_line);
                if (!first) {
                    at->second = std::nullopt;
                }
            }
        }
    }
    return lines;
}

/// The only line that came in which the last name of an option's path stands; where none came, the
/// only one that went.
void find_lines(const proposals::DiffFile& file, std::vector<proposals::OptionChange>& changes) {
    const Lines came = lines_of(file, '+'), went = lines_of(file, '-');
    for (auto& change : changes) {
        if (change.file != file.path) {
            continue;
        }
        for (const auto* lines : {&came, &went}) {
            if (const auto at = lines->find(change.path.back()); at != lines->end()) {
                change.line = at->second;
                break;
            }
        }
    }
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
    for (const auto& file : scope.diff) {
        find_lines(file, changes.changes);
    }
    return changes;
}

} // namespace agentd::stages
