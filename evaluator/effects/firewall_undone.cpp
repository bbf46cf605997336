#include "evaluator/effects/firewall_undone.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace agentd::evaluator::effects {
namespace {

using Words = std::vector<std::string>;

/// The commands of a line, each as its words, quotes dropped.
std::vector<Words> commands_of(std::string_view line) {
    auto text = std::string(line.substr(0, line.starts_with('#') ? 0 : line.npos));
    std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '&' || c == '|' || c == '('; }, ';');
    std::replace(text.begin(), text.end(), '\t', ' ');
    std::vector<Words> out;
    for (const auto part : core::split(text, ';')) {
        Words words;
        for (const auto word : core::split(part, ' '))
            if (!word.empty())
                words.emplace_back(word);
        out.push_back(std::move(words));
    }
    return out;
}

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> all) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

/// What one call of iptables does, as far as it matters here.
struct Call {
    std::string deed{};  ///< `-F`, `-A` …
    std::string chain{}; ///< empty: all
    std::string target{};
    bool other_table = false;
    bool limited = false; ///< it has a condition
};

/// Takes the option at `at`, and moves on to the last word that belongs to it.
void take(const Words& words, std::size_t& at, Call& out) {
    const auto next = [&] {
        return at + 1 < words.size() && !words[at + 1].starts_with('-') ? words[++at]
                                                                        : std::string{};
    };
    const auto& word = words[at];
    static constexpr std::array longs{
        std::pair{"--flush", "-F"},  std::pair{"--policy", "-P"}, std::pair{"--append", "-A"},
        std::pair{"--insert", "-I"}, std::pair{"--delete", "-D"}, std::pair{"--delete-chain", "-X"},
        std::pair{"--replace", "-R"}};
    std::string deed = word;
    for (const auto& [name, letter] : longs)
        if (word == name)
            deed = letter;
    if (is_one_of(deed, {"-F", "-P", "-A", "-I", "-D", "-X", "-R"})) {
        out.deed = deed;
        out.chain = next();
        if (deed == "-P")
            out.target = next();
    } else if (is_one_of(word, {"-t", "--table"})) {
        out.other_table = next() != "filter";
    } else if (is_one_of(word, {"-j", "--jump", "-g", "--goto"})) {
        out.target = next();
    } else if (word == "-m" && at + 1 < words.size() && words[at + 1] == "comment") {
        at += 1;
    } else if (word == "--comment") {
        while (!next().empty()) {
        }
    } else if (word == "-w" || word == "--wait" || word.find('>') != word.npos) {
        next();
    } else if (word.find_first_not_of("0123456789") != word.npos) {
        out.limited = true; // a number says where in the chain it stands
    }
}

bool undoes(const Call& call, bool built) {
    const bool ours = call.chain.empty() || call.chain == "INPUT" ||
                      call.chain.starts_with("nixos-fw") ||
                      call.chain.find('$') != std::string::npos;
    if (call.other_table || !ours)
        return false;
    if (call.deed == "-F" || call.deed == "-X")
        return built;
    if (call.deed == "-P")
        return built && call.target == "ACCEPT";
    if (call.deed == "-D" || call.deed == "-R")
        return built && call.target.starts_with("nixos-fw") && call.chain == "INPUT";
    return (call.deed == "-A" || call.deed == "-I") && !call.limited &&
           (call.chain == "INPUT" || (built && call.chain == "nixos-fw")) &&
           is_one_of(call.target, {"ACCEPT", "nixos-fw-accept"});
}

/// `table inet nixos-fw`, or something of it.
bool is_of_table(const Words& words) {
    return std::any_of(words.begin(), words.end(), [](const auto& word) {
        return word == "nixos-fw" || word == "ruleset" || word.find('$') != word.npos;
    });
}

/// A rule of nothing but `accept`, whatever it counts and notes.
bool lets_in_all(const Words& words) {
    for (std::size_t at = 0; at < words.size(); ++at)
        if (words[at] == "accept")
            return true;
        else if (!is_one_of(words[at], {"counter", "log", "prefix", "packets", "bytes"}) &&
                 words[at].find_first_not_of("0123456789") != std::string::npos &&
                 (at == 0 || words[at - 1] != "prefix"))
            return false;
    return false;
}

} // namespace

void FirewallUndone::iptables(std::string_view line, bool built) {
    for (const auto& words : commands_of(line))
        for (std::size_t at = 0; at < words.size(); ++at) {
            const auto name = words[at].substr(words[at].rfind('/') + 1);
            if (!name.starts_with("ip") || name.find("tables") == name.npos)
                continue;
            Call call;
            for (++at; at < words.size(); ++at)
                take(words, at, call);
            any_ = any_ || undoes(call, built);
        }
}

void FirewallUndone::nft(std::string_view line, bool built, bool in_input) {
    for (const auto& words : commands_of(line)) {
        any_ = any_ || (in_input && lets_in_all(words));
        if (!built || words.size() < 2)
            continue;
        const auto verb = std::find_if(words.begin(), words.end(), [](const auto& word) {
            return is_one_of(word, {"flush", "delete", "destroy", "add", "insert"});
        });
        if (verb == words.end() || !is_of_table(words))
            continue;
        const auto fourth = words.end() - verb > 5 ? verb + 5 : words.end();
        any_ = any_ || (*verb != "add" && *verb != "insert") ||
               (verb[1] == "rule" && lets_in_all(Words(fourth, words.end())));
    }
}

} // namespace agentd::evaluator::effects
