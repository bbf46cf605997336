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

std::string parent(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

Resolved described(std::string path, mode_t mode, std::size_t size) {
    auto end = Resolved::End::special;
    if (S_ISREG(mode))
        end = Resolved::End::file;
    else if (S_ISDIR(mode))
        end = Resolved::End::directory;
    return {.end = end,
            .path = std::move(path),
            .size = size,
            .executable = (mode & 0111U) != 0,
            .readable = (mode & 0444U) != 0};
}

struct Name {
    std::string name;
    int type = DT_UNKNOWN;
};

/// What a folder holds but for `.` and `..`, in the order of the names; nullopt when it is none or
/// has more than `limit`.
std::optional<std::vector<Name>> names_in(int folder, std::size_t limit) {
    std::vector<Name> out;
    alignas(dirent64) std::array<char, 1U << 16> buffer; // NOLINT: only what was read is looked at
    for (;;) {
        const auto got = ::getdents64(folder, buffer.data(), buffer.size());
        if (got < 0)
            return std::nullopt;
        if (got == 0)
            break;
        for (std::ptrdiff_t at = 0; at < got;) {
            const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
            at += entry->d_reclen;
            const std::string_view name = entry->d_name;
            if (name == "." || name == "..")
                continue;
            if (out.size() == limit)
                return std::nullopt;
            out.push_back({.name = std::string(name), .type = entry->d_type});
        }
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

core::Fd open_folder(const std::string& path) {
    return core::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

} // namespace

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
    const auto rest = start(path, at);
    if (at.size() > prefix_.size() && path.size() <= longest_path) {
        // In a folder that is known, most are what they seem.
        const auto* fact = files_->look(path);
        if (fact == nullptr)
            return {.end = Resolved::End::dangling, .path = path};
        if (!S_ISLNK(fact->mode) && !S_ISDIR(fact->mode))
            return described(path, fact->mode, fact->size);
    }
    return follow(std::move(at), rest);
}

Resolved StoreReader::follow(std::string at, std::string_view path) const {
    std::vector<std::string> rest;
    push(rest, path);
    std::optional<StoreFact> here; // of `at`, where it was looked at
    for (int links = 0; !rest.empty();) {
        const auto part = std::move(rest.back());
        rest.pop_back();
        if (part == "..") {
            at = parent(at);
            here.reset();
            if (at.size() < prefix_.size())
                return {.end = Resolved::End::outside, .path = at};
            continue;
        }
        auto next = at + "/" + part;
        if (closure_ && at == prefix_ && !closure_->contains(next))
            return {.end = Resolved::End::outside, .path = next};
        const auto* fact = next.size() > longest_path ? nullptr : files_->look(next);
        if (fact == nullptr)
            return {.end = Resolved::End::dangling, .path = next};
        if (!S_ISLNK(fact->mode)) {
            at = std::move(next);
            here = {.mode = fact->mode, .size = fact->size};
            if (S_ISDIR(fact->mode))
                folders_->insert(at);
            continue;
        }
        here.reset();
        const auto target = fact->target;
        if (++links > most_links || !target)
            return {.end = Resolved::End::loop, .path = next};
        if (target->front() == '/') {
            if (!inside(*target))
                return {.end = Resolved::End::outside, .path = *target};
            push(rest, start(*target, at));
        } else {
            push(rest, *target);
        }
    }
    if (const auto* fact = here || !inside(at) ? nullptr : files_->look(at))
        here = *fact;
    if (!here || !inside(at))
        return {.end = Resolved::End::outside, .path = at};
    return described(std::move(at), here->mode, here->size);
}

std::optional<std::string> StoreReader::read(const std::string& path, std::size_t limit) const {
    return read(resolve(path), limit);
}

std::optional<std::string> StoreReader::read(const Resolved& where, std::size_t limit) const {
    if (where.end != Resolved::End::file || where.size > limit)
        return std::nullopt;
    return files_->read(where.path, where.size);
}

std::optional<std::vector<std::string>> StoreReader::list(const std::string& path,
                                                          std::size_t limit) const {
    const auto where = resolve(path);
    if (where.end != Resolved::End::directory)
        return std::nullopt;
    const auto folder = open_folder(where.path);
    auto found = folder ? names_in(folder.get(), limit) : std::nullopt;
    if (!found)
        return std::nullopt;
    std::vector<std::string> names;
    for (auto& each : *found)
        names.push_back(std::move(each.name));
    return names;
}

std::optional<std::vector<Entry>> StoreReader::entries(const Resolved& where,
                                                       std::size_t limit) const {
    const auto folder = open_folder(where.path);
    auto names = folder ? names_in(folder.get(), limit) : std::nullopt;
    if (!names)
        return std::nullopt;
    std::vector<Entry> out;
    out.reserve(names->size());
    for (auto& [name, type] : *names) {
        auto end = end_of(folder.get(), where.path, name, type);
        out.push_back({.name = std::move(name), .where = std::move(end)});
    }
    return out;
}

/// As `resolve` of `path`/`name` would say, with the one call that its type asks for.
Resolved StoreReader::end_of(int folder, const std::string& path, const std::string& name,
                             int type) const {
    if (type == DT_LNK) {
        const auto target = link_text(folder, name.c_str());
        if (target && target->front() == '/')
            return resolve(*target);
    }
    auto below = path + "/" + name;
    struct stat about {};
    if (type == DT_REG && ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(about.st_mode))
        return described(std::move(below), about.st_mode,
                         static_cast<std::size_t>(std::max<off_t>(about.st_size, 0)));
    return resolve(below);
}

} // namespace agentd::evaluator::effects
