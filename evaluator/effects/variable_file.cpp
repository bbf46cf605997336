#include "evaluator/effects/variable_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace agentd::evaluator::effects {
namespace {

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
                             "VIMINIT",
                             "EXINIT",
                             "FZF_",
                             "GTK_MODULES",
                             "GTK3_MODULES",
                             "PS0",
                             "PS1",
                             "PS2",
                             "DOCKER_",
                             "KUBECONFIG",
                             "LUA_INIT",
                             "CARGO_",
                             "RUSTC_",
                             "KRB5_CONFIG",
                             "OPENSSL_",
                             "MANPAGER",
                             "BROWSER",
                             "OPENSSL_"};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name(std::string_view name) {
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), is_of_variable_name);
}

/// `NAME` or `{NAME}` after a dollar sign; nothing else that a shell might expand.
bool is_expansion(std::string_view text) {
    const bool braces = text.starts_with('{');
    if (braces)
        text.remove_prefix(1);
    const auto end = std::find_if_not(text.begin(), text.end(), is_of_variable_name);
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
        return is_of_variable_name(c) ||
               std::string_view("./:@%+,-").find(c) != std::string_view::npos;
    });
}

/// False when the line is anything but a variable that is set for the first time.
bool read_line(std::string_view line, VariableSyntax syntax, Variables& out) {
    if (line.starts_with("export ") && syntax != VariableSyntax::pam)
        line.remove_prefix(7);
    else if (syntax == VariableSyntax::shell)
        return false;
    const auto end =
        std::min(line.find_first_of(syntax == VariableSyntax::pam ? " \t" : "="), line.size());
    const auto name = line.substr(0, end);
    auto value = line.substr(end);
    const std::string_view sign = syntax == VariableSyntax::pam ? "DEFAULT=" : "=";
    if (syntax == VariableSyntax::pam)
        value = core::trim(value);
    if (!is_name(name) || !value.starts_with(sign) || !is_plain(value.substr(sign.size())) ||
        !out.values.emplace(name, value.substr(sign.size())).second)
        return false;
    out.order.emplace_back(name);
    return true;
}

} // namespace

bool is_weighty(const std::string& name) {
    return std::any_of(weighty.begin(), weighty.end(),
                       [&](std::string_view each) {
                           return each.ends_with('_') ? name.starts_with(each) : name == each;
                       }) ||
           name.starts_with("PYTHON") || name.starts_with("PERL") || name.starts_with("RUBY") ||
           name.starts_with("LESS");
}

bool is_of_variable_name(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

Variables read_variables(const std::string* text, VariableSyntax syntax) {
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

} // namespace agentd::evaluator::effects
