#include "evaluator/effects/granted_groups.hpp"

#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/nix_settings.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::evaluator::effects {
namespace {

using Words = std::vector<std::string>;

Words words_of(std::string text, std::string_view between) {
    std::replace_if(
        text.begin(), text.end(), [&](char c) { return between.find(c) != between.npos; }, ' ');
    Words out;
    for (const auto word : core::split(text, ' '))
        if (!word.empty())
            out.emplace_back(word);
    return out;
}

class Grants {
  public:
    explicit Grants(const Accounts& accounts) {
        for (const auto& [name, gid] : accounts.gids)
            if (!gid.empty())
                names_[gid].push_back(name);
    }

    /// `%name` anywhere, also in an alias; `%#1000` is a number.
    void sudoers(std::string text) {
        for (auto at = text.find("\\\n"); at != text.npos; at = text.find("\\\n", at))
            text.replace(at, 2, " ");
        for (const auto& line : meaningful_lines(&text)) {
            const auto words = words_of(line, "\t,=:!\"()");
            for (auto word : words)
                if (word.size() > 1 && word.front() == '%') {
                    std::erase(word, '\\');
                    add(word.substr(1), is_whole(line), "sudo: " + line);
                }
        }
    }

    /// `permit :name`, of one command where it says `cmd`.
    void doas(const std::string& text) {
        for (const auto& line : meaningful_lines(&text)) {
            const auto words = words_of(line, "\t\"");
            if (words.empty() || words[0] != "permit")
                continue;
            const auto has = [&](const char* word) {
                return std::find(words.begin(), words.end(), word) != words.end();
            };
            for (const auto& word : words)
                if (word.size() > 1 && word.front() == ':')
                    add(word.substr(1), !has("cmd") && !has("as"), "doas: " + line);
        }
    }

    void nix(const std::string* text) {
        const auto settings = parse_nix_conf(text);
        for (const auto* key : {"trusted-users", "extra-trusted-users"})
            if (const auto held = settings.find(key); held != settings.end())
                for (const auto& word : words_of_setting(held->second))
                    if (word.size() > 1 && word.front() == '@')
                        add(word.substr(1), true, "Nix trusts it (" + std::string(key) + ")");
    }

    /// Whom polkit takes for an administrator.
    void polkit(const std::string& path, const std::string& text) {
        constexpr std::string_view start = "unix-group:";
        for (auto at = text.find(start); at != text.npos; at = text.find(start, at)) {
            at += start.size();
            const auto end = text.find_first_of("\"'; \t\n,]", at);
            add(text.substr(at, std::min(end, text.size()) - at), true, path);
        }
    }

    void sshd(const std::string* text) {
        for (const auto& line : meaningful_lines(text)) {
            const auto words = words_of(line, "\t=\"");
            if (!words.empty() && core::to_lower(words[0]) == "allowgroups")
                for (std::size_t at = 1; at < words.size(); ++at)
                    add(words[at], false, "it may log in over SSH (AllowGroups)");
        }
    }

    /// To the machine a group is its number; of root's own groups that is known already.
    void share_numbers() {
        for (const auto& [gid, names] : names_)
            for (const auto& name : names)
                if (const auto one = found.find(name);
                    names.size() > 1 && one != found.end() && !is_root_group(name)) {
                    const auto grant = one->second;
                    for (const auto& each : names)
                        keep(each, grant.root, grant.by);
                    break;
                }
    }

    std::map<std::string, Grant> found{};

  private:
    /// Everything may be run, or it is an alias of which nobody here knows what it may run.
    static bool is_whole(const std::string& line) {
        if (line.find("_Alias") != line.npos)
            return true;
        std::string plain;
        int depth = 0;
        for (const char c : line.substr(std::min(line.find('='), line.size()))) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            plain += depth > 0 || c == ')' ? ' ' : c;
        }
        const auto words = words_of(plain, "\t,=:");
        return std::any_of(words.begin(), words.end(), [](const auto& word) {
            return word == "ALL" || word.find("_ALL") != word.npos ||
                   (word.front() >= 'A' && word.front() <= 'Z' && word != "NOPASSWD" &&
                    word != "PASSWD" && word != "SETENV" && word != "NOSETENV");
        });
    }

    void add(const std::string& name, bool root, const std::string& by) {
        if (!name.starts_with('#'))
            return keep(name, root, by);
        if (const auto at = names_.find(name.substr(1)); at != names_.end() && !at->second.empty())
            keep(at->second.front(), root, by); // the others have the same number
    }

    void keep(const std::string& name, bool root, const std::string& by) {
        auto& held = found[name];
        if (held.by.empty() || (root && !held.root))
            held = {.root = root, .by = by};
    }

    std::map<std::string, Words> names_; ///< of groups, by number
};

} // namespace

std::map<std::string, Grant> granted_groups(const Side& side, const Accounts& accounts) {
    Grants out(accounts);
    for (const auto& [path, node] : side.tree.nodes) {
        const auto* text = path.starts_with("etc/sudoers") || path == "etc/doas.conf" ||
                                   path.starts_with("etc/polkit-1/")
                               ? side.tree.file(path)
                               : nullptr;
        if (text == nullptr)
            continue;
        if (path.starts_with("etc/sudoers"))
            out.sudoers(*text);
        else if (path == "etc/doas.conf")
            out.doas(*text);
        else
            out.polkit(path, *text);
    }
    out.nix(side.tree.file("etc/nix/nix.conf"));
    out.sshd(side.tree.file("etc/ssh/sshd_config"));
    out.share_numbers();
    return std::move(out.found);
}

void tell_granted(const std::string& group, const std::vector<std::string>& gained,
                  const std::map<std::string, Grant>& grants, Sink& sink) {
    const auto grant = grants.find(group);
    if (grant == grants.end() || is_root_group(group))
        return;
    for (const auto& user : gained) {
        if (user == "root")
            continue;
        auto effect =
            grant->second.root
                ? effect_of("accounts", "admin_granted", user + " in " + group, Risk::critical,
                            user + " joins the group " + group + " and can become root")
                : effect_of("accounts", "group_changed", user + " in " + group, Risk::high,
                            user + " joins the group " + group + ", which may more than others");
        effect.after = grant->second.by;
        sink.add(std::move(effect));
    }
}

} // namespace agentd::evaluator::effects
