#include "agentd/ctl/signing.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "agentd/ctl/scratch.hpp"
#include "proposals/sshsig.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace agentd::ctl {

using core::Problem;
using core::Result;

namespace {

/// As system(3): Ctrl-C is for ssh-keygen, we are there to clean up behind it.
class SignalsToChild {
  public:
    SignalsToChild() {
        struct sigaction ignore {};
        ignore.sa_handler = SIG_IGN;
        ::sigaction(SIGINT, &ignore, &interrupt_);
        ::sigaction(SIGQUIT, &ignore, &quit_);
    }
    ~SignalsToChild() {
        ::sigaction(SIGINT, &interrupt_, nullptr);
        ::sigaction(SIGQUIT, &quit_, nullptr);
    }
    SignalsToChild(const SignalsToChild&) = delete;
    SignalsToChild& operator=(const SignalsToChild&) = delete;

  private:
    struct sigaction interrupt_ {};
    struct sigaction quit_ {};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

/// Not sandbox::run: that one takes the terminal away, and a passphrase could not be typed.
int run_with_terminal(const std::string& program, std::vector<std::string> arguments,
                      std::vector<std::string> environment) {
    const SignalsToChild while_it_runs;
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGINT);
    ::sigaddset(&defaults, SIGQUIT);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    // Its "Signing file …" would mix with our data.
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    arguments.insert(arguments.begin(), program);
    auto argv = pointers(arguments);
    auto envp = pointers(environment);
    pid_t child = 0;
    const int error =
        ::posix_spawn(&child, program.c_str(), &actions, &attributes, argv.data(), envp.data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        throw core::system_failure("cannot start", program, error);
    }
    int ending = 0;
    while (::waitpid(child, &ending, 0) < 0 && errno == EINTR) {
    }
    return ending;
}

Problem no_presence(std::string message, const std::string& where, std::string hint) {
    return {
        .code = "presence", .message = std::move(message), .where = where, .hint = std::move(hint)};
}

constexpr const char* make_one = "name your key with --key FILE; agentd takes ssh-ed25519 keys "
                                 "(ssh-keygen -t ed25519)";

/// The public half beside the key says early what the signature would say late.
std::optional<Problem> look_at_key(const std::string& file) {
    const std::string half = file.ends_with(".pub") ? file : file + ".pub";
    if (::access(file.c_str(), R_OK) != 0 && ::access(half.c_str(), R_OK) != 0) {
        return no_presence("there is no key to sign with", file, make_one);
    }
    const auto text = core::read_file_if_exists(half, 16U << 10);
    if (text && core::split(core::trim(*text), ' ').front() != "ssh-ed25519") {
        return no_presence("this is not an ssh-ed25519 key", half, make_one);
    }
    return std::nullopt;
}

std::vector<std::string> environment_of(const Surroundings& around) {
    std::vector<std::string> environment;
    for (const char* name : {"HOME", "SSH_AUTH_SOCK"}) {
        if (const auto value = around.variable(name)) {
            environment.push_back(std::string(name) + "=" + *value);
        }
    }
    return environment;
}

Result<proposals::Presence> presence_from(const std::string& armor, std::string_view bytes,
                                          std::string_view purpose) {
    const auto signature = proposals::parse_ssh_signature(armor);
    if (!signature) {
        return signature.problem();
    }
    if (!proposals::verify_ssh_signature(*signature, bytes, purpose)) {
        return no_presence("what ssh-keygen wrote is no signature over what was to be signed", "",
                           "try again with another --key");
    }
    return proposals::Presence{.method = proposals::PresenceMethod::ssh,
                               .key_id = proposals::key_id_of(signature->public_key),
                               .signature = armor,
                               .signed_digest = core::sha256(bytes).hex()};
}

} // namespace

Result<proposals::Presence> sign_bytes(std::string_view bytes, std::string_view purpose,
                                       const SigningKey& key, const Surroundings& around) {
    if (const auto problem = look_at_key(key.file)) {
        return *problem;
    }
    const Scratch scratch;
    const std::string file = scratch.path() + "/bytes";
    const core::Fd fd = core::open_file(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    core::write_all(fd.get(), bytes, file);
    const int ending =
        run_with_terminal(key.program,
                          {"-q", "-Y", "sign", "-n", std::string(purpose), "-f", key.file, file},
                          environment_of(around));
    if (WIFSIGNALED(ending) && WTERMSIG(ending) == SIGINT) {
        return Problem{.code = "declined", .message = "not signed"};
    }
    const auto armor = core::read_file_if_exists(file + ".sig", proposals::max_ssh_armor);
    if (!WIFEXITED(ending) || WEXITSTATUS(ending) != 0 || !armor) {
        return no_presence("ssh-keygen did not sign; its own words are above", key.file,
                           "unlock the key (ssh-add), or name another with --key FILE");
    }
    return presence_from(*armor, bytes, purpose);
}

} // namespace agentd::ctl
