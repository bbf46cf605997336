/// What systemd-tmpfiles makes, writes and removes as root (tmpfiles.d(5)), line by line. A line of
/// no known type is said and stays unclassified.
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/compare.hpp"
#include "evaluator/effects/etc_text.hpp"
#include "evaluator/effects/places.hpp"
#include "evaluator/effects/tmpfiles_line.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

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

/// The loader for programs that were not built for NixOS (programs.nix-ld), of the store or of the
/// system itself: nothing that was built looks there.
bool is_foreign_loader(const TmpfilesLine& line) {
    return (line.type == "L" || line.type == "L+") && line.plain &&
           (line.path.starts_with("/lib/ld-linux") || line.path.starts_with("/lib64/ld-linux")) &&
           line.path.find("..") == std::string::npos &&
           line.argument.find("..") == std::string::npos &&
           is_below(line.argument, {"/nix/store/", "/run/current-system/sw/"});
}

bool is_grave(const TmpfilesLine& line) {
    return is_grave_place(line.path) && !is_foreign_loader(line);
}

/// One new folder of a service, that nobody but root and the service writes and nothing is ever
/// cleaned out of. Whatever is not plainly that is a rule for a person to read.
bool is_harmless(const TmpfilesLine& line) {
    return line.plain &&
           (line.type == "d" || line.type == "q" || line.type == "Q" || line.type == "v") &&
           is_below(line.path, {"/run/", "/var/lib/", "/var/cache/", "/var/log/", "/var/spool/",
                                "/tmp/", "/var/tmp/"}) &&
           line.path.find("//") == std::string::npos && line.path.find("/.") == std::string::npos &&
           !is_grave(line) && is_tame_mode(line.mode) && is_owner_of(line.user, line.path) &&
           is_owner_of(line.group, line.path) && is_unset(line.age) && is_unset(line.argument);
}

bool is_known(const TmpfilesLine& line) {
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

/// What lies in the folder is removed: when the machine starts, or when it has become that old.
bool empties(const TmpfilesLine& line) {
    return !line.type.empty() &&
           (line.type[0] == 'D' ||
            (!is_unset(line.age) &&
             std::string_view("devqQC").find(line.type[0]) != std::string_view::npos));
}

/// Data of people or services goes; not what is there to be lost.
bool loses_data(const TmpfilesLine& line) {
    if (!empties(line) && line.type[0] != 'r' && line.type[0] != 'R')
        return false;
    static constexpr std::array lasting{"/home", "/root", "/srv", "/var/lib", "/mnt"};
    static constexpr std::array passing{"cache", ".cache", "tmp", "temp", "log", "logs"};
    const auto parts = core::split(line.path, '/');
    const bool of_service = is_below(line.path, {"/var/lib/", "/srv/"});
    return std::any_of(lasting.begin(), lasting.end(),
                       [&](const char* place) { return may_mean(line.path, place); }) &&
           !(of_service && std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
                 return std::find(passing.begin(), passing.end(), part) != passing.end();
             }));
}

std::string deed_of(const TmpfilesLine& line) {
    if (!empties(line))
        return deed(line.type[0]);
    return is_unset(line.age) ? " empties " : " removes what is older than " + line.age + " from ";
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

using Folders = std::multimap<std::string, TmpfilesLine>; ///< by path

std::string owner(const std::string& who) {
    return is_unset(who) ? "root" : who;
}

/// What of a folder of before is given to others now; "" when nothing is. Where several lines make
/// it, the strictest counts.
std::string opened_by(const TmpfilesLine& line, const Folders& before) {
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

void rule(const std::string& path, const std::string& text, const TmpfilesLine& line,
          const Folders& before, bool added, Sink& sink) {
    const auto opened = added ? opened_by(line, before) : std::string{};
    const bool harmless = is_harmless(line) && opened.empty();
    Effect effect{.area = "storage",
                  .kind = harmless ? "tmpfiles_directory" : "tmpfiles_rule",
                  .subject = line.path + " (" + path + ")",
                  .before = std::nullopt,
                  .after = std::nullopt,
                  .risk = harmless                             ? Risk::low
                          : is_grave(line) || loses_data(line) ? Risk::critical
                                                               : Risk::high,
                  .sentence = (added ? "at boot root" : "it is over that at boot root") +
                              deed_of(line) + line.path};
    (added ? effect.after : effect.before) = text;
    if (!opened.empty())
        effect.sentence = line.path + opened;
    if (!added && !harmless)
        effect.risk = Risk::notice;
    sink.add(std::move(effect));
}

void tell(const std::string& path, const std::string& text, const Folders& before, bool added,
          Sink& sink) {
    const auto line = parse_tmpfiles_line(text);
    const auto real = decoded_path(line.path);
    if (real.find("authorized_keys") != std::string::npos || has_part(line.path, ".ssh"))
        sink.add({.area = "ssh",
                  .kind = added ? "ssh_key_added" : "ssh_key_removed",
                  .subject = line.path,
                  .before = added ? std::nullopt : std::optional(text),
                  .after = added ? std::optional(text) : std::nullopt,
                  .risk = Risk::critical,
                  .sentence = added ? "keys that may log in are written to " + line.path
                                    : "keys are no longer written to " + line.path});
    else if (real.find("agentd") != std::string::npos || may_mean(line.path, "/etc/agentd") ||
             may_mean(line.path, "/var/lib/agentd") || may_mean(line.path, "/run/agentd"))
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
            if (auto line = parse_tmpfiles_line(text);
                !line.type.empty() &&
                std::string_view("dDvqQe").find(line.type[0]) != std::string_view::npos)
                out.emplace(plain_path(line.path), std::move(line));
    return out;
}

/// Lines of one path, in their order: the first one counts.
std::string repeated(const std::string* text) {
    std::map<std::string, std::vector<std::string>> by_path;
    if (text != nullptr)
        for (const auto line : core::lines(*text))
            if (const auto clean = squeezed(line); !clean.empty() && clean.front() != '#')
                by_path[plain_path(decoded_path(parse_tmpfiles_line(clean).path))].push_back(clean);
    std::string out;
    for (const auto& [path, lines] : by_path)
        if (lines.size() > 1)
            for (const auto& line : lines)
                out += line + "\n";
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
        if (old_lines == new_lines &&
            repeated(before.tree.file(path)) != repeated(after.tree.file(path)))
            sink.add(effect_of("unclassified", "unclassified_changed", path, Risk::high,
                               path + " has its lines in another order, and the first one counts"));
    }
}

} // namespace agentd::evaluator::effects
