// Which files, mounts and descriptors the watch waits for.
#include "agentd/pipeline/watch.hpp"

#include <algorithm>
#include <iterator>
#include <poll.h>

namespace agentd::pipeline {

using observers::Topic;
using observers::WatchedFolder;

namespace {

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

std::vector<WatchedFolder> Watch::folders() const {
    const std::string& profile = machine_.profile();
    const std::string& upstream = in_.config.flake.upstream;
    std::vector<WatchedFolder> all{
        {.folder = machine_.on_host("/run"),
         .names = {"current-system", "booted-system", "opengl-driver", "opengl-driver-32"},
         .topic = Topic::links},
        {.folder = machine_.on_host(folder_of(profile)),
         .names = {name_of(profile) + "*"},
         .topic = Topic::links},
        {.folder = machine_.on_host("/boot/loader"),
         .names = {"loader.conf", "entries"},
         .topic = Topic::links},
        {.folder = machine_.on_host("/boot/loader/entries"), .topic = Topic::links}};
    // A bare repository, or the folder of a clone.
    for (const std::string& git : {upstream, upstream + "/.git"}) {
        const std::string branch = git + "/refs/heads/" + in_.config.flake.branch;
        all.push_back(
            {.folder = folder_of(branch), .names = {name_of(branch)}, .topic = Topic::upstream});
        all.push_back({.folder = git, .names = {"packed-refs"}, .topic = Topic::upstream});
    }
    return all;
}

void Watch::aim() {
    const std::lock_guard one_at_a_time(look_mutex_);
    auto folders = this->folders();
    std::vector<observers::WatchedFd> descriptors;
    if (table_.descriptor() >= 0) {
        descriptors.push_back({.fd = table_.descriptor(), .events = POLLIN, .topic = Topic::units});
    }
    for (const Post& post : posts_) {
        auto own = post.observer->aim();
        std::move(own.folders.begin(), own.folders.end(), std::back_inserter(folders));
        descriptors.insert(descriptors.end(), own.descriptors.begin(), own.descriptors.end());
    }
    lookout_.follow(std::move(folders));
    lookout_.follow_mounts(proc_ + "/mountinfo");
    lookout_.listen(std::move(descriptors));
}

} // namespace agentd::pipeline
