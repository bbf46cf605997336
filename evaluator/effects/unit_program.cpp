#include "evaluator/effects/unit_program.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

using Words = std::vector<std::string>;

constexpr std::array interpreters{"bash", "sh",   "dash",   "zsh",  "fish", "python", "perl",
                                  "ruby", "node", "lua",    "php",  "java", "tclsh",  "guile",
                                  "awk",  "gawk", "expect", "deno", "ksh",  "pwsh",   "execlineb"};
/// They run what their arguments name, whatever it is.
constexpr std::array carriers{"env",
                              "busybox",
                              "toybox",
                              "timeout",
                              "nice",
                              "ionice",
                              "chrt",
                              "taskset",
                              "setsid",
                              "nohup",
                              "stdbuf",
                              "flock",
                              "unshare",
                              "nsenter",
                              "setpriv",
                              "runuser",
                              "su",
                              "sudo",
                              "chroot",
                              "systemd-run",
                              "xargs",
                              "time",
                              "script",
                              "watch",
                              "find",
                              "parallel",
                              "systemd-inhibit",
                              "bwrap",
                              "tini",
                              "capsh",
                              "strace",
                              "gdb",
                              "make",
                              "start-stop-daemon",
                              "cgexec",
                              "nix",
                              "nix-env",
                              "nix-shell",
                              "nix-build",
                              "git",
                              "nixos-rebuild",
                              "socat",
                              "docker",
                              "podman",
                              "catatonit",
                              "docker-compose",
                              "dumb-init"};
/// Where others than root may write.
constexpr std::array shaky{"/tmp", "/var/tmp", "/dev/shm", "/home", "/run/user"};
/// Places of the system itself, or of devices.
constexpr std::array fixed{"/run/current-system/",
                           "/run/wrappers/",
                           "/run/booted-system/",
                           "/etc/",
                           "/dev/",
                           "/proc/",
                           "/sys/"};
/// Options that name what a program runs or obeys.
constexpr std::array obeyed{"conf",    "script", "plugin", "module", "load",  "exec",   "hook",
                            "command", "cmd",    "lib",    "init",   "rules", "policy", "include"};

std::string name_of(const std::string& program) {
    return program.substr(program.rfind('/') + 1);
}

bool is_interpreter(const std::string& program) {
    const auto name = name_of(program);
    return std::any_of(interpreters.begin(), interpreters.end(), [&](const std::string_view each) {
        return name.starts_with(each) &&
               name.find_first_not_of("0123456789.", each.size()) == name.npos;
    });
}

bool is_carrier(const std::string& program) {
    const auto name = name_of(program);
    return name.starts_with("ld-linux") || name.starts_with("ld.so") ||
           std::find(carriers.begin(), carriers.end(), name) != carriers.end();
}

/// Of what an escape or a specifier stands for nothing is known.
bool is_fixed(const std::string& path, const std::string& prefix) {
    if (path.find('\\') != path.npos || path.starts_with('%'))
        return false;
    return !path.starts_with('/') ||
           (path.find("/../") == path.npos &&
            (path.starts_with(prefix + "/") ||
             std::any_of(fixed.begin(), fixed.end(),
                         [&](const auto* place) { return path.starts_with(place); })));
}

/// A program of the store, or of the system that the store makes.
bool is_of_system(const std::string& program, const std::string& prefix) {
    return program.find("/../") == program.npos &&
           (program.starts_with(prefix + "/") || program.starts_with("/run/current-system/") ||
            program.starts_with("/run/wrappers/bin/") ||
            program.starts_with("/run/booted-system/") || program == "/bin/sh" ||
            program == "/usr/bin/env");
}

/// Only root writes there, and NixOS puts nothing there but a shell and `env`.
bool is_empty_place(const std::string& program) {
    static constexpr std::array folders{"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"};
    return std::any_of(folders.begin(), folders.end(), [&](const std::string_view folder) {
        return program.starts_with(folder) && program.find('/', folder.size()) == program.npos;
    });
}

/// Where in a word a path begins at which others may write, or npos.
std::size_t shaky_at(std::string_view word) {
    for (const std::string_view place : shaky)
        for (auto at = word.find(place); at != word.npos; at = word.find(place, at + 1)) {
            const char before = at == 0 ? '=' : word[at - 1];
            const bool starts =
                (before < '0' || before > '9') && (before < 'a' || before > 'z') && before != '_';
            const auto end = at + place.size();
            if (starts && (end == word.size() ||
                           std::string_view("/:,;)").find(word[end]) != std::string_view::npos))
                return at;
        }
    return std::string_view::npos;
}

bool is_obeyed(const std::string& option) {
    const auto lower = core::to_lower(option);
    return lower == "-c" || lower == "-c=" ||
           std::any_of(obeyed.begin(), obeyed.end(),
                       [&](const auto* each) { return lower.find(each) != lower.npos; });
}

class Commands {
  public:
    explicit Commands(const StoreReader& store) : store_(store) {}

    /// One line may hold several, with a lone semicolon between them.
    void read(std::string_view value) {
        Words words;
        const auto end = [&] {
            if (!words.empty())
                command(words);
            words.clear();
        };
        auto clean = std::string(value);
        std::replace(clean.begin(), clean.end(), '\t', ' ');
        for (const auto part : core::split(clean, ' ')) {
            std::string word(part);
            std::erase_if(word, [](char c) { return c == '"' || c == '\''; });
            if (words.empty())
                word.erase(0, word.find_first_not_of("@-:+!|"));
            if (word == ";")
                end();
            else if (!word.empty())
                words.push_back(std::move(word));
        }
        end();
    }

    Foreign found{};

  private:
    static void keep(std::string& where, std::string_view what) {
        if (where.empty())
            where = what;
    }

    void command(const Words& words) {
        const auto& prefix = store_.prefix();
        if (!is_of_system(words[0], prefix))
            keep(is_empty_place(words[0]) ? found.missing : found.program, words[0]);
        else if (words[0].starts_with(prefix + "/"))
            if (const auto end = store_.resolve(words[0]); end.end == Resolved::End::outside &&
                                                           !end.path.starts_with(prefix + "/") &&
                                                           !is_fixed(end.path, prefix))
                keep(found.program, end.path);
        std::size_t plain = 1; // behind them are arguments of what is known by now
        if (is_carrier(words[0])) {
            plain = words.size();
            for (std::size_t at = 1; at < words.size(); ++at)
                if (is_interpreter(words[at]))
                    script(words, at);
        } else if (is_interpreter(words[0])) {
            plain = script(words, 0);
        }
        for (std::size_t at = 1; at < words.size(); ++at)
            argument(words, at, at < plain);
    }

    /// The script that the interpreter at `at` is given; says where its own arguments begin.
    std::size_t script(const Words& words, std::size_t at) {
        for (++at; at < words.size(); ++at) {
            if (words[at] == "-c" || words[at] == "-e" || words[at] == "-m")
                return words.size();
            if (words[at].starts_with('-') ||
                (words[at].find('=') != std::string::npos && !words[at].starts_with('/')))
                continue;
            if (!is_fixed(words[at], store_.prefix()))
                keep(found.program, words[at]);
            return at + 1;
        }
        return at;
    }

    void argument(const Words& words, std::size_t at, bool run) {
        const auto& word = words[at];
        const auto start = shaky_at(word);
        if (start == word.npos || word.substr(start).starts_with(store_.prefix() + "/"))
            return;
        const bool named = word.substr(0, start).find_first_not_of("/.") != word.npos;
        const auto option = named                            ? word.substr(0, start)
                            : words[at - 1].starts_with('-') ? words[at - 1]
                                                             : std::string{};
        keep(run || is_obeyed(option) ? found.program : found.given, word.substr(start));
    }

    const StoreReader& store_;
};

} // namespace

Foreign foreign_parts(const Unit& unit, const StoreReader& store) {
    Commands commands(store);
    for (const auto& command : unit.commands())
        commands.read(std::string_view(command).substr(command.find('=') + 1));
    return std::move(commands.found);
}

std::string said_of_root(const std::string& name, const Foreign& foreign, bool fresh) {
    if (!foreign.program.empty())
        return name + " runs " + foreign.program +
               " as root, which lies outside the store and may change later";
    auto out = fresh ? name + " runs programs as root that did not run before"
                     : name + " runs something else as root";
    out += foreign.missing.empty() ? "" : "; " + foreign.missing + " is none that NixOS has";
    return out + (foreign.given.empty()
                      ? ""
                      : ", and is given " + foreign.given + ", where others may write");
}

} // namespace agentd::evaluator::effects
