#include "evaluator/option_diff.hpp"

#include "evaluator/secret_text.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace agentd::evaluator {
namespace {

using core::Json;
using proposals::OptionChange;
using proposals::OptionChanges;
using Path = std::vector<std::string>;

constexpr std::int64_t plain_definition = 100; ///< `a = 1;`
constexpr std::int64_t default_of_option = 1500;

bool is_special(const Json& value) {
    return value.is_object() && value.contains("is");
}
const Json* set_of(const Json& value) {
    const auto it = value.is_object() ? value.find("set") : value.end();
    return it != value.end() && it->is_object() ? &*it : nullptr;
}
bool is_unset(const Json& value) {
    return value.is_null() || (is_special(value) && value.at("is") == "unset");
}

std::string special_as_nix(const Json& value) {
    const auto what = value.value("is", std::string());
    const auto text = core::printable(value.value("text", std::string()));
    if (what == "path" || what == "number") {
        return text;
    }
    if (what == "more") {
        return "… and " + text + " more";
    }
    if (what == "deep") {
        return "…";
    }
    return text.empty() ? "«" + what + "»" : "«" + what + " " + text + "»";
}

std::string as_nix(const Json& value) {
    if (is_special(value)) {
        return special_as_nix(value);
    }
    if (const auto* set = set_of(value)) {
        std::string out = "{";
        for (const auto& [name, member] : set->items()) {
            out += " " + proposals::nix_name(name) + " = " + as_nix(member) + ";";
        }
        return out + " }";
    }
    if (value.is_array()) {
        std::string out = "[";
        for (const auto& element : value) {
            out += " " + as_nix(element);
        }
        return out + " ]";
    }
    return value.is_string() ? proposals::nix_string(core::printable(value.get<std::string>()))
                             : value.dump();
}

std::string told(const Json& value) {
    return core::shorten(as_nix(value), OptionChange::max_text);
}

/// Somewhere in it.
bool holds_a_secret(const Json& value) {
    if (value.is_string()) {
        return is_secret_text(value.get_ref<const std::string&>());
    }
    if (const auto* set = set_of(value)) {
        return std::any_of(set->items().begin(), set->items().end(), [](const auto& item) {
            return names_a_secret(item.key()) || holds_a_secret(item.value());
        });
    }
    return value.is_array() && std::any_of(value.begin(), value.end(), holds_a_secret);
}

class Comparison {
  public:
    explicit Comparison(const std::vector<std::string>& touched) : touched_(touched) {}

    void options(const OptionValue* before, const OptionValue* after) {
        static const Json nothing;
        const auto read = [](const OptionValue& option) { return Json::parse(option.value); };
        const auto* told = after != nullptr ? after : before;
        priority_ = told->priority;
        file_ = defining(*told);
        values(told->path, before != nullptr ? read(*before) : nothing,
               after != nullptr ? read(*after) : nothing);
    }
    OptionChanges take() {
        std::stable_sort(found_.changes.begin(), found_.changes.end(),
                         [](const auto& one, const auto& other) { return one.path < other.path; });
        return std::move(found_);
    }

  private:
    void values(const Path& path, const Json& before, const Json& after) {
        if (before == after) {
            return;
        }
        const auto *old_set = set_of(before), *new_set = set_of(after);
        if (old_set != nullptr && new_set != nullptr) {
            return members(path, *old_set, *new_set);
        }
        if (found_.changes.size() == OptionChanges::max_changes) {
            found_.more = true;
            return;
        }
        found_.changes.push_back(change(path, before, after));
    }

    void members(const Path& path, const Json& before, const Json& after) {
        static const Json nothing;
        std::set<std::string> names;
        for (const auto* side : {&before, &after}) {
            for (const auto& item : side->items()) {
                names.insert(item.key());
            }
        }
        for (const auto& name : names) {
            Path longer = path;
            longer.push_back(name);
            values(longer, before.value(name, nothing), after.value(name, nothing));
        }
    }

    OptionChange change(const Path& path, const Json& before, const Json& after) const {
        OptionChange made{.path = path, .file = file_};
        if (priority_ && *priority_ != plain_definition && *priority_ != default_of_option) {
            made.priority = priority_;
        }
        made.secret = std::any_of(path.begin(), path.end(),
                                  [](const auto& name) { return names_a_secret(name); }) ||
                      holds_a_secret(before) || holds_a_secret(after);
        if (made.secret) {
            return made;
        }
        if (before.is_array() && after.is_array()) {
            made.added = lacking(after, before);
            made.removed = lacking(before, after);
        }
        if (made.added.empty() && made.removed.empty()) {
            made.before = is_unset(before) ? std::nullopt : std::optional(told(before));
            made.after = is_unset(after) ? std::nullopt : std::optional(told(after));
        }
        return made;
    }

    /// The elements of `these` that `those` does not have (as often).
    static std::vector<std::string> lacking(const Json& these, const Json& those) {
        std::multiset<std::string> there;
        for (const auto& element : those) {
            there.insert(core::canonical(element));
        }
        std::vector<std::string> out;
        for (const auto& element : these) {
            const auto it = there.find(core::canonical(element));
            if (it == there.end()) {
                out.push_back(told(element));
            } else {
                there.erase(it);
            }
        }
        return out;
    }

    /// A directory that is imported stands for its default.nix.
    std::optional<std::string> defining(const OptionValue& option) const {
        for (const auto& file : touched_) {
            for (const auto& one : option.files) {
                if (one == file || one + "/default.nix" == file) {
                    return file;
                }
            }
        }
        return std::nullopt;
    }

    const std::vector<std::string>& touched_;
    OptionChanges found_;
    std::optional<std::string> file_{};
    std::optional<std::int64_t> priority_{};
};

} // namespace

OptionChanges option_changes(const OptionValues& before, const OptionValues& after,
                             const std::vector<std::string>& touched) {
    std::map<Path, std::pair<const OptionValue*, const OptionValue*>> both;
    for (const auto& option : before) {
        both[option.path].first = &option;
    }
    for (const auto& option : after) {
        both[option.path].second = &option;
    }
    Comparison comparison(touched);
    for (const auto& [path, pair] : both) {
        comparison.options(pair.first, pair.second);
    }
    return comparison.take();
}

} // namespace agentd::evaluator
