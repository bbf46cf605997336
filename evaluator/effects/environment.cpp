/// What every login starts with: variables, and the files that shells and programs of everybody
/// read.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/file_rows.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/variable_file.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

struct VariableFile {
    std::string_view path;
    VariableSyntax syntax;
};

constexpr std::array files{VariableFile{"etc/set-environment", VariableSyntax::shell},
                           VariableFile{"etc/pam/environment", VariableSyntax::pam},
                           VariableFile{"etc/environment", VariableSyntax::plain}};

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
        if (at > 0 && !is_of_variable_name(text[at - 1]) &&
            (end == text.size() || !is_of_variable_name(text[end])))
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
