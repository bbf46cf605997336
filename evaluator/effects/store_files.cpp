#include "evaluator/effects/store_files.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::evaluator::effects {

OpenFolders::Place OpenFolders::of(const std::string& path) {
    const auto slash = path.rfind('/');
    const Place whole{AT_FDCWD, path.c_str()};
    if (slash == path.npos || slash == 0)
        return whole;
    const auto folder = std::string_view(path).substr(0, slash);
    const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                   [&](const Slot& each) { return each.folder == folder; });
    if (slot == slots_.end()) {
        slots_[next_] = {.folder = std::string(folder)};
        next_ = (next_ + 1) % slots_.size();
        return whole;
    }
    // The second time it is only marked: most are not asked for again.
    if (slot->tried && !slot->open)
        slot->open =
            core::Fd(::open(slot->folder.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    slot->tried = true;
    return slot->open ? Place{slot->open.get(), path.c_str() + slash + 1} : whole;
}

std::optional<std::string> read_regular(OpenFolders::Place place, std::size_t size) {
    // O_NONBLOCK and O_NOFOLLOW: what was a file a moment ago must still be one.
    const core::Fd fd(
        ::openat(place.folder, place.name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
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

std::optional<std::string> link_text(int folder, const char* name) {
    std::array<char, 4096> buffer; // NOLINT: only what was read is looked at
    const auto length = ::readlinkat(folder, name, buffer.data(), buffer.size());
    if (length <= 0 || static_cast<std::size_t>(length) >= buffer.size())
        return std::nullopt;
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

const StoreFact* StoreFiles::look(const std::string& path) {
    if (const auto found = known_.find(path); found != known_.end())
        return &found->second;
    struct stat about {};
    const auto place = folders_.of(path);
    if (::fstatat(place.folder, place.name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return nullptr;
    last_ = {.mode = about.st_mode,
             .size = static_cast<std::size_t>(std::max<off_t>(about.st_size, 0))};
    if (S_ISLNK(about.st_mode))
        last_.target = link_text(place.folder, place.name);
    else if (!S_ISDIR(about.st_mode))
        return &last_;
    if (known_.size() < most_known)
        known_.emplace(path, last_);
    return &last_;
}

std::optional<std::string> StoreFiles::read(const std::string& path, std::size_t size) {
    return read_regular(folders_.of(path), size);
}

} // namespace agentd::evaluator::effects
