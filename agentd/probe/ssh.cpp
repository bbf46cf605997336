#include "agentd/probe/ssh.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <libssh2.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::probe {

namespace {

struct SessionCloser {
    void operator()(LIBSSH2_SESSION* session) const noexcept { libssh2_session_free(session); }
};
using Session = std::unique_ptr<LIBSSH2_SESSION, SessionCloser>;

std::string last_words(LIBSSH2_SESSION* session) {
    char* text = nullptr;
    libssh2_session_last_error(session, &text, nullptr, 0);
    return core::shorten(core::printable(text == nullptr ? "no reason given" : text), 200);
}

Answer log_in(LIBSSH2_SESSION* session, const Login& login, const Patience& patience) {
    if (libssh2_userauth_publickey_frommemory(session, login.user.data(), login.user.size(),
                                              nullptr, 0, login.key.data(), login.key.size(),
                                              nullptr) != 0) {
        return unwell(login.user + " may not log in with this key: " + last_words(session));
    }
    LIBSSH2_CHANNEL* channel = libssh2_channel_open_session(session);
    if (channel == nullptr || libssh2_channel_exec(channel, "exit 0") != 0) {
        return unwell(login.user + " logs in and gets no session: " + last_words(session));
    }
    char nothing[256];
    while (patience.left().count() > 0 &&
           libssh2_channel_read(channel, nothing, sizeof nothing) > 0) {
    }
    if (patience.left().count() == 0) {
        return unwell(login.user + patience.over(" logs in and his shell does not end in"));
    }
    libssh2_channel_wait_closed(channel);
    const int status = libssh2_channel_get_exit_status(channel);
    libssh2_channel_free(channel);
    return status == 0 ? well(login.user + " logs in")
                       : unwell(login.user + " logs in and his shell ends with status " +
                                std::to_string(status));
}

} // namespace

Login::~Login() {
    ::explicit_bzero(key.data(), key.size());
}

core::Result<Login> read_login(const std::string& user, const std::string& key_file) {
    Login login;
    login.user = user;
    if (user.empty()) {
        return login;
    }
    const auto refuse = [&](std::string why) {
        return core::Problem{.code = "cannot", .message = key_file + ": " + std::move(why)};
    };
    const core::Fd fd(::open(key_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat is {};
    if (!fd || ::fstat(fd.get(), &is) != 0) {
        return refuse(std::strerror(errno));
    }
    if (!S_ISREG(is.st_mode) || (is.st_uid != 0 && is.st_uid != ::geteuid()) ||
        (is.st_mode & 077) != 0) {
        return refuse("the key has to be a file of root's that nobody else may read: chown root, "
                      "chmod 600");
    }
    char bytes[16384];
    const ssize_t got = ::read(fd.get(), bytes, sizeof bytes);
    login.key.assign(bytes, static_cast<std::size_t>(got > 0 ? got : 0));
    ::explicit_bzero(bytes, sizeof bytes);
    return login;
}

bool begin_ssh() {
    return libssh2_init(0) == 0;
}

Answer ssh(const core::Fd& connection, const Login& login, const Patience& patience) {
    const Session session(begin_ssh() ? libssh2_session_init() : nullptr);
    if (!session) {
        return cannot("libssh2 does not start");
    }
    libssh2_session_set_timeout(session.get(), static_cast<long>(patience.left().count()));
    if (libssh2_session_handshake(session.get(), connection.get()) != 0) {
        return unwell("accepts a connection and no key exchange: " + last_words(session.get()));
    }
    if (!login.user.empty()) {
        return log_in(session.get(), login, patience);
    }
    const char* banner = libssh2_session_banner_get(session.get());
    return well("exchanges keys as " +
                core::shorten(core::printable(banner == nullptr ? "" : banner), 100));
}

} // namespace agentd::probe
