#include "evaluator/effects/store_reader.hpp"

#include "agentd/core/fd.hpp"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::evaluator::effects {
namespace {

constexpr int most_links = 40;
constexpr std::size_t longest_path = 4096;

/// Puts the components of `path` on top of `rest`, the first of them last.
void push(std::vector<std::string>& rest, std::string_view path) {
    while (!path.empty()) {
        const auto slash = path.rfind('/');
        const auto part = slash == path.npos ? path : path.substr(slash + 1);
        if (!part.empty() && part != ".")
            rest.emplace_back(part);
        path = slash == path.npos ? std::string_view{} : path.substr(0, slash);
    }
}

std::optional<std::string> link_text(int folder, const std::string& path) {
    std::array<char, longest_path> buffer; // NOLINT: only what was read is looked at
    const auto length = ::readlinkat(folder, path.c_str(), buffer.data(), buffer.size());
    if (length <= 0 || static_cast<std::size_t>(length) >= buffer.size())
        return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

std::string parent(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

Resolved described(const std::string& path, const struct stat& about) {
    auto end = Resolved::End::special;
    if (S_ISREG(about.st_mode))
        end = Resolved::End::file;
    else if (S_ISDIR(about.st_mode))
        end = Resolved::End::directory;
    return {.end = end,
            .path = path,
            .size = static_cast<std::size_t>(std::max<off_t>(about.st_size, 0)),
            .executable = (about.st_mode & 0111U) != 0,
            .readable = (about.st_mode & 0444U) != 0};
}

struct Close {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, Close>;

/// The next entry but for `.` and `..`, or nullptr.
const dirent* next_entry(const Directory& directory) {
    const auto* entry = ::readdir(directory.get());
    while (entry != nullptr &&
           (std::string_view(entry->d_name) == "." || std::string_view(entry->d_name) == ".."))
        entry = ::readdir(directory.get());
    return entry;
}

} // namespace

std::optional<std::string> read_regular(const std::string& path, std::size_t size) {
    // O_NONBLOCK and O_NOFOLLOW: what was a file a moment ago must still be one.
    const core::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd)
        return std::nullopt;
    std::string bytes(size + 1, '\0');
    std::size_t got = 0;
    for (;;) {
        const auto wanted = bytes.size() - got;
        const auto n = ::read(fd.get(), bytes.data() + got, wanted);
        if (n < 0)
            return std::nullopt;
        got += static_cast<std::size_t>(n);
        if (got == bytes.size())
            return std::nullopt; // it grew
        if (static_cast<std::size_t>(n) < wanted)
            break; // of a file that is the end
    }
    bytes.resize(got);
    return bytes;
}

StoreReader::StoreReader(std::string prefix) : prefix_(std::move(prefix)) {}

bool StoreReader::inside(std::string_view path) const {
    return path.size() > prefix_.size() && path.starts_with(prefix_) && path[prefix_.size()] == '/';
}

StoreReader StoreReader::within(Closure closure) const {
    StoreReader kept(*this);
    kept.closure_ = std::make_shared<const Closure>(std::move(closure));
    kept.folders_ = std::make_shared<Folders>();
    return kept;
}

std::string_view StoreReader::start(std::string_view path, std::string& at) const {
    const auto slash = path.rfind('/');
    const auto last = path.substr(slash + 1);
    if (slash > prefix_.size() && !last.empty() && last != "." && last != "..")
        if (const auto known = folders_->find(path.substr(0, slash)); known != folders_->end()) {
            at = *known;
            return last;
        }
    at = prefix_;
    return path.substr(prefix_.size());
}

Resolved StoreReader::resolve(const std::string& path) const {
    if (!inside(path))
        return {.end = Resolved::End::outside, .path = path};
    std::string at;
    std::vector<std::string> rest;
    push(rest, start(path, at));
    struct stat about {};
    bool seen = false; // `about` is of `at`
    for (int links = 0; !rest.empty();) {
        const auto part = std::move(rest.back());
        rest.pop_back();
        if (part == "..") {
            at = parent(at);
            seen = false;
            if (at.size() < prefix_.size())
                return {.end = Resolved::End::outside, .path = at};
            continue;
        }
        auto next = at + "/" + part;
        if (closure_ && at == prefix_ && !closure_->contains(next))
            return {.end = Resolved::End::outside, .path = next};
        if (next.size() > longest_path || ::lstat(next.c_str(), &about) != 0)
            return {.end = Resolved::End::dangling, .path = next};
        if (!S_ISLNK(about.st_mode)) {
            at = std::move(next);
            seen = true;
            if (S_ISDIR(about.st_mode))
                folders_->insert(at);
            continue;
        }
        const auto target = link_text(AT_FDCWD, next);
        if (++links > most_links || !target)
            return {.end = Resolved::End::loop, .path = next};
        seen = false;
        if (target->front() == '/') {
            if (!inside(*target))
                return {.end = Resolved::End::outside, .path = *target};
            push(rest, start(*target, at));
        } else {
            push(rest, *target);
        }
    }
    if (!inside(at) || (!seen && ::lstat(at.c_str(), &about) != 0))
        return {.end = Resolved::End::outside, .path = at};
    return described(at, about);
}

std::optional<std::string> StoreReader::read(const std::string& path, std::size_t limit) const {
    return read(resolve(path), limit);
}

std::optional<std::string> StoreReader::read(const Resolved& where, std::size_t limit) const {
    if (where.end != Resolved::End::file || where.size > limit)
        return std::nullopt;
    return read_regular(where.path, where.size);
}

std::optional<std::vector<std::string>> StoreReader::list(const std::string& path,
                                                          std::size_t limit) const {
    const auto where = resolve(path);
    if (where.end != Resolved::End::directory)
        return std::nullopt;
    const Directory directory(::opendir(where.path.c_str()));
    if (!directory)
        return std::nullopt;
    std::vector<std::string> names;
    while (const auto* entry = next_entry(directory)) {
        if (names.size() == limit)
            return std::nullopt;
        names.emplace_back(entry->d_name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::vector<Entry>> StoreReader::entries(const Resolved& where,
                                                       std::size_t limit) const {
    const Directory directory(::opendir(where.path.c_str()));
    if (!directory)
        return std::nullopt;
    std::vector<Entry> out;
    while (const auto* entry = next_entry(directory)) {
        if (out.size() == limit)
            return std::nullopt;
        const std::string name = entry->d_name;
        out.push_back({.name = name,
                       .where = end_of(::dirfd(directory.get()), where.path, name, entry->d_type)});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

/// As `resolve` of `path`/`name` would say, with the one call that its type asks for.
Resolved StoreReader::end_of(int folder, const std::string& path, const std::string& name,
                             int type) const {
    const auto below = path + "/" + name;
    if (type == DT_LNK) {
        const auto target = link_text(folder, name);
        if (target && target->front() == '/')
            return resolve(*target);
    }
    struct stat about {};
    if (type == DT_REG && ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(about.st_mode))
        return described(below, about);
    return resolve(below);
}

} // namespace agentd::evaluator::effects
