#include "agentd/auditd/options.hpp"

#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"

#include <CLI/CLI.hpp>

#include <limits>
#include <pwd.h>

namespace agentd::auditd {

namespace {

constexpr int usage = 64;

/// A number, or the name of a user of this machine.
std::optional<uid_t> uid_of(const std::string& user) {
    if (const auto number = core::parse_integer(user)) {
        return *number >= 0 && *number < std::numeric_limits<uid_t>::max()
                   ? std::optional(static_cast<uid_t>(*number))
                   : std::nullopt;
    }
    const passwd* found = ::getpwnam(user.c_str());
    return found == nullptr ? std::nullopt : std::optional(found->pw_uid);
}

} // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    Options options;
    std::vector<std::string> writers;
    CLI::App app("Writes the audit log of agentd: appends, signs, and answers on append.sock.",
                 "agentd-auditd");
    app.set_version_flag("--version", AGENTD_VERSION);
    app.add_option("--directory", options.directory, "where the log lies")->required();
    app.add_option("--socket", options.socket, "socket to listen on, unless systemd hands it in");
    app.add_option("--host", options.host, "name of this machine; the log is agentd/NAME")
        ->required();
    app.add_option("--key", options.key_path, "file of the signing key (default: DIRECTORY/key)");
    app.add_option("--writer,--writer-uid", writers,
                   "user or uid that may append, besides root and this program's own")
        ->expected(1, 64);
    app.add_flag("--trust-socket-mode", options.trust_socket_mode,
                 "whoever may open the socket may append");
    app.add_flag("--accept-loss", options.accept_loss,
                 "go on with a log that lost sealed entries; what is left over is set aside, and "
                 "the loss is put on record");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage;
    }
    if (!core::HostName::parse(options.host)) {
        std::cerr << "--host: letters, digits, `-` and `_`, at most 63\n";
        return usage;
    }
    for (const auto& writer : writers) {
        const auto uid = uid_of(writer);
        if (!uid) {
            std::cerr << "--writer: no such user: " << core::printable(core::to_utf8(writer))
                      << "\n";
            return usage;
        }
        options.writers.push_back(*uid);
    }
    return options;
}

} // namespace agentd::auditd
