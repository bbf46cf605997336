#include "agentd/fetching/half.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/fetching/own_network.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::fetching {

namespace {

/// The child's whole life.
int live(const Work& work, pid_t parent, core::Fd theirs, int out) {
    try {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            return 1;
        }
        const core::Fd nothing = core::open_file("/dev/null", O_RDWR);
        ::dup2(nothing.get(), STDIN_FILENO); // whoever asked is answered by the other half
        ::dup2(nothing.get(), STDOUT_FILENO);
        leave_the_network(theirs.get());
        theirs.reset();
        return work(out);
    } catch (const std::exception& failure) {
        const core::Problem why{
            .code = "not_shut_in",
            .message = std::string("agentd-fetch cannot begin: ") + failure.what(),
            .hint = "it needs a kernel that lets users make namespaces; journalctl -u "
                    "'agentd-fetch@*'"};
        core::write_all(out, core::canonical({{"error", core::to_json(why)}}) + "\n", "");
        return 1;
    }
}

} // namespace

Folder::Folder(const std::string& above) : path_(above + "/agentd-fetch-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
        throw core::system_failure("making a folder", above, errno);
    }
}

Folder::~Folder() {
    namespace fs = std::filesystem;
    std::error_code ignored;
    for (auto it = fs::recursive_directory_iterator(path_, ignored);
         it != fs::recursive_directory_iterator(); it.increment(ignored)) {
        if (it->is_directory(ignored) && !it->is_symlink(ignored)) { // a store's are read-only
            fs::permissions(it->path(), fs::perms::owner_all, ignored);
        }
    }
    fs::remove_all(path_, ignored);
}

Half::Half(const Work& work) {
    std::array<int, 2> pipe{};
    std::array<int, 2> pair{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0 ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        throw core::system_failure("making a pipe", "", errno);
    }
    answer_ = core::Fd(pipe[0]);
    socket_ = core::Fd(pair[0]);
    core::Fd out(pipe[1]);
    core::Fd theirs(pair[1]);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
        throw core::system_failure("starting", "agentd-fetch", errno);
    }
    if (pid_ == 0) {
        socket_.reset();
        answer_.reset();
        ::_exit(live(work, parent, std::move(theirs), out.get()));
    }
    ::prctl(PR_SET_DUMPABLE, 0); // the other half, as the same user, has no business in here
}

Half::~Half() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

core::Fd Half::listener() const {
    return receive_listener(socket_.get(), std::chrono::seconds(20));
}

} // namespace agentd::fetching
