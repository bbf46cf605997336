#include "agentd/rehearsal/answer.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/line_socket.hpp"
#include "agentd/core/text.hpp"
#include "agentd/rehearsal/kept.hpp"
#include "agentd/rehearsal/perform.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <poll.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::rehearsal {

namespace {

using core::Failure;
using core::FailureKind;
using core::Problem;

struct Options {
    std::string peer{};
    Bounds bounds{};
};

/// Programs are lent, never what a machine knows.
bool may_be_lent(const std::string& folder) {
    const std::filesystem::path path(folder);
    return path == path.lexically_normal() && folder.find(':') == std::string::npos &&
           (folder == "/usr" || folder.starts_with("/usr/") || folder.starts_with("/opt/"));
}

Options options_from(const std::vector<std::string>& words) {
    Options out;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] == "--peer") {
            out.peer = words[i + 1];
        } else if (words[i] == "--lend" && may_be_lent(words[i + 1])) {
            out.bounds.lent.push_back(words[i + 1]);
        } else {
            throw Failure(FailureKind::misconfigured, "this is not understood",
                          words[i] + " " + words[i + 1]);
        }
    }
    if (words.size() % 2 != 0) {
        throw Failure(FailureKind::misconfigured, "this is not understood", words.back());
    }
    return out;
}

bool is_socket(int fd) {
    struct stat what {};
    return ::fstat(fd, &what) == 0 && S_ISSOCK(what.st_mode);
}

bool may_ask(const core::Peer& peer, const std::string& user) {
    if (peer.uid == 0) {
        return true;
    }
    const passwd* entry = user.empty() ? nullptr : ::getpwnam(user.c_str());
    return entry != nullptr && entry->pw_uid == peer.uid;
}

/// Whoever asked has not gone away.
bool still_there(int fd) {
    pollfd wait{fd, POLLRDHUP, 0};
    return ::poll(&wait, 1, 0) == 0 || (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

Problem not_a_system(const core::StorePath& system) {
    return {.code = "not_a_toplevel",
            .message = "this is no system that can be booted: it has no init, or no systemd",
            .where = system.str()};
}

/// The shape of what can be booted; a link that leads out of it is followed inside only.
bool looks_bootable(const core::StorePath& system) {
    struct stat what {};
    const auto has = [&](const char* name) {
        return ::lstat((system.str() + name).c_str(), &what) == 0;
    };
    return has("/init") && has("/activate") && has("/systemd") && has("/etc");
}

/// "" when none came.
std::string line_from(bool connected) {
    if (connected) {
        core::LineChannel in(core::Fd(::dup(STDIN_FILENO)));
        return in.read_line(std::chrono::seconds(10)).line;
    }
    std::string line(Question::max_bytes, '\0');
    std::cin.getline(line.data(), static_cast<std::streamsize>(line.size()));
    line.resize(static_cast<std::size_t>(std::max<std::streamsize>(std::cin.gcount() - 1, 0)));
    return line;
}

core::Result<Rehearsal> rehearse(bool connected, const Options& options) {
    const auto question = question_from(line_from(connected));
    if (!question) {
        return question.problem();
    }
    if (!looks_bootable(question->system)) {
        return not_a_system(question->system);
    }
    (void)nspawn_program(); // found while what it lies below can still be named
    leave_the_machine(options.bounds);
    const Kept kept(folder_of_kept(), *question, options.bounds,
                    environment_of(options.bounds) + ", " + digest_of_self());
    if (auto seen = question->kept ? kept.find() : std::nullopt) {
        return *seen;
    }
    auto seen = perform(*question, options.bounds,
                        [connected] { return !connected || still_there(STDIN_FILENO); });
    if (seen && question->kept) {
        kept.keep(*seen);
    }
    return seen;
}

std::string line_of(core::Result<Rehearsal>& answer) {
    if (!answer) {
        return core::canonical({{"error", core::to_json(answer.problem())}});
    }
    std::string line = core::canonical({{"result", to_json(*answer)}});
    if (line.size() >= core::LineChannel::max_line) {
        answer->log = "(left out: the answer is too long)";
        answer->units.resize(std::min<std::size_t>(answer->units.size(), 1'000));
        answer->truncated = true;
        line = core::canonical({{"result", to_json(*answer)}});
    }
    return line;
}

} // namespace

int answer_one(const std::vector<std::string>& words) {
    const Options options = options_from(words);
    const bool connected = is_socket(STDIN_FILENO);
    if (connected && !may_ask(core::peer_of(STDIN_FILENO), options.peer)) {
        std::cout << core::canonical(
                         {{"error", core::to_json({.code = "denied",
                                                   .message = "only agentd may ask here"})}})
                  << std::endl;
        return 77;
    }
    auto answer = [&]() -> core::Result<Rehearsal> {
        try {
            return rehearse(connected, options);
        } catch (const Failure& failure) {
            return Problem{
                .code = "not_started", .message = failure.what(), .where = failure.where()};
        }
    }();
    std::cout << line_of(answer) << std::endl;
    return std::cout.good() ? 0 : 1;
}

} // namespace agentd::rehearsal
