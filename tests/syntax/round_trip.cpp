#include "proposals/nix/layout.hpp"
#include "proposals/nix/splice.hpp"
#include "tests/syntax/tool.hpp"

#include <algorithm>
#include <iostream>

namespace agentd::tests {

using namespace agentd::proposals;

namespace {

struct Counts {
    std::size_t lists{};
    std::size_t sets{};
    std::size_t removed{};
    std::size_t failed{};
    std::size_t skipped{};
    std::size_t generated{};
};

bool is_sequence(nix::NodeKind kind) {
    return kind == nix::NodeKind::list || kind == nix::NodeKind::set ||
           kind == nix::NodeKind::rec_set;
}

void failed(Counts& counts, const std::string& file, const nix::Tree& tree, nix::NodeId node,
            const std::string& why) {
    if (++counts.failed <= 20) {
        const auto at = tree.position(node);
        std::cout << file << ":" << at.line << ":" << at.column << ": " << why << '\n';
    }
}

/// The node of the same kind that begins at the same place and is as high.
nix::NodeId same_node(const nix::Tree& before, nix::NodeId node, const nix::Tree& after) {
    for (nix::NodeId id = 0; id < after.size(); ++id) {
        if (after.kind(id) == before.kind(node) && after.start(id) == before.start(node)) {
            return id;
        }
    }
    return nix::no_node;
}

/// In and out again, behind the last item or as the first.
void there_and_back(const std::string& file, const nix::Tree& tree, nix::NodeId node,
                    Counts& counts) {
    const nix::Sequence sequence = nix::sequence_of(tree, node);
    const bool list = tree.kind(node) == nix::NodeKind::list;
    const auto after =
        sequence.items.empty() ? std::nullopt : std::optional(sequence.items.size() - 1);
    const auto put = nix::finish(
        tree,
        {nix::insert_item(tree, sequence, after, list ? "inserted-item" : "inserted-item = 1;")},
        {.inserted = 1});
    if (!put && put.problem().code == "generated") {
        ++counts.generated;
        return;
    }
    if (!put) {
        return failed(counts, file, tree, node, put.problem().message);
    }
    const auto read = nix::parse(put->text);
    const auto& edited = std::get<nix::Tree>(read);
    const nix::NodeId parent = same_node(tree, node, edited);
    const nix::Sequence longer = nix::sequence_of(edited, parent);
    const auto back = nix::finish(
        edited, {nix::remove_item(edited, longer, longer.items.size() - 1)}, {.removed = 1});
    if (!back || back->text != tree.source()) {
        return failed(counts, file, tree, node, back ? "not what it was" : back.problem().message);
    }
    (list ? counts.lists : counts.sets) += 1;
}

/// One of its items out: nothing else changes.
void take_out(const std::string& file, const nix::Tree& tree, nix::NodeId node, Counts& counts) {
    const auto items = nix::sequence_of(tree, node).items;
    if (items.empty()) {
        return;
    }
    const nix::NodeId item = items[items.size() / 2];
    const auto out = nix::finish(tree, nix::remove_from(tree, node, {item}), {.removed = 1});
    if (!out && out.problem().code == "generated") {
        return;
    }
    if (!out) {
        return failed(counts, file, tree, item, out.problem().message);
    }
    ++counts.removed;
}

} // namespace

int round_trip(const std::vector<std::string>& files) {
    constexpr std::size_t largest = 300000; // an edit costs a parse: a large file, minutes
    Counts counts;
    for (const std::string& file : files) {
        const auto read = nix::parse(read_whole(file));
        const auto* tree = std::get_if<nix::Tree>(&read);
        if (tree == nullptr || tree->source().size() > largest) {
            ++counts.skipped;
            continue;
        }
        for (nix::NodeId id = 0; id < tree->size(); ++id) {
            if (is_sequence(tree->kind(id))) {
                there_and_back(file, *tree, id, counts);
                take_out(file, *tree, id, counts);
            }
        }
    }
    std::cout << files.size() << " files (" << counts.skipped
              << " too large or no Nix): " << counts.lists << " lists and " << counts.sets
              << " sets are as they were after one item in and out; " << counts.removed
              << " items taken out; " << counts.generated
              << " refused in files that a program writes; " << counts.failed << " failed\n";
    return counts.failed == 0 ? 0 : 1;
}

} // namespace agentd::tests
