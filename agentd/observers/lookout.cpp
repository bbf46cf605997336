#include "agentd/observers/lookout.hpp"

#include "agentd/core/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace agentd::observers {

using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                               IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                               IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::size_t most_watches = 2048;
/// Events come in bunches: a bunch is told once.
constexpr auto settle = 100ms;

/// The least time between two tellings of a topic.
std::chrono::milliseconds gap_of(Topic topic) {
    switch (topic) {
    case Topic::units:
    case Topic::links:
    case Topic::upstream:
    case Topic::head:
    case Topic::store:
    case Topic::log:
        return 400ms;
    case Topic::journal:
    case Topic::mounts:
    case Topic::etc:
        return 2s;
    }
    return 2s;
}

bool is_wanted(const std::vector<std::string>& names, std::string_view name) {
    return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
               return wanted.ends_with('*')
                          ? name.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1))
                          : name == wanted;
           });
}

void ring(int fd) noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(fd, &one, sizeof one);
}

} // namespace

Lookout::Lookout() : wakeup_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wakeup_) {
        throw core::system_failure("cannot make an eventfd", "", errno);
    }
}

void Lookout::follow(std::vector<WatchedFolder> folders) {
    if (inotify_ && !moved_ && folders == folders_) {
        return;
    }
    // A fresh descriptor. The old one has its say afterwards: a link may have moved since the look.
    const core::Fd old =
        std::exchange(inotify_, core::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)));
    if (!inotify_) {
        throw core::system_failure("cannot watch folders (fs.inotify.max_user_instances?)",
                                   "inotify", errno);
    }
    const auto followed = std::exchange(followed_, {});
    moved_ = false;
    folders_ = std::move(folders);
    for (const WatchedFolder& folder : folders_) {
        add(folder);
    }
    if (old) {
        read_folders(old.get(), followed);
    }
}

void Lookout::add(const WatchedFolder& folder) {
    std::string path = folder.folder;
    Followed entry{.names = folder.names, .topic = folder.topic};
    while (followed_.size() < most_watches) {
        const int wd = ::inotify_add_watch(inotify_.get(), path.c_str(), mask);
        if (wd >= 0) {
            followed_.emplace(wd, std::move(entry));
            return;
        }
        const auto slash = path.rfind('/');
        if ((errno != ENOENT && errno != ENOTDIR) || slash == std::string::npos || path == "/") {
            return; // not readable, or no watches left: the slow pass is all there is
        }
        entry.names = {path.substr(slash + 1)};
        entry.stand_in = true;
        path = slash == 0 ? "/" : path.substr(0, slash);
    }
}

void Lookout::follow_mounts(const std::string& mountinfo) {
    if (mountinfo != mountinfo_) {
        mountinfo_ = mountinfo;
        mounts_ = core::Fd(::open(mountinfo.c_str(), O_RDONLY | O_CLOEXEC));
    }
}

void Lookout::poke(Topics happened) {
    {
        const std::lock_guard lock(mutex_);
        poked_ |= happened;
    }
    ring(wakeup_.get());
}

void Lookout::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    ring(wakeup_.get());
}

void Lookout::happened(Topic topic) {
    auto& pending = pending_[index_of(topic)];
    if (!pending) {
        pending = std::max(Clock::now() + settle, told_[index_of(topic)] + gap_of(topic));
    }
}

void Lookout::read_folders(int fd, const std::multimap<int, Followed>& followed) {
    alignas(inotify_event) char buffer[16384];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got <= 0) {
            break;
        }
        for (ssize_t at = 0; at < got;) {
            inotify_event event{};
            std::copy_n(buffer + at, sizeof event, reinterpret_cast<char*>(&event));
            const std::string_view name(event.len > 0 ? buffer + at + sizeof event : "");
            at += static_cast<ssize_t>(sizeof event + event.len);
            if ((event.mask & IN_Q_OVERFLOW) != 0) {
                for (const auto& [wd, entry] : followed) {
                    happened(entry.topic);
                }
                continue;
            }
            const bool self = (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0;
            const auto [first, last] = followed.equal_range(event.wd);
            for (auto it = first; it != last; ++it) {
                if (self || is_wanted(it->second.names, name)) {
                    moved_ = moved_ || self || it->second.stand_in;
                    happened(it->second.topic);
                }
            }
        }
    }
    folders_quiet_until_ = Clock::now() + 2 * settle;
}

Topics Lookout::take_ready(Clock::time_point now) {
    Topics ready;
    for (std::size_t i = 0; i < topic_count; ++i) {
        if (pending_[i] && *pending_[i] <= now) {
            pending_[i].reset();
            told_[i] = now;
            ready.set(i);
        }
    }
    return ready;
}

/// True when somebody called wake().
bool Lookout::poll_once(Clock::time_point until) {
    std::vector<pollfd> fds{{wakeup_.get(), POLLIN, 0}};
    const auto now = Clock::now();
    auto latest = until;
    for (const auto& pending : pending_) {
        latest = pending ? std::min(latest, *pending) : latest;
    }
    const bool folders = inotify_ && folders_quiet_until_ <= now;
    if (inotify_ && !folders) {
        latest = std::min(latest, folders_quiet_until_);
    }
    fds.push_back({folders ? inotify_.get() : -1, POLLIN, 0});
    const bool mounts = mounts_ && !pending_[index_of(Topic::mounts)];
    fds.push_back({mounts ? mounts_.get() : -1, POLLPRI, 0});
    for (const WatchedFd& watched : descriptors_) {
        fds.push_back({pending_[index_of(watched.topic)] ? -1 : watched.fd, watched.events, 0});
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(latest - now).count();
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    if (::poll(fds.data(), fds.size(), timeout) <= 0) {
        return false;
    }
    if (fds[1].revents != 0) {
        read_folders(inotify_.get(), followed_);
    }
    if (fds[2].revents != 0) {
        happened(Topic::mounts);
    }
    for (std::size_t i = 0; i < descriptors_.size(); ++i) {
        if (fds[i + 3].revents != 0) {
            happened(descriptors_[i].topic);
        }
    }
    if (fds[0].revents == 0) {
        return false;
    }
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto n = ::read(wakeup_.get(), &rung, sizeof rung);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < topic_count; ++i) {
        if (poked_.test(i)) {
            happened(static_cast<Topic>(i));
        }
    }
    poked_.reset();
    return std::exchange(woken_, false);
}

Topics Lookout::wait(Clock::time_point until) {
    for (;;) {
        const bool woken = poll_once(until);
        const auto now = Clock::now();
        const Topics ready = take_ready(now);
        if (ready.any() || woken || now >= until) {
            return ready;
        }
    }
}

} // namespace agentd::observers
