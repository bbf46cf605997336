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

/// Words apart by blanks, those in quotes as one; nullopt when a quote does not end with its word.
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
        out.emplace_back(line.substr(from, std::min(end, line.size()) - from));
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
        if (name.empty() || name.find('%') != name.npos)
            return false;
        if (type == "u" || type == "u!")
            user(words);
        else if (type == "g")
            gids_[name] = words[2];
        else if (type == "m")
            members_[words[2]].insert(name);
        else
            return false;
        return type != "m" || !words[2].empty();
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
    void user(const std::vector<std::string>& words) {
        const auto colon = words[2].find(':');
        const auto group = colon == std::string::npos ? std::string() : words[2].substr(colon + 1);
        if (group.empty())
            gids_.try_emplace(words[1]);
        users_.push_back({{"name", words[1]},
                          {"uid", words[2].substr(0, colon)},
                          {"group", group.empty() ? words[1] : group},
                          {"description", words[3]},
                          {"home", words[4]},
                          {"shell", words[5]},
                          {"isSystemUser", true}});
    }

    Json users_ = Json::array();
    std::map<std::string, std::string> gids_;
    std::map<std::string, std::set<std::string>> members_;
};

} // namespace

std::set<std::string> sysusers_files(const Tree& tree) {
    std::set<std::string> out;
    for (auto at = tree.nodes.lower_bound(folder);
         at != tree.nodes.end() && at->first.starts_with(folder); ++at)
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
