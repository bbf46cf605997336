#include "evaluator/effects/sysusers.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace agentd::evaluator::effects {
namespace {

using core::Json;

const std::string folder = "etc/sysusers.d/";

/// Words apart by blanks, those in quotes as one; nullopt when a quote is not around a whole word,
/// or a backslash makes of it something else.
std::optional<std::vector<std::string>> words_of(std::string_view line) {
    std::vector<std::string> out;
    for (std::size_t at = line.find_first_not_of(" \t"); at < line.size();
         at = line.find_first_not_of(" \t", at)) {
        const char quote = line[at];
        const bool quoted = quote == '"' || quote == '\'';
        const auto end = quoted ? line.find(quote, at + 1) : line.find_first_of(" \t", at);
        if (quoted && (end == line.npos ||
                       (end + 1 < line.size() && line[end + 1] != ' ' && line[end + 1] != '\t')))
            return std::nullopt;
        const auto from = quoted ? at + 1 : at;
        const auto word = line.substr(from, std::min(end, line.size()) - from);
        if (word.find_first_of(quoted ? "\\" : "\\\"'") != word.npos)
            return std::nullopt;
        out.emplace_back(word);
        at = std::min(end, line.size()) + (quoted ? 1 : 0);
    }
    return out;
}

class Accounts {
  public:
    /// False when the line is none that is known.
    bool take(std::vector<std::string> words) {
        words.resize(std::max<std::size_t>(words.size(), 6));
        for (auto& word : words)
            if (word == "-")
                word.clear();
        const auto& type = words[0];
        const auto& name = words[1];
        if (type == "r")
            return true;
        if (!is_name(name) || words.size() > 6)
            return false;
        if (type == "m") {
            members_[words[2]].insert(name);
            return is_name(words[2]);
        }
        if (type != "u" && type != "u!" && type != "g")
            return false;
        // Of two lines systemd takes the first, whatever the other says.
        const auto [known, first] = lines_.emplace(type.substr(0, 1) + " " + name, words);
        if (!first)
            return known->second == words;
        if (type == "g")
            return is_id(words[2]) && take_group(name, words[2]);
        return user(words);
    }

    Json list() {
        Json groups = Json::array();
        for (const auto& [name, who] : members_)
            gids_.try_emplace(name);
        for (const auto& [name, gid] : gids_)
            groups.push_back({{"name", name}, {"gid", gid}, {"members", members_[name]}});
        return {{"users", users_}, {"groups", groups}};
    }

  private:
    static bool is_name(const std::string& name) {
        return name.find_first_not_of("0123456789") != name.npos && name.find('%') == name.npos;
    }

    /// Nothing, or a number as it is written: a path would be the owner of what lies there.
    static bool is_id(const std::string& text) {
        return text.find_first_not_of("0123456789") == text.npos && text.size() <= 10 &&
               (text.size() < 2 || text.front() != '0');
    }

    bool take_group(const std::string& name, const std::string& gid) {
        auto& known = gids_[name];
        if (known.empty())
            known = gid;
        return gid.empty() || known == gid;
    }

    bool user(const std::vector<std::string>& words) {
        const auto colon = words[2].find(':');
        const auto group = colon == std::string::npos ? std::string() : words[2].substr(colon + 1);
        auto uid = words[2].substr(0, colon);
        if (uid == "-")
            uid.clear();
        if (!is_id(uid) || group == "-" || group.find('%') != group.npos || group.starts_with("/"))
            return false;
        if (group.empty())
            gids_.try_emplace(words[1]);
        const auto& shell = words[5];
        const bool logs_in =
            !shell.empty() && !shell.ends_with("nologin") && !shell.ends_with("/false");
        users_.push_back({{"name", words[1]},
                          {"uid", uid},
                          {"group", group.empty() ? words[1] : group},
                          {"description", words[3]},
                          {"home", words[4]},
                          {"shell", shell},
                          {"isSystemUser", !logs_in}});
        return true;
    }

    Json users_ = Json::array();
    std::map<std::string, std::vector<std::string>> lines_; ///< by type and name
    std::map<std::string, std::string> gids_;
    std::map<std::string, std::set<std::string>> members_;
};

} // namespace

std::set<std::string> sysusers_files(const Tree& tree) {
    std::set<std::string> out;
    for (auto at = tree.nodes.lower_bound(folder);
         at != tree.nodes.end() && at->first.starts_with(folder); ++at)
        if (at->first.ends_with(".conf") && at->first.find('/', folder.size()) == at->first.npos)
            out.insert(at->first);
    return out;
}

Json read_sysusers(const Tree& tree) {
    Accounts accounts;
    for (const auto& path : sysusers_files(tree)) {
        const auto* text = tree.file(path);
        if (text == nullptr || !core::is_utf8(*text))
            return {};
        for (const auto line : core::lines(*text)) {
            const auto clean = core::trim(line);
            if (clean.empty() || clean.front() == '#')
                continue;
            auto words = words_of(clean);
            if (!words || !accounts.take(std::move(*words)))
                return {};
        }
    }
    return accounts.list();
}

} // namespace agentd::evaluator::effects
