#include "evaluator/effects/tmpfiles_line.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace agentd::evaluator::effects {
namespace {

/// The character that so many digits at `at` stand for; moves on behind them.
char numbered(std::string_view text, std::size_t& at, std::size_t digits, unsigned base) {
    unsigned out = 0;
    for (std::size_t i = 0; i < digits && at < text.size(); ++i, ++at) {
        const auto c = static_cast<unsigned>(
            std::string_view("0123456789abcdef").find(core::to_lower(text.substr(at, 1))));
        if (c >= base)
            break;
        out = out * base + c;
    }
    return static_cast<char>(out);
}

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> out;
    for (const auto part : core::split(path, '/'))
        if (!part.empty() && part != ".")
            out.emplace_back(part);
    return out;
}

/// A word as systemd takes it; not `plain` when that cannot be said for certain.
std::string read_word(std::string_view word, bool& plain) {
    if (word.size() >= 2 && word.front() == word.back() &&
        (word.front() == '"' || word.front() == '\''))
        word = word.substr(1, word.size() - 2);
    plain = plain && !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._/@+:~-").find(c) != std::string_view::npos;
            });
    std::string out(word);
    std::erase(out, '"');
    std::erase(out, '\'');
    return out;
}

} // namespace

std::string decoded_path(std::string_view path) {
    std::string out;
    for (std::size_t at = 0; at < path.size();) {
        const char c = path[at++];
        if (c == '%' && at < path.size()) {
            // Of the machine's own numbers and release nothing can be called like a folder.
            const char which = path[at++];
            out += which == '%'                                                      ? "%"
                   : std::string_view("abmvABMowW").find(which) != std::string::npos ? "0"
                                                                                     : "*";
        } else if (c != '\\' || at >= path.size()) {
            out += c;
        } else if (path[at] == 'x') {
            out += numbered(path, ++at, 2, 16);
        } else if (path[at] >= '0' && path[at] <= '7') {
            out += numbered(path, at, 3, 8);
        } else {
            out += path[at++];
        }
    }
    return out;
}

bool may_mean(std::string_view path, std::string_view place) {
    const auto patterns = parts_of(decoded_path(path));
    const auto parts = parts_of(place);
    if (std::find(patterns.begin(), patterns.end(), "..") != patterns.end())
        return true;
    if (patterns.size() < parts.size())
        return false;
    for (std::size_t at = 0; at < parts.size(); ++at)
        if (fnmatch(patterns[at].c_str(), parts[at].c_str(), FNM_PERIOD) != 0)
            return false;
    return true;
}

bool has_part(std::string_view path, const std::string& part) {
    const auto patterns = parts_of(decoded_path(path));
    return std::any_of(patterns.begin(), patterns.end(), [&](const auto& each) {
        return fnmatch(each.c_str(), part.c_str(), FNM_PERIOD) == 0;
    });
}

std::string plain_path(std::string_view path) {
    std::string out;
    for (const auto part : core::split(path, '/'))
        if (!part.empty() && part != ".")
            out += "/" + std::string(part);
    return out;
}

TmpfilesLine parse_tmpfiles_line(const std::string& text) {
    TmpfilesLine line;
    std::vector<std::string> fields;
    for (const auto word : core::split(text, ' '))
        fields.push_back(read_word(word, line.plain));
    line.plain = line.plain && fields.size() <= 7;
    fields.resize(std::max<std::size_t>(fields.size(), 7));
    // `:` only where it is newly made, `~` only what the file does not take away: as grave as
    // without.
    for (const std::size_t at : {2U, 3U, 4U})
        fields[at].erase(0, fields[at].find_first_not_of(":~"));
    line.type = fields[0];
    line.path = fields[1];
    line.mode = fields[2];
    line.user = fields[3];
    line.group = fields[4];
    line.age = fields[5];
    line.argument = fields[6];
    return line;
}

} // namespace agentd::evaluator::effects
