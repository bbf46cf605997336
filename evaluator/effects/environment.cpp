/// What every login starts with: variables, and the files that shells and programs of everybody
/// read.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/file_rows.hpp"
#include "evaluator/effects/store_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array files{"etc/set-environment", "etc/pam/environment", "etc/environment"};

/// Variables that decide which program runs, what is loaded into it, or whom it talks to.
constexpr std::array weighty{"PATH",
                             "LD_",
                             "BASH_ENV",
                             "ENV",
                             "PROMPT_COMMAND",
                             "IFS",
                             "PS4",
                             "PYTHON",
                             "PERL",
                             "RUBY",
                             "NODE_",
                             "JAVA_TOOL",
                             "GCONV_PATH",
                             "GIT_",
                             "SSH_",
                             "NIX_",
                             "SSL_",
                             "CURL_",
                             "REQUESTS_",
                             "http_proxy",
                             "https_proxy",
                             "all_proxy",
                             "ftp_proxy",
                             "no_proxy",
                             "rsync_proxy",
                             "HTTP_PROXY",
                             "HTTPS_PROXY",
                             "ALL_PROXY",
                             "MALLOC_",
                             "GLIBC_TUNABLES",
                             "XDG_CONFIG_DIRS",
                             "XDG_DATA_DIRS",
                             "SUDO_",
                             "GIO_",
                             "GTK_PATH",
                             "QT_PLUGIN_PATH",
                             "LOCALE_ARCHIVE",
                             "TERMINFO",
                             "HOME",
                             "SHELL"};

struct Variables {
    std::map<std::string, std::string> values{};
    std::vector<std::string> rest{}; ///< lines that set no variable
};

bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

/// True when a shell takes the value as it stands, or with variables and no command in it.
bool is_plain(std::string_view value) {
    return value.find("$(") == value.npos && value.find('`') == value.npos &&
           value.find(';') == value.npos && value.find('&') == value.npos &&
           value.find('|') == value.npos && value.find('\\') == value.npos;
}

/// `export NAME=value` of a shell, `NAME DEFAULT="value"` of pam_env, `NAME=value`.
void read_line(std::string_view line, Variables& out) {
    auto rest = line;
    if (rest.starts_with("export "))
        rest = core::trim(rest.substr(7));
    const auto end = rest.find_first_of("= \t");
    const auto name = rest.substr(0, end);
    auto value = end == rest.npos ? std::string_view{} : core::trim(rest.substr(end));
    if (value.starts_with("DEFAULT=") || value.starts_with("OVERRIDE="))
        value = value.substr(value.find('='));
    if (!is_name(name) || !value.starts_with('=') || !is_plain(value)) {
        out.rest.emplace_back(line);
        return;
    }
    out.values[std::string(name)] = std::string(value.substr(1));
}

Variables read_variables(const std::string* text) {
    Variables out;
    if (text == nullptr)
        return out;
    for (const auto line : core::lines(*text))
        if (const auto clean = core::trim(line); !clean.empty() && clean.front() != '#')
            read_line(clean, out);
    return out;
}

bool is_weighty(const std::string& name) {
    return std::any_of(weighty.begin(), weighty.end(),
                       [&](std::string_view each) {
                           return each.ends_with('_') ? name.starts_with(each) : name == each;
                       }) ||
           name.starts_with("PYTHON") || name.starts_with("PERL") || name.starts_with("RUBY");
}

std::string unquoted(std::string value) {
    for (const char quote : {'"', '\''})
        if (value.size() >= 2 && value.front() == quote && value.back() == quote)
            return value.substr(1, value.size() - 2);
    return value;
}

void tell(const std::string& name, const std::string* before, const std::string* after,
          const std::string& prefix, Sink& sink) {
    const bool heavy = is_weighty(name);
    Effect effect{.area = "environment",
                  .kind = heavy ? "variable_trusted" : "variable_changed",
                  .subject = name,
                  .before = std::nullopt,
                  .after = std::nullopt,
                  .risk = heavy ? Risk::high : Risk::notice,
                  .sentence = "every login gets another value of " + name};
    if (name.starts_with("LD_"))
        effect.risk = Risk::critical;
    if (heavy)
        effect.sentence += ", which decides what programs load or whom they ask";
    if (before != nullptr)
        effect.before = without_hashes(unquoted(*before), prefix);
    if (after != nullptr)
        effect.after = without_hashes(unquoted(*after), prefix);
    if (after == nullptr)
        effect.sentence = "logins no longer get the variable " + name;
    sink.add(std::move(effect));
}

void variables(const std::string& path, const Side& before, const Side& after, Claims& claims,
               Sink& sink) {
    if (!differing(before, after, path).contains(path) || !is_text_or_absent(before, after, path))
        return;
    const auto old_ones = read_variables(before.tree.file(path));
    const auto new_ones = read_variables(after.tree.file(path));
    Comparer comparer(before, after);
    if (comparer.texts(core::join(old_ones.rest, "\n"), core::join(new_ones.rest, "\n")) ==
        Likeness::differs)
        return; // told as a file of the shell
    claim_file(before, after, path, claims);
    std::set<std::string> names;
    for (const auto* side : {&old_ones, &new_ones})
        for (const auto& [name, value] : side->values)
            names.insert(name);
    bool told = false;
    for (const auto& name : names) {
        const auto of = [&](const Variables& side) -> const std::string* {
            const auto found = side.values.find(name);
            return found == side.values.end() ? nullptr : &found->second;
        };
        const auto* old_value = of(old_ones);
        const auto* new_value = of(new_ones);
        if (old_value != nullptr && new_value != nullptr &&
            comparer.texts(*old_value, *new_value) != Likeness::differs)
            continue;
        told = true;
        tell(name, old_value, new_value, before.store.prefix(), sink);
    }
    if (!told)
        tell_builds(path, sink);
}

constexpr std::string_view shell = "what every shell runs when it starts changes";
constexpr std::string_view session = "what starts with every login changes";
constexpr std::string_view program = "what a program does for everybody changes";

constexpr std::array rows{
    FileRow{"etc/ld.so.preload", "environment", "shell_startup", Risk::critical,
            "code is loaded into every program"},
    FileRow{"etc/ld-nix.so.preload", "environment", "shell_startup", Risk::critical,
            "code is loaded into every program"},
    FileRow{"etc/set-environment", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/environment", "environment", "shell_startup", Risk::high, session},
    FileRow{"etc/environment.d/", "environment", "shell_startup", Risk::high, session},
    FileRow{"etc/pam/", "environment", "shell_startup", Risk::high, session},
    FileRow{"etc/profile", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/profile.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/profile.d/", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/bashrc", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/bashrc.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/bash_logout", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/bash_completion.d/", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zshenv", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zprofile", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zshrc", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zlogin", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zlogout", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/fish/", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/skel/", "environment", "shell_startup", Risk::high,
            "what new accounts find in their home changes"},
    FileRow{"etc/xdg/autostart/", "environment", "shell_startup", Risk::high, session},
    FileRow{"etc/xprofile", "environment", "shell_startup", Risk::high, session},
    FileRow{"etc/gitconfig", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/vimrc", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/xdg/", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/tmux.conf", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/screenrc", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/htoprc", "environment", "program_settings", Risk::low, program},
    FileRow{"etc/lesskey", "environment", "program_settings", Risk::low, program},
    FileRow{"etc/zinputrc", "environment", "program_settings", Risk::low, program},
    FileRow{"etc/wgetrc", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/npmrc", "environment", "program_settings", Risk::notice, program}};

} // namespace

void classify_environment(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    for (const auto* path : files)
        variables(path, before, after, claims, sink);
    tell_rows(rows, before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
