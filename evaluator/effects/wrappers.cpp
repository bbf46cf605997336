/// Programs in /run/wrappers that run with more rights than who starts them: setuid, setgid,
/// capabilities. NixOS makes them by a script, of the activation (to 23.05) or of the unit
/// suid-sgid-wrappers.
#include "evaluator/effects/capabilities.hpp"
#include "evaluator/effects/classifier.hpp"
#include "evaluator/effects/scripts_of.hpp"
#include "evaluator/effects/store_text.hpp"
#include "evaluator/effects/wrapper_names.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <optional>

namespace agentd::evaluator::effects {
namespace {

/// What the script does to one name, as it stands there.
struct Wrapper {
    std::string source{}; ///< the program behind it, without its hash
    std::string shape{};  ///< and without its version
    std::string owner{};
    std::string capabilities{};
    std::string mode{};
    bool setuid = false;
    bool setgid = false;
    bool others_run = true;

    /// But for the version of the program, which the closure tells.
    bool same_rights(const Wrapper& other) const {
        return shape == other.shape && owner == other.owner && capabilities == other.capabilities &&
               mode == other.mode && setuid == other.setuid && setgid == other.setgid;
    }
    bool is_root() const {
        return (setuid && (owner.starts_with("root") || owner.starts_with("0"))) ||
               !are_tame(own_capabilities());
    }
    /// Without the one that NixOS gives to each, for the wrapper itself.
    std::string own_capabilities() const {
        constexpr std::string_view of_wrapper = "cap_setpcap,";
        return capabilities.starts_with(of_wrapper) ? capabilities.substr(of_wrapper.size())
                                                    : capabilities;
    }
    /// Who may run it.
    std::string who() const {
        const auto group = owner.find_first_of(":.");
        return others_run || group == owner.npos || group + 1 == owner.size()
                   ? "everybody"
                   : "who is in the group " + owner.substr(group + 1);
    }
    std::string what() const {
        return is_root()              ? "rights of root"
               : capabilities.empty() ? "rights of another account"
                                      : "a right of the kernel (" + own_capabilities() + ")";
    }
    std::string text() const {
        std::string out = setuid ? "setuid " : "";
        out += setgid ? "setgid " : "";
        out += capabilities.empty() ? "" : capabilities + " ";
        return out + owner + " " + mode + (source.empty() ? "" : " -> " + source);
    }
};
using Wrappers = std::map<std::string, Wrapper>;

/// Words of a shell line, quotes dropped: the scripts quote whole words only.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> out;
    for (const auto part : core::split(line, ' ')) {
        auto word = std::string(core::trim(part));
        std::erase(word, '"');
        std::erase(word, '\'');
        if (!word.empty())
            out.push_back(std::move(word));
    }
    return out;
}

/// `ping` of `$wrapperDir/ping`, or "".
std::string wrapper_name(const std::string& word) {
    constexpr std::string_view start = "$wrapperDir/";
    return word.starts_with(start) ? word.substr(start.size()) : std::string{};
}

/// The program that a wrapper of a store path of its own runs (22.11 and newer build one each; its
/// source is compiled in, or stands in a script).
std::string built_in_source(const Side& side, const std::string& program) {
    const auto bytes = side.store.read(program, 4U << 20);
    if (!bytes)
        return {};
    const auto own = store_top(program, side.store.prefix());
    for (const auto& reference : store_references(*bytes, side.store.prefix())) {
        const auto full = bytes->substr(reference.begin, reference.full_end - reference.begin);
        const auto name = full.substr(full.rfind('/') + 1);
        if (reference.top != own && full.find("/bin/") != std::string::npos && name != "sh" &&
            name != "bash")
            return full;
    }
    return {};
}

void set_source(const Side& side, const std::string& program, Wrapper& out) {
    out.source = without_hashes(program, side.store.prefix());
    out.shape = shape_of(program, side.store.prefix());
}

/// What `chmod` makes of the bits for setuid (4) and setgid (2); nothing where that is not known.
std::optional<unsigned> special_bits(std::string_view clause, unsigned bits) {
    const auto first = clause.find_first_not_of("ugoa");
    if (first == clause.npos)
        return std::nullopt;
    const auto who = clause.substr(0, first);
    const bool all = who.empty() || who.find('a') != who.npos;
    const unsigned mine =
        (all || who.find('u') != who.npos ? 4U : 0U) | (all || who.find('g') != who.npos ? 2U : 0U);
    for (auto at = first; at < clause.size();) {
        const char how = clause[at];
        const bool signs = how == '+' || how == '-' || how == '=';
        const auto end = std::min(clause.find_first_of("+-=", at + 1), clause.size());
        const auto what = clause.substr(at + (signs ? 1 : 0), end - at - (signs ? 1 : 0));
        const bool octal = !what.empty() && what.find_first_not_of("01234567") == what.npos;
        if ((!signs && !octal) || what.size() > 6 || (octal && !who.empty()) ||
            (!octal && what.find_first_not_of("rwxXst") != what.npos))
            return std::nullopt;
        const bool set = !octal && what.find('s') != what.npos;
        const auto given = octal ? (what.size() > 3 ? unsigned(what[what.size() - 4] - '0') : 0U)
                                 : (set ? mine : 0U);
        if (how == '+')
            bits |= given;
        else if (how == '-')
            bits &= ~given;
        else
            bits = octal ? given : (bits & ~mine) | given;
        at = end;
    }
    return bits;
}

/// Whether those who are neither owner nor of the group may run it, after one more clause.
bool others_run_after(std::string_view clause, bool before) {
    const auto first = clause.find_first_not_of("ugoa");
    if (first == clause.npos || clause.find_first_of("+-=", first + 1) != clause.npos)
        return true;
    const auto who = clause.substr(0, first);
    const bool signs = clause.find_first_of("+-=") == first;
    const auto what = clause.substr(first + (signs ? 1 : 0));
    const bool octal = !what.empty() && what.find_first_not_of("01234567") == what.npos;
    if (!octal && (!signs || what.find_first_not_of("rwxXst") != what.npos))
        return true;
    if (!octal && !who.empty() && who.find_first_of("oa") == who.npos)
        return before;
    const bool runs =
        octal ? ((what.back() - '0') & 1) != 0 : what.find_first_of("xX") != what.npos;
    if (clause[first] == '-')
        return before && !runs;
    return runs || (clause[first] == '+' && before);
}

/// What is not understood counts as the most that it may be.
void mode_of(const std::string& mode, Wrapper& out) {
    unsigned bits = (out.setuid ? 4U : 0U) | (out.setgid ? 2U : 0U);
    for (const auto part : core::split(mode, ',')) {
        bits = special_bits(part, bits).value_or(6);
        out.others_run = others_run_after(part, out.others_run);
        if (part != "u+s" && part != "g+s" && part != "u-s" && part != "g-s")
            out.mode += (out.mode.empty() ? "" : ",") + std::string(part);
    }
    out.setuid = (bits & 4U) != 0;
    out.setgid = (bits & 2U) != 0;
}

void read_line(const Side& side, std::string_view line, Wrappers& out) {
    const auto words = words_of(line);
    if (words.size() < 3)
        return;
    auto target = words.back();
    const auto verb = words[0].substr(words[0].rfind('/') + 1);
    if (verb == "echo" && target.ends_with(".real")) {
        target = target.substr(0, target.size() - 5);
        if (const auto name = wrapper_name(target); !name.empty())
            set_source(side, words[words.size() - 3], out[name]);
        return;
    }
    const auto name = wrapper_name(target);
    if (name.empty())
        return;
    auto& wrapper = out[name];
    const auto& value = words[words.size() - 2];
    if (verb == "cp" && wrapper.source.empty())
        set_source(side, built_in_source(side, value), wrapper);
    else if (verb == "chown")
        wrapper.owner = value;
    else if (verb == "setcap")
        wrapper.capabilities = value;
    else if (verb == "chmod" && value == "0000")
        wrapper.others_run = false;
    else if (verb == "chmod")
        mode_of(value, wrapper);
}

Wrappers read_wrappers(const Side& side) {
    Wrappers out;
    for (const auto& text : scripts_of(side, {"suid-sgid-wrappers.service"}))
        if (text.find("wrapperDir") != std::string::npos)
            for (const auto line : core::lines(text))
                if (line.find("$wrapperDir/") != line.npos)
                    read_line(side, core::trim(line), out);
    return out;
}

Effect wrapper(std::string kind, const std::string& name, Risk risk, std::string sentence) {
    return effect_of("accounts", std::move(kind), name, risk, std::move(sentence));
}

} // namespace

std::set<std::string> wrapper_names(const Side& side) {
    std::set<std::string> out;
    for (const auto& [name, made] : read_wrappers(side))
        out.insert(name);
    return out;
}

void classify_wrappers(const Side& before, const Side& after, Claims&, Sink& sink) {
    const auto old_ones = read_wrappers(before);
    const auto new_ones = read_wrappers(after);
    for (const auto& [name, made] : new_ones) {
        const auto found = old_ones.find(name);
        if (found != old_ones.end() && found->second.same_rights(made))
            continue;
        auto effect =
            found == old_ones.end()
                ? wrapper("wrapper_added", name, made.is_root() ? Risk::critical : Risk::high,
                          made.who() + " may run " + name + " with " + made.what())
                : wrapper("wrapper_changed", name, Risk::critical,
                          "what " + name + " may do for " + made.who() + " changes");
        effect.after = made.text();
        if (found != old_ones.end())
            effect.before = found->second.text();
        sink.add(std::move(effect));
    }
    for (const auto& [name, made] : old_ones)
        if (!new_ones.contains(name)) {
            auto effect = wrapper("wrapper_removed", name, Risk::notice,
                                  name + " no longer runs with rights of its own");
            effect.before = made.text();
            sink.add(std::move(effect));
        }
}

} // namespace agentd::evaluator::effects
