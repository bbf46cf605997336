#include "proposals/git_tree.hpp"

#include "agentd/core/text.hpp"

#include <map>

namespace agentd::proposals {

namespace {

/// Of the folders that are kept; a hostile tree is many folders of few objects.
constexpr std::size_t most_entries = 400'000;

class CommitTree final : public TreeReader {
  public:
    CommitTree(git_repository* repository, GitTree tree)
        : repository_(repository), tree_(std::move(tree)) {}

    std::optional<TreeEntry> find(std::string_view path) const override {
        const git_tree_entry* entry = entry_at(path);
        if (entry == nullptr) {
            return std::nullopt;
        }
        return TreeEntry{.mode = static_cast<FileMode>(git_tree_entry_filemode(entry)),
                         .blob_id = hex_of(*git_tree_entry_id(entry))};
    }

    std::optional<std::string> read(std::string_view path) const override {
        const git_tree_entry* entry = entry_at(path);
        if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_BLOB) {
            return std::nullopt;
        }
        return blob_bytes(repository_, *git_tree_entry_id(entry));
    }

    std::optional<std::string> read_within(std::string_view path, std::size_t most) const override {
        const git_tree_entry* entry = entry_at(path);
        if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_BLOB) {
            return std::nullopt;
        }
        return blob_within(repository_, *git_tree_entry_id(entry), most);
    }

    std::optional<std::string> other_case(std::string_view path) const override {
        make_room();
        const git_tree* at = tree_.get();
        std::string above;
        for (const auto part : core::split(path, '/')) {
            const git_tree_entry* exact = git_tree_entry_byname(at, std::string(part).c_str());
            if (exact == nullptr) {
                return named_alike(at, above, part);
            }
            if (git_tree_entry_type(exact) != GIT_OBJECT_TREE) {
                break;
            }
            above += part;
            at = opened(above, *exact);
            above += '/';
        }
        return std::nullopt;
    }

  private:
    static std::optional<std::string> named_alike(const git_tree* tree, const std::string& above,
                                                  std::string_view name) {
        const std::string wanted = core::to_lower(name);
        for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i) {
            const std::string each = git_tree_entry_name(git_tree_entry_byindex(tree, i));
            if (core::to_lower(each) == wanted) {
                return above + each;
            }
        }
        return std::nullopt;
    }

    /// Until the next question; nullptr where nothing is.
    const git_tree_entry* entry_at(std::string_view path) const {
        if (path.find('\0') != std::string_view::npos) {
            return nullptr;
        }
        make_room();
        const auto slash = path.rfind('/');
        const bool at_top = slash == std::string_view::npos;
        const git_tree* above = at_top ? tree_.get() : folder_at(path.substr(0, slash));
        const std::string name(path.substr(at_top ? 0 : slash + 1));
        return above == nullptr ? nullptr : git_tree_entry_byname(above, name.c_str());
    }

    const git_tree* folder_at(std::string_view path) const {
        if (const auto known = folders_.find(path); known != folders_.end()) {
            return known->second.get();
        }
        const git_tree* at = tree_.get();
        std::string above;
        for (const auto part : core::split(path, '/')) {
            const git_tree_entry* entry = git_tree_entry_byname(at, std::string(part).c_str());
            if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_TREE) {
                return nullptr;
            }
            above += part;
            at = opened(above, *entry);
            above += '/';
        }
        return at;
    }

    /// libgit2 keeps no tree of more than 4 KiB, and would unpack it again for each of its files.
    const git_tree* opened(const std::string& path, const git_tree_entry& entry) const {
        if (const auto known = folders_.find(path); known != folders_.end()) {
            return known->second.get();
        }
        git_tree* found = nullptr;
        check_git(git_tree_lookup(&found, repository_, git_tree_entry_id(&entry)), "reading a tree",
                  path);
        entries_ += git_tree_entrycount(found);
        return folders_.emplace(path, GitTree(found)).first->second.get();
    }

    void make_room() const {
        if (entries_ + folders_.size() > most_entries) {
            folders_.clear();
            entries_ = 0;
        }
    }

    git_repository* repository_;
    GitTree tree_;
    mutable std::map<std::string, GitTree, std::less<>> folders_{};
    mutable std::size_t entries_ = 0;
};

} // namespace

std::unique_ptr<TreeReader> read_tree(git_repository* repository, GitTree tree) {
    return std::make_unique<CommitTree>(repository, std::move(tree));
}

std::vector<std::string> tree_paths(git_repository* repository, const core::Commit& commit) {
    std::vector<std::string> paths;
    for (TreeItem& item : tree_items(repository, tree_of(repository, commit).get())) {
        paths.push_back(std::move(item.path));
    }
    return paths;
}

} // namespace agentd::proposals
