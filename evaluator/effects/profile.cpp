#include "evaluator/effects/profile.hpp"

#include "evaluator/effects/store_text.hpp"

#include <algorithm>
#include <array>

namespace agentd::evaluator::effects {
namespace {

constexpr std::size_t most_names = 200'000;
constexpr int deepest = 16;

/// Where a name alone decides what is run or allowed.
constexpr std::array telling{"bin/",          "sbin/",        "share/polkit-1/",
                             "share/dbus-1/", "lib/systemd/", "etc/xdg/autostart/"};

/// Made anew of what the packages hold whenever one of them changes: tables to look things up in.
bool is_cache(const std::string& name) {
    return name.starts_with("share/mime/") || name == "share/info/dir" ||
           name == "share/applications/mimeinfo.cache" ||
           name == "share/glib-2.0/schemas/gschemas.compiled" ||
           (name.starts_with("share/icons/") && name.ends_with("/icon-theme.cache"));
}

bool is_telling(const std::string& name) {
    return std::any_of(telling.begin(), telling.end(),
                       [&](const auto* folder) { return name.starts_with(folder); });
}

/// A folder to look into although a package holds it: one that tells, or one above it.
bool leads_to_telling(const std::string& name) {
    const auto folder = name + "/";
    return is_telling(folder) ||
           std::any_of(telling.begin(), telling.end(),
                       [&](const std::string_view each) { return each.starts_with(folder); });
}

class Walk {
  public:
    explicit Walk(const Side& side) : side_(side) {}

    Profile run(const std::string& name) {
        const auto root = side_.store.resolve(side_.toplevel + "/" + name);
        top_ = store_top(root.path, side_.store.prefix());
        if (root.end == Resolved::End::directory)
            visit(root, "", 0);
        return std::move(out_);
    }

  private:
    void visit(const Resolved& folder, const std::string& name, int depth) {
        if (std::find(open_.begin(), open_.end(), folder.path) != open_.end())
            return; // a link to a folder that it lies in shows nothing new
        const auto entries = depth > deepest || seen_ > most_names
                                 ? std::nullopt
                                 : side_.store.entries(folder, most_names);
        if (!entries) {
            out_.complete = false;
            return;
        }
        open_.push_back(folder.path);
        for (const auto& [each, where] : *entries) {
            ++seen_;
            one(where, name.empty() ? each : name + "/" + each, depth);
        }
        open_.pop_back();
    }

    void one(const Resolved& where, const std::string& name, int depth) {
        const bool folder = where.end == Resolved::End::directory;
        if (where.end == Resolved::End::outside) {
            out_.own[name] = "leads to " + where.path;
            return;
        }
        const auto top = store_top(where.path, side_.store.prefix());
        if (top != top_) {
            if (top != last_)
                out_.tops.insert(last_ = top);
            if (!folder && is_telling(name))
                out_.leads[name] = where.path;
            if (!folder || !leads_to_telling(name))
                return;
        }
        if (folder)
            visit(where, name, depth + 1);
        else if (where.end == Resolved::End::file && !is_cache(name))
            out_.own[name] = content(where);
    }

    std::string content(const Resolved& where) const {
        constexpr std::size_t largest = 1U << 20;
        return (where.executable ? "x " : "- ") +
               side_.store.read(where, largest).value_or(where.path);
    }

    const Side& side_;
    std::string top_;
    std::string last_; ///< of the name before
    Profile out_;
    std::vector<std::string> open_;
    std::size_t seen_ = 0;
};

void unclassified(const char* kind, const std::string& name, std::string sentence, Sink& sink) {
    sink.add(effect_of("unclassified", kind, name, Risk::high, std::move(sentence)));
}

void own_files(const Profile& before, const Profile& after, Sink& sink) {
    const auto tell = [&](const auto& mine, const auto& others, const char* kind) {
        for (const auto& [name, content] : mine) {
            const auto found = others.find(name);
            if (found == others.end() || found->second != content)
                unclassified(kind, "sw/" + name,
                             "sw/" + name +
                                 (name.starts_with("bin/") || name.starts_with("sbin/")
                                      ? " is a program that belongs to no package"
                                      : " is a file that belongs to no package"),
                             sink);
        }
    };
    tell(after.own, before.own, "unclassified_added");
    tell(before.own, after.own, "unclassified_removed");
}

/// The same name of the same package: where in another version of it the file lies is its affair.
bool same_owner(const std::string& before, const std::string& after, const std::string& prefix) {
    const auto old_one = parse_package_name(store_name(before, prefix));
    const auto new_one = parse_package_name(store_name(after, prefix));
    if (old_one.name != new_one.name)
        return false;
    return old_one.version != new_one.version || before.substr(store_top(before, prefix).size()) ==
                                                     after.substr(store_top(after, prefix).size());
}

std::set<std::string> package_names(const std::set<std::string>& tops, const std::string& prefix) {
    std::set<std::string> out;
    for (const auto& top : tops)
        out.insert(parse_package_name(store_name(top, prefix)).name);
    return out;
}

void other_owners(const Profile& before, const Profile& after, const Side& side, Sink& sink) {
    const auto& prefix = side.store.prefix();
    const auto had = package_names(before.tops, prefix);
    std::set<std::string> known; // to the closure of before, so that nothing says it is new
    for (const auto& [path, size] : side.closure)
        known.insert(parse_package_name(store_name(path, prefix)).name);
    for (const auto& [name, path] : after.leads) {
        const auto found = before.leads.find(name);
        if (found != before.leads.end() && found->second == path)
            continue;
        const auto title = store_name(path, prefix);
        if (found != before.leads.end()) {
            if (same_owner(found->second, path, prefix))
                continue;
            const auto start = prefix.size() + 34; // the store and a hash
            const auto sentence = "sw/" + name + " is now " + path.substr(start) + " instead of " +
                                  found->second.substr(start);
            if (known.contains(parse_package_name(title).name))
                unclassified("unclassified_changed", "sw/" + name, sentence, sink);
            else // of what is told as added
                sink.add(
                    effect_of("packages", "package_added", "sw/" + name, Risk::high, sentence));
        } else if (const auto owner = parse_package_name(title).name;
                   !name.starts_with("bin/") && !name.starts_with("sbin/") &&
                   known.contains(owner) && !had.contains(owner)) {
            unclassified("unclassified_added", "sw/" + name,
                         "sw/" + name + " of " + title +
                             ", a package that was there but not on "
                             "everybody's path, is read by daemons",
                         sink);
        }
    }
}

} // namespace

Profile read_profile(const Side& side, const std::string& root) {
    return Walk(side).run(root);
}

void tell_profile(const Side& before, const Profile& old_one, const Side& after,
                  const Profile& new_one, Sink& sink) {
    own_files(old_one, new_one, sink);
    other_owners(old_one, new_one, before, sink);
    const auto* old_node = before.tree.find("sw");
    const auto* new_node = after.tree.find("sw");
    const bool is_same = old_node != nullptr && new_node != nullptr && same(*old_node, *new_node);
    if (!is_same && (!old_one.complete || !new_one.complete))
        unclassified("unclassified_changed", "sw",
                     "what is on everybody's path is too much to be read in full", sink);
}

} // namespace agentd::evaluator::effects
