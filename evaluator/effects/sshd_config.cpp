#include "evaluator/effects/sshd_config.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::array adding{"port",       "listenaddress", "hostkey",     "acceptenv",
                            "allowusers", "denyusers",     "allowgroups", "denygroups",
                            "setenv",     "permitlisten",  "permitopen",  "hostcertificate",
                            "subsystem"};
constexpr int deepest_include = 8;

class Reader {
  public:
    Reader(const Tree& tree, SshdConfig& out) : tree_(tree), out_(out) {}

    void read(const std::string& text, int depth) {
        for (const auto line : core::lines(text))
            if (const auto clean = core::trim(line); !clean.empty() && clean.front() != '#')
                setting(clean, depth);
    }

  private:
    void refuse(std::string why) {
        out_.readable = false;
        if (out_.trouble.empty())
            out_.trouble = std::move(why);
    }

    void setting(std::string_view line, int depth) {
        const auto blank = line.find_first_of(" \t=");
        const auto keyword = core::to_lower(unquoted(line.substr(0, blank)));
        auto rest = blank == line.npos ? std::string_view{} : core::trim(line.substr(blank));
        if (rest.starts_with('='))
            rest = core::trim(rest.substr(1));
        if (keyword.find('"') != keyword.npos || rest.empty() || line.find('\r') != line.npos ||
            !core::is_utf8(line))
            return refuse("a line of it is no setting");
        if (const auto comment = rest.find(" #");
            comment != rest.npos && rest.find_first_of("\"'") == rest.npos)
            rest = core::trim(rest.substr(0, comment));
        auto value = std::string(rest);
        std::erase(value, '"');
        if (keyword == "match") {
            out_.blocks.push_back(value);
            match_ = "match " + (core::to_lower(value) == "all" ? "all" : value) + ": ";
            return;
        }
        if (keyword == "include")
            return include(value, depth);
        out_.written.push_back(match_ + core::to_lower(line.substr(0, blank)) + " " +
                               std::string(rest));
        const auto key = match_ + alias(keyword);
        const bool adds = std::find(adding.begin(), adding.end(), keyword) != adding.end();
        auto& held = out_.settings[key];
        if (held.empty())
            held = value;
        else if (adds)
            held += "\n" + value;
    }

    /// A keyword may stand in quotes.
    static std::string_view unquoted(std::string_view word) {
        return word.size() > 2 && word.starts_with('"') && word.ends_with('"')
                   ? word.substr(1, word.size() - 2)
                   : word;
    }

    static std::string alias(const std::string& keyword) {
        if (keyword == "challengeresponseauthentication" || keyword == "skeyauthentication")
            return "kbdinteractiveauthentication";
        if (keyword == "pubkeyacceptedkeytypes")
            return "pubkeyacceptedalgorithms";
        return keyword;
    }

    void include(const std::string& value, int depth) {
        const auto saved = match_;
        for (const auto part : core::split(value, ' ')) {
            if (part.empty())
                continue;
            auto path = std::string(part);
            if (path.front() != '/')
                path = "/etc/ssh/" + path;
            if (!path.starts_with("/etc/ssh/") || depth >= deepest_include)
                return refuse("it includes " + path + ", which is not part of the system");
            one_include(path.substr(1), depth);
            match_ = saved; // a Match inside an included file ends with it
        }
    }

    void one_include(const std::string& path, int depth) {
        const auto star = path.find('*');
        if (path.find_first_of("?[") != path.npos ||
            (star != path.npos && path.find_first_of("*/", star + 1) != path.npos))
            return refuse("it includes " + path + ", a pattern that is not understood");
        const auto head = path.substr(0, star);
        const auto tail = star == path.npos ? std::string{} : path.substr(star + 1);
        bool found = false;
        for (auto at = tree_.nodes.lower_bound(head);
             at != tree_.nodes.end() && at->first.starts_with(head); ++at) {
            const bool hit = star == path.npos
                                 ? at->first == path
                                 : at->first.ends_with(tail) &&
                                       at->first.find('/', head.size()) == std::string::npos;
            if (!hit)
                continue;
            found = true;
            if (at->second.kind != Node::Kind::file)
                return refuse("it includes " + path + ", which cannot be read");
            out_.files.insert(at->first);
            read(at->second.bytes(), depth + 1);
        }
        // What is not in /etc of the system may still be there on the machine.
        if (!found)
            refuse("it includes /" + path + ", which is not part of the system");
    }

    const Tree& tree_;
    SshdConfig& out_;
    std::string match_;
};

} // namespace

std::string SshdConfig::value(const std::string& keyword) const {
    for (const auto* block : {"match all: ", ""})
        if (const auto found = settings.find(block + keyword); found != settings.end())
            return core::to_lower(found->second);
    static const std::map<std::string, std::string> defaults{
        {"permitrootlogin", "prohibit-password"},
        {"passwordauthentication", "yes"},
        {"kbdinteractiveauthentication", "yes"},
        {"permitemptypasswords", "no"},
        {"pubkeyauthentication", "yes"},
        {"strictmodes", "yes"},
        {"port", "22"},
        {"authorizedkeysfile", ".ssh/authorized_keys .ssh/authorized_keys2"}};
    const auto found = defaults.find(keyword);
    return found == defaults.end() ? std::string{} : found->second;
}

SshdConfig read_sshd_config(const Tree& tree) {
    SshdConfig out;
    const auto* node = tree.find("etc/ssh/sshd_config");
    if (node == nullptr)
        return out;
    out.there = true;
    if (node->kind != Node::Kind::file) {
        out.readable = false;
        out.trouble = node->kind == Node::Kind::outside
                          ? "it is a link to " + node->target + ", outside the store"
                          : "it is " + node->why;
        return out;
    }
    Reader(tree, out).read(node->bytes(), 0);
    std::sort(out.written.begin(), out.written.end());
    return out;
}

} // namespace agentd::evaluator::effects
