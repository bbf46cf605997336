#include "proposals/git_fsck.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>
#include <vector>

namespace agentd::proposals {

using core::Done;
using core::Problem;
using core::Result;

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t most_entries = 1'000'000;
constexpr std::size_t largest_tree = 64U << 20;

using OdbObject = Handle<git_odb_object, git_odb_object_free>;

struct RawEntry {
    std::string_view mode{};
    std::string_view name{};
    git_oid id{};
};

/// `mode SP name NUL id`; nullopt when what is left is none.
std::optional<RawEntry> take_entry(std::string_view& rest) {
    const auto blank = rest.find(' ');
    const auto end = rest.find('\0');
    if (blank == rest.npos || end == rest.npos || blank > end || rest.size() - end - 1 < 20) {
        return std::nullopt;
    }
    RawEntry out{.mode = rest.substr(0, blank), .name = rest.substr(blank + 1, end - blank - 1)};
    git_oid_fromraw(&out.id, reinterpret_cast<const unsigned char*>(rest.data() + end + 1));
    rest.remove_prefix(end + 1 + 20);
    return out;
}

bool is_folder(std::string_view mode) {
    return mode == "40000" || mode == "040000"; // the second by very old programs
}

bool is_mode(std::string_view mode) {
    constexpr std::array<std::string_view, 5> others{"100644", "100755", "100664", "120000",
                                                     "160000"};
    return is_folder(mode) || std::find(others.begin(), others.end(), mode) != others.end();
}

/// As some file systems have it: without letters that they ignore, case, and what NTFS cuts off.
std::string plain_name(std::string_view name) {
    constexpr std::array<std::string_view, 16> ignored{
        "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\x8E", "\xE2\x80\x8F",
        "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD",
        "\xE2\x80\xAE", "\xE2\x81\xAA", "\xE2\x81\xAB", "\xE2\x81\xAC",
        "\xE2\x81\xAD", "\xE2\x81\xAE", "\xE2\x81\xAF", "\xEF\xBB\xBF"};
    std::string out = core::to_lower(name);
    for (const auto letter : ignored) {
        for (auto at = out.find(letter); at != out.npos; at = out.find(letter)) {
            out.erase(at, letter.size());
        }
    }
    out.resize(std::min(out.find(':'), out.size()));
    while (!out.empty() && (out.back() == '.' || out.back() == ' ')) {
        out.pop_back();
    }
    return out;
}

/// "" when a file may be called so.
std::string wrong_name(std::string_view name) {
    if (name.empty()) {
        return "an entry without a name";
    }
    if (name.find('/') != name.npos) {
        return "a name with a slash";
    }
    for (const auto part : core::split(name, '\\')) {
        const std::string plain = plain_name(part);
        if (plain == ".git" || plain == "git~1") {
            return "a name that some file systems take for `.git`";
        }
    }
    return name == "." || name == ".." ? "a name that leads elsewhere" : "";
}

/// As git orders the entries of a tree: a folder as if its name ended with a slash.
bool in_order(const RawEntry& a, const RawEntry& b) {
    const std::string one = std::string(a.name) + (is_folder(a.mode) ? "/" : "");
    const std::string two = std::string(b.name) + (is_folder(b.mode) ? "/" : "");
    return one < two;
}

struct Id {
    std::size_t operator()(const git_oid& id) const noexcept {
        std::size_t out = 0;
        for (std::size_t i = 0; i < sizeof out; ++i) {
            out = out << 8 | id.id[i];
        }
        return out;
    }
    bool operator()(const git_oid& a, const git_oid& b) const noexcept {
        return git_oid_equal(&a, &b) != 0;
    }
};

class Checker {
  public:
    Checker(git_repository* repository, git_odb* objects)
        : where_(git_repository_path(repository)), objects_(objects) {}

    Result<Done> commit(const git_oid& id) {
        const auto object = read(id);
        if (!object || git_odb_object_type(object.get()) != GIT_OBJECT_COMMIT) {
            return refuse("", "what the branch names is no commit");
        }
        std::string_view text = bytes(object.get());
        const auto header = text.substr(0, text.find("\n\n"));
        const auto all = core::lines(header);
        const auto line = [&](std::size_t i, std::string_view word) {
            return i < all.size() && all[i].starts_with(word);
        };
        std::size_t i = 1;
        while (line(i, "parent ")) {
            ++i;
        }
        git_oid tree{};
        if (!line(0, "tree ") || all[0].size() != 45 || header.find('\0') != header.npos ||
            !line(i, "author ") || !line(i + 1, "committer ") ||
            git_oid_fromstrn(&tree, all[0].data() + 5, 40) != 0) {
            return refuse("", "the head of the commit is malformed");
        }
        return this->tree(tree, "", 0);
    }

  private:
    Problem refuse(std::string_view path, const std::string& what) const {
        const std::string shown = core::printable(core::shorten(core::to_utf8(path), 200));
        return {.code = "bad_object",
                .message = "the history is not made as git makes one: " + what +
                           (shown.empty() ? "" : ", `" + shown + "`"),
                .where = where_,
                .hint = "git -C DIR fsck --strict says what else there is; make the commit anew "
                        "with git itself"};
    }

    OdbObject read(const git_oid& id) const {
        git_odb_object* object = nullptr;
        const int code = git_odb_read(&object, objects_, &id);
        return OdbObject(code == 0 ? object : nullptr);
    }

    static std::string_view bytes(git_odb_object* object) {
        return {static_cast<const char*>(git_odb_object_data(object)), git_odb_object_size(object)};
    }

    // NOLINTNEXTLINE(misc-no-recursion): `deepest` folders
    Result<Done> tree(const git_oid& id, const std::string& path, std::size_t depth) {
        if (!seen_.insert(id).second) {
            return Done{};
        }
        const auto object = read(id);
        if (!object || git_odb_object_type(object.get()) != GIT_OBJECT_TREE) {
            return refuse(path, "a folder is no tree, is missing or is damaged");
        }
        std::string_view rest = bytes(object.get());
        if (depth > deepest || rest.size() > largest_tree) {
            return refuse(path, "folders too deep, or one too large");
        }
        std::set<std::string_view> names;
        std::optional<RawEntry> before;
        while (!rest.empty()) {
            const auto entry = take_entry(rest);
            if (!entry) {
                return refuse(path, "a tree that is cut off");
            }
            if (auto done = judge(*entry, before, path + std::string(entry->name)); !done) {
                return done;
            }
            if (!names.insert(entry->name).second) {
                return refuse(path + std::string(entry->name), "a name twice in one folder");
            }
            before = entry;
            if (is_folder(entry->mode)) {
                if (auto done = tree(entry->id, path + std::string(entry->name) + "/", depth + 1);
                    !done) {
                    return done;
                }
            }
        }
        return Done{};
    }

    Result<Done> judge(const RawEntry& entry, const std::optional<RawEntry>& before,
                       const std::string& path) {
        if (++entries_ > most_entries) {
            return refuse("", "more than a million entries");
        }
        if (const std::string wrong = wrong_name(entry.name); !wrong.empty()) {
            return refuse(path, wrong);
        }
        if (!is_mode(entry.mode)) {
            return refuse(path, "a mode that git does not write");
        }
        if (git_oid_is_zero(&entry.id) != 0) {
            return refuse(path, "an entry that names no object");
        }
        if (before && before->name != entry.name && !in_order(*before, entry)) {
            return refuse(path, "a folder out of order");
        }
        return is_folder(entry.mode) || entry.mode == "160000" ? Result<Done>(Done{})
                                                               : blob(entry, path);
    }

    Result<Done> blob(const RawEntry& entry, const std::string& path) {
        std::size_t size = 0;
        git_object_t kind{};
        const int code = git_odb_read_header(&size, &kind, objects_, &entry.id);
        return code == 0 && kind == GIT_OBJECT_BLOB
                   ? Result<Done>(Done{})
                   : refuse(path, "a file is no blob, is missing or is damaged");
    }

    std::string where_;
    git_odb* objects_;
    std::unordered_set<git_oid, Id, Id> seen_;
    std::size_t entries_ = 0;
};

} // namespace

Result<Done> check_objects(git_repository* repository, const git_oid& commit) {
    git_odb* opened = nullptr;
    check_git(git_repository_odb(&opened, repository), "opening the objects");
    const GitOdb objects(opened);
    return Checker(repository, opened).commit(commit);
}

} // namespace agentd::proposals
