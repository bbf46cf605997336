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

enum class Syntax {
    shell, ///< `export NAME=value`
    pam,   ///< `NAME DEFAULT="value"`
    plain  ///< `NAME=value`
};

struct VariableFile {
    std::string_view path;
    Syntax syntax;
};

constexpr std::array files{VariableFile{"etc/set-environment", Syntax::shell},
                           VariableFile{"etc/pam/environment", Syntax::pam},
                           VariableFile{"etc/environment", Syntax::plain}};

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
                             "JAVA_TOOL_",
                             "JDK_JAVA_",
                             "_JAVA_OPTIONS",
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
                             "SHELL",
                             "ZDOTDIR",
                             "INPUTRC",
                             "EDITOR",
                             "VISUAL",
                             "SYSTEMD_",
                             "PAGER",
                             "MANPAGER",
                             "BROWSER",
                             "OPENSSL_"};

/// The variables a file begins with. From the first line on that does not set another one, the file
/// is a text: what a line does there may hang on those around it.
struct Variables {
    std::map<std::string, std::string> values{};
    std::vector<std::string> order{};
    std::string rest{};
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_of_name(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

bool is_name(std::string_view name) {
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), is_of_name);
}

/// `NAME` or `{NAME}` after a dollar sign; nothing else that a shell might expand.
bool is_expansion(std::string_view text) {
    const bool braces = text.starts_with('{');
    if (braces)
        text.remove_prefix(1);
    const auto end = std::find_if_not(text.begin(), text.end(), is_of_name);
    const auto length = static_cast<std::size_t>(end - text.begin());
    return is_name(text.substr(0, length)) && (!braces || text.substr(length).starts_with('}'));
}

bool is_quotable(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
}

bool is_plain_quote(std::string_view inner) {
    for (std::size_t at = 0; at < inner.size(); ++at)
        if (!is_quotable(inner[at]) ||
            std::string_view("\"`\\![").find(inner[at]) != std::string_view::npos ||
            (inner[at] == '$' && !is_expansion(inner.substr(at + 1))))
            return false;
    return true;
}

/// True of one bare word, or one whole quoted text, that no shell finds a command in.
bool is_plain(std::string_view value) {
    if (value.size() >= 2 && value.front() == value.back()) {
        const auto inner = value.substr(1, value.size() - 2);
        if (value.front() == '"')
            return is_plain_quote(inner);
        if (value.front() == '\'')
            return inner.find('\'') == inner.npos &&
                   std::all_of(inner.begin(), inner.end(), is_quotable);
    }
    return std::all_of(value.begin(), value.end(), [](char c) {
        return is_of_name(c) || std::string_view("./:@%+,-").find(c) != std::string_view::npos;
    });
}

/// False when the line is anything but a variable that is set for the first time.
bool read_line(std::string_view line, Syntax syntax, Variables& out) {
    if (line.starts_with("export ") && syntax != Syntax::pam)
        line.remove_prefix(7);
    else if (syntax == Syntax::shell)
        return false;
    const auto end = std::min(line.find_first_of(syntax == Syntax::pam ? " \t" : "="), line.size());
    const auto name = line.substr(0, end);
    auto value = line.substr(end);
    const std::string_view sign = syntax == Syntax::pam ? "DEFAULT=" : "=";
    if (syntax == Syntax::pam)
        value = core::trim(value);
    if (!is_name(name) || !value.starts_with(sign) || !is_plain(value.substr(sign.size())) ||
        !out.values.emplace(name, value.substr(sign.size())).second)
        return false;
    out.order.emplace_back(name);
    return true;
}

Variables read_variables(const std::string* text, Syntax syntax) {
    Variables out;
    if (text == nullptr)
        return out;
    bool leading = true;
    for (const auto line : core::lines(*text)) {
        const auto clean = core::trim(line);
        leading = leading && !line.ends_with('\\') &&
                  (clean.empty() || clean.front() == '#' || read_line(clean, syntax, out));
        if (!leading)
            out.rest += std::string(line) + "\n";
    }
    return out;
}

/// The names both sides set, as `one` has them in order.
std::vector<std::string> shared_order(const Variables& one, const Variables& other) {
    std::vector<std::string> out;
    for (const auto& name : one.order)
        if (other.values.contains(name))
            out.push_back(name);
    return out;
}

bool expands(std::string_view text, std::string_view name) {
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        if (at > 0 && !is_of_name(text[at - 1]) && (end == text.size() || !is_of_name(text[end])))
            return true;
    }
    return false;
}

/// True when what follows, or another variable, is made with this one.
bool is_used(const std::string& name, const Variables& side) {
    return expands(side.rest, name) ||
           std::any_of(side.values.begin(), side.values.end(), [&](const auto& each) {
               return each.first != name && each.second.find('$') != std::string::npos &&
                      expands(each.second, name);
           });
}

bool is_weighty(const std::string& name) {
    return std::any_of(weighty.begin(), weighty.end(),
                       [&](std::string_view each) {
                           return each.ends_with('_') ? name.starts_with(each) : name == each;
                       }) ||
           name.starts_with("PYTHON") || name.starts_with("PERL") || name.starts_with("RUBY") ||
           name.starts_with("LESS");
}

std::string unquoted(std::string value) {
    for (const char quote : {'"', '\''})
        if (value.size() >= 2 && value.front() == quote && value.back() == quote)
            return value.substr(1, value.size() - 2);
    return value;
}

void tell(const std::string& name, bool heavy, const std::string* before, const std::string* after,
          const std::string& prefix, Sink& sink) {
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

void variables(const VariableFile& file, const Side& before, const Side& after, Claims& claims,
               Sink& sink) {
    const std::string path(file.path);
    if (!differing(before, after, path).contains(path) || !is_text_or_absent(before, after, path))
        return;
    const auto old_ones = read_variables(before.tree.file(path), file.syntax);
    const auto new_ones = read_variables(after.tree.file(path), file.syntax);
    Comparer comparer(before, after);
    if (comparer.texts(old_ones.rest, new_ones.rest) == Likeness::differs ||
        shared_order(old_ones, new_ones) != shared_order(new_ones, old_ones))
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
        const bool heavy = is_weighty(name) || is_used(name, old_ones) || is_used(name, new_ones);
        tell(name, heavy, old_value, new_value, before.store.prefix(), sink);
    }
    if (!told)
        tell_builds(path, sink);
}

constexpr std::string_view shell = "what every shell runs when it starts changes";
constexpr std::string_view session = "what starts with every login changes";
constexpr std::string_view runs = "what programs of everybody run or load changes";
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
    FileRow{"etc/zshenv.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zprofile.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zshrc.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zlogin.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zlogout.local", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/zinputrc", "environment", "shell_startup", Risk::high, shell},
    FileRow{"etc/inputrc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/gitconfig", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/vimrc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/nanorc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/tmux.conf", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/screenrc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/lesskey", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/man_db.conf", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/wgetrc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/npmrc", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/xdg/menus/", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/xdg/user-dirs.conf", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/xdg/user-dirs.defaults", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/xdg/mimeapps.list", "environment", "program_settings", Risk::notice, program},
    FileRow{"etc/xdg/", "environment", "shell_startup", Risk::high, runs},
    FileRow{"etc/htoprc", "environment", "program_settings", Risk::low, program}};

} // namespace

void classify_environment(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    for (const auto& file : files)
        variables(file, before, after, claims, sink);
    tell_rows(rows, before, after, claims, sink);
}

} // namespace agentd::evaluator::effects
