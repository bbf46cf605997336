/// What systemd-tmpfiles makes, writes and removes as root (tmpfiles.d(5)), line by line. A line of
/// no known type is said and stays unclassified.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

struct Line {
    std::string type{};
    std::string path{};
    std::string mode{};
    std::string user{};
    std::string group{};
    std::string age{};
    std::string argument{};
    bool plain = true; ///< no quotes within words, no escapes, patterns or specifiers
};

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

Line parse(const std::string& text) {
    Line line;
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

bool is_below(const std::string& path, std::initializer_list<std::string_view> folders) {
    return path.find("..") == std::string::npos &&
           std::any_of(folders.begin(), folders.end(),
                       [&](std::string_view folder) { return path.starts_with(folder); });
}

bool is_unset(const std::string& field) {
    return field.empty() || field == "-";
}

/// Nobody but the owner writes there, and no bit beyond the nine is set.
bool is_tame_mode(std::string mode) {
    if (is_unset(mode))
        return true; // 0755
    if (mode.size() == 4 && mode.front() == '0')
        mode.erase(0, 1);
    return mode.size() == 3 && mode.find_first_not_of("01234567") == std::string::npos &&
           std::string_view("0145").find(mode[1]) != std::string_view::npos &&
           std::string_view("0145").find(mode[2]) != std::string_view::npos;
}

/// Root, or an account that a folder on the way is named after (`postgres`, /var/lib/postgresql).
bool is_owner_of(const std::string& who, const std::string& path) {
    if (is_unset(who) || who == "root")
        return true;
    const auto parts = core::split(path, '/');
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        return part == who || (who.size() >= 4 && part.starts_with(who));
    });
}

/// Places that decide who is who, what boots, or what runs as root.
constexpr std::string_view grave =
    "/etc /root /nix /boot /usr /bin /sbin /lib /efi /dev /sys /proc /run/wrappers "
    "/run/current-system /run/booted-system /run/systemd /run/user /run/udev /run/dbus /run/keys "
    "/run/secrets /run/agenix /var/spool/cron /var/lib/systemd /var/lib/nixos";

bool is_grave(const Line& line) {
    const auto folders = core::split(grave, ' ');
    return line.path == "/" ||
           std::any_of(folders.begin(), folders.end(),
                       [&](std::string_view folder) { return is_below(line.path, {folder}); });
}

/// One new folder of a service, that nobody but root and the service writes and nothing is ever
/// cleaned out of. Whatever is not plainly that is a rule for a person to read.
bool is_harmless(const Line& line) {
    return line.plain &&
           (line.type == "d" || line.type == "q" || line.type == "Q" || line.type == "v") &&
           is_below(line.path, {"/run/", "/var/lib/", "/var/cache/", "/var/log/", "/var/spool/",
                                "/tmp/", "/var/tmp/"}) &&
           line.path.find("//") == std::string::npos && line.path.find("/.") == std::string::npos &&
           !is_grave(line) && is_tame_mode(line.mode) && is_owner_of(line.user, line.path) &&
           is_owner_of(line.group, line.path) && is_unset(line.age) && is_unset(line.argument);
}

bool is_known(const Line& line) {
    return !line.type.empty() && !line.path.empty() &&
           std::string_view("fFwdDevqQpLcbCxXrRzZtThHaA").find(line.type[0]) !=
               std::string_view::npos &&
           line.type.find_first_not_of("+!-=~^$", 1) == std::string::npos;
}

std::string deed(char type) {
    switch (type) {
    case 'd':
    case 'D':
    case 'e':
    case 'v':
    case 'q':
    case 'Q':
        return " makes the directory ";
    case 'r':
    case 'R':
        return " removes ";
    case 'x':
    case 'X':
        return " keeps from being cleaned up ";
    case 'z':
    case 'Z':
    case 't':
    case 'T':
    case 'h':
    case 'H':
    case 'a':
    case 'A':
        return " changes who may use ";
    case 'L':
        return " makes a link at ";
    default:
        return " writes ";
    }
}

/// The rights that a mode gives to others than the owner; what is not spelled as one gives all.
unsigned rights_of_others(const std::string& mode) {
    if (is_unset(mode))
        return 055; // 0755
    unsigned out = 0;
    for (const char digit : mode) {
        if (digit < '0' || digit > '7')
            return 077;
        out = out * 8 + static_cast<unsigned>(digit - '0');
    }
    return out & 077U;
}

using Folders = std::multimap<std::string, Line>; ///< by path

/// `/var/lib/x` for `/var/lib/x/` and `/var/lib//x`.
std::string plain_path(std::string_view path) {
    std::string out;
    for (const auto part : core::split(path, '/'))
        if (!part.empty() && part != ".")
            out += "/" + std::string(part);
    return out;
}

std::string owner(const std::string& who) {
    return is_unset(who) ? "root" : who;
}

/// What of a folder of before is given to others now; "" when nothing is. Where several lines make
/// it, the strictest counts.
std::string opened_by(const Line& line, const Folders& before) {
    const auto mode = is_unset(line.mode) ? "0755" : line.mode;
    const auto [first, last] = before.equal_range(plain_path(line.path));
    for (auto at = first; at != last; ++at) {
        const auto& old_one = at->second;
        if ((rights_of_others(line.mode) & ~rights_of_others(old_one.mode)) != 0)
            return " is opened to more accounts than before (mode " + old_one.mode + ", now " +
                   mode + ")";
        if (owner(line.user) != owner(old_one.user) || owner(line.group) != owner(old_one.group))
            return " is given from " + owner(old_one.user) + ":" + owner(old_one.group) + " to " +
                   owner(line.user) + ":" + owner(line.group);
    }
    return {};
}

void rule(const std::string& path, const std::string& text, const Line& line, const Folders& before,
          bool added, Sink& sink) {
    const auto opened = added ? opened_by(line, before) : std::string{};
    const bool harmless = is_harmless(line) && opened.empty();
    Effect effect{.area = "storage",
                  .kind = harmless ? "tmpfiles_directory" : "tmpfiles_rule",
                  .subject = line.path + " (" + path + ")",
                  .before = std::nullopt,
                  .after = std::nullopt,
                  .risk = harmless         ? Risk::low
                          : is_grave(line) ? Risk::critical
                                           : Risk::high,
                  .sentence = (added ? "at boot root" : "it is over that at boot root") +
                              deed(line.type[0]) + line.path};
    (added ? effect.after : effect.before) = text;
    if (!opened.empty())
        effect.sentence = line.path + opened;
    if (!added && !harmless)
        effect.risk = Risk::notice;
    sink.add(std::move(effect));
}

void tell(const std::string& path, const std::string& text, const Folders& before, bool added,
          Sink& sink) {
    const auto line = parse(text);
    if (line.path.find("authorized_keys") != std::string::npos ||
        line.path.find("/.ssh") != std::string::npos)
        sink.add({.area = "ssh",
                  .kind = added ? "ssh_key_added" : "ssh_key_removed",
                  .subject = line.path,
                  .before = added ? std::nullopt : std::optional(text),
                  .after = added ? std::optional(text) : std::nullopt,
                  .risk = Risk::critical,
                  .sentence = added ? "keys that may log in are written to " + line.path
                                    : "keys are no longer written to " + line.path});
    else if (line.path.find("agentd") != std::string::npos)
        sink.add({.area = "system",
                  .kind = "agentd_changed",
                  .subject = line.path,
                  .before = std::nullopt,
                  .after = text,
                  .risk = Risk::critical,
                  .sentence = "files of agentd are written or removed by others: " + line.path});
    else if (!is_known(line))
        sink.add({.area = "unclassified",
                  .kind = added ? "unclassified_added" : "unclassified_removed",
                  .subject = line.path + " (" + path + ")",
                  .before = std::nullopt,
                  .after = text,
                  .risk = Risk::high,
                  .sentence = path + " has a line that is not understood"});
    else
        rule(path, text, line, before, added, sink);
}

/// Folders that the system of before makes, whatever file says so.
Folders folders_of(const Side& side) {
    Folders out;
    const std::string start = "etc/tmpfiles.d/";
    for (auto at = side.tree.nodes.lower_bound(start);
         at != side.tree.nodes.end() && at->first.starts_with(start); ++at)
        for (const auto& text : meaningful_lines(side.tree.file(at->first)))
            if (auto line = parse(text);
                !line.type.empty() &&
                std::string_view("dDvqQe").find(line.type[0]) != std::string_view::npos)
                out.emplace(plain_path(line.path), std::move(line));
    return out;
}

} // namespace

void classify_tmpfiles(const Side& before, const Side& after, Claims& claims, Sink& sink) {
    Comparer comparer(before, after);
    const auto paths = differing(before, after, "etc/tmpfiles.d/");
    const auto folders = paths.empty() ? Folders{} : folders_of(before);
    for (const auto& path : paths) {
        if (!is_text_or_absent(before, after, path))
            continue;
        claim_file(before, after, path, claims);
        if (comparer.nodes(before.tree.find(path), after.tree.find(path)) == Likeness::builds) {
            tell_builds(path, sink);
            continue;
        }
        const auto old_lines = meaningful_lines(before.tree.file(path));
        const auto new_lines = meaningful_lines(after.tree.file(path));
        for (const auto& line : new_lines)
            if (!old_lines.contains(line))
                tell(path, line, folders, true, sink);
        for (const auto& line : old_lines)
            if (!new_lines.contains(line))
                tell(path, line, folders, false, sink);
    }
}

} // namespace agentd::evaluator::effects
