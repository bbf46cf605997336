#include "evaluator/effects/tree.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <vector>

namespace agentd::evaluator::effects {
namespace {

/// Directories of a toplevel that are packages: compared by path, explained by the closure.
constexpr std::array whole{
    "sw",     "systemd",        "kernel-modules", "firmware",    "kernel",
    "initrd", "specialisation", "dtbs",           "etc-basedir", "etc-metadata-image"};

/// And those that each user has.
constexpr std::string_view per_user = "etc/profiles/per-user";

class Walk {
  public:
    Walk(const StoreReader& store, TreeLimits limits) : store_(store), limits_(limits) {}

    Tree run(const std::string& toplevel) {
        const auto names = store_.list(toplevel, limits_.entries);
        if (!names)
            tree_.truncated = true;
        else
            for (const auto& name : *names)
                top(toplevel, name);
        return std::move(tree_);
    }

  private:
    void top(const std::string& toplevel, const std::string& name) {
        const auto path = toplevel + "/" + name;
        if (name == "specialisation") {
            // Each is a bootable system of its own; one name each.
            const auto systems = store_.list(path, limits_.entries);
            for (const auto& each : systems.value_or(Names{}))
                reference(path + "/" + each, name + "/" + each);
            if (const auto where = store_.resolve(path); !systems)
                where.end == Resolved::End::directory
                    ? unreadable(name, where.path, "a directory that cannot be read")
                    : visit(where, name, 1);
            return;
        }
        if (std::find(whole.begin(), whole.end(), name) != whole.end())
            reference(path, name);
        else
            visit(path, name, 1);
    }

    void reference(const std::string& path, const std::string& name) {
        const auto where = store_.resolve(path);
        if (where.end == Resolved::End::directory || where.end == Resolved::End::file)
            add(name, {.kind = Node::Kind::reference, .target = where.path});
        else
            visit(path, name, 1);
    }

    void visit(const std::string& path, const std::string& name, std::size_t depth) {
        visit(store_.resolve(path), name, depth);
    }

    void visit(Resolved where, const std::string& name, std::size_t depth) {
        if (tree_.truncated)
            return;
        switch (where.end) {
        case Resolved::End::file:
            return file(std::move(where), name);
        case Resolved::End::directory:
            return directory(where, name, depth);
        case Resolved::End::outside:
            return add(name, {.kind = Node::Kind::outside, .target = where.path});
        case Resolved::End::dangling:
            return unreadable(name, where.path, "a link to nothing");
        case Resolved::End::loop:
            return unreadable(name, where.path, "a link that never ends");
        case Resolved::End::special:
            return unreadable(name, where.path, "neither a file nor a directory");
        }
    }

    void file(Resolved where, const std::string& name) {
        if (where.size > limits_.file_bytes)
            return unreadable(name, where.path, "too large to read");
        if (!where.readable)
            return unreadable(name, where.path, "not readable");
        bytes_ += where.size;
        if (bytes_ > limits_.total_bytes) {
            tree_.truncated = true;
            return;
        }
        add(name, {.kind = Node::Kind::file,
                   .target = std::move(where.path),
                   .size = where.size,
                   .executable = where.executable});
    }

    void directory(const Resolved& where, const std::string& name, std::size_t depth) {
        if (std::find(open_.begin(), open_.end(), where.path) != open_.end())
            return unreadable(name, where.path, "a link to a directory it lies in");
        if (depth >= limits_.depth)
            return unreadable(name, where.path, "too deep to read");
        auto entries = store_.entries(where, limits_.entries);
        if (!entries)
            return unreadable(name, where.path, "a directory that cannot be read");
        open_.push_back(where.path);
        for (auto& each : *entries)
            if (name == per_user && each.where.end == Resolved::End::directory)
                add(name + "/" + each.name,
                    {.kind = Node::Kind::reference, .target = std::move(each.where.path)});
            else
                visit(std::move(each.where), name + "/" + each.name, depth + 1);
        open_.pop_back();
    }

    void unreadable(const std::string& name, const std::string& target, std::string why) {
        add(name, {.kind = Node::Kind::unreadable, .target = target, .why = std::move(why)});
    }

    void add(const std::string& name, Node node) {
        if (tree_.nodes.size() >= limits_.entries)
            tree_.truncated = true;
        else
            tree_.nodes.emplace_hint(tree_.nodes.end(), name, std::move(node));
    }

    using Names = std::vector<std::string>;
    const StoreReader& store_;
    TreeLimits limits_;
    Tree tree_;
    std::vector<std::string> open_;
    std::size_t bytes_ = 0;
};

} // namespace

const std::string& Node::bytes() const {
    if (!held) {
        held = read_regular({AT_FDCWD, target.c_str()}, size);
        if (!held || held->size() != size)
            throw core::Failure(core::FailureKind::unavailable,
                                "a file of the store is not what it was a moment ago", target);
    }
    return *held;
}

namespace {

/// As `same`, but that what two files hold is for `equal` to say.
template <class Equal> bool alike(const Node& a, const Node& b, Equal&& equal) {
    if (a.kind != b.kind)
        return false;
    if (a.kind != Node::Kind::file)
        return a.target == b.target;
    return a.executable == b.executable && a.size == b.size && (a.target == b.target || equal());
}

} // namespace

bool same(const Node& a, const Node& b) {
    return alike(a, b, [&] { return a.bytes() == b.bytes(); });
}

std::vector<std::string> differences(const Tree& before, const Tree& after) {
    std::vector<std::string> out;
    OpenFolders folders;
    // Of most files that is all that is ever asked, so nothing is held.
    const auto equal = [&](const Node& a, const Node& b) {
        if (a.held || b.held)
            return a.bytes() == b.bytes();
        const auto one = read_regular(folders.of(a.target), a.size);
        const auto other = read_regular(folders.of(b.target), b.size);
        return one && other && one->size() == a.size ? *one == *other : a.bytes() == b.bytes();
    };
    auto old_one = before.nodes.begin();
    auto new_one = after.nodes.begin();
    while (old_one != before.nodes.end() || new_one != after.nodes.end()) {
        const int order = old_one == before.nodes.end()  ? 1
                          : new_one == after.nodes.end() ? -1
                                                         : old_one->first.compare(new_one->first);
        if (order != 0 || !alike(old_one->second, new_one->second,
                                 [&] { return equal(old_one->second, new_one->second); }))
            out.push_back(order <= 0 ? old_one->first : new_one->first);
        if (order <= 0)
            ++old_one;
        if (order >= 0)
            ++new_one;
    }
    return out;
}

const Node* Tree::find(std::string_view path) const {
    const auto found = nodes.find(std::string(path));
    return found == nodes.end() ? nullptr : &found->second;
}

const std::string* Tree::file(std::string_view path) const {
    const auto* node = find(path);
    return node != nullptr && node->kind == Node::Kind::file ? &node->bytes() : nullptr;
}

Tree read_tree(const StoreReader& store, const std::string& toplevel, TreeLimits limits) {
    return Walk(store, limits).run(toplevel);
}

} // namespace agentd::evaluator::effects
