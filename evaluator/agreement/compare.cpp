#include "evaluator/agreement/compare.hpp"

#include "evaluator/agreement/sentence.hpp"
#include "evaluator/secret_text.hpp"

#include <algorithm>

namespace agentd::evaluator::agreement {

namespace {

const Subjects nothing;

const Subjects& of(const Statements* side, Topic topic) {
    const auto* found = side == nullptr ? nullptr : side->find(topic);
    return found == nullptr ? nothing : *found;
}

const Statement* look(const Subjects& subjects, const std::string& subject) {
    const auto it = subjects.find(subject);
    return it == subjects.end() ? nullptr : &it->second;
}

constexpr const char* not_shown = "a secret: not shown";

bool holds_a_secret(const Statement* side) {
    return side != nullptr && is_secret_text(side->value);
}

/// Where one value is not told, being there is all that can be compared.
bool agree(const Statement& one, const Statement& other) {
    return one.value == other.value || one.value.empty() || other.value.empty();
}

bool differs(const Statement* before, const Statement* after) {
    return (before == nullptr) != (after == nullptr) ||
           (before != nullptr && before->value != after->value);
}

/// `name` or `name-<output>` among names.
bool is_package(const Subjects& names, const std::string& name) {
    const auto output = name + "-";
    const auto it = names.lower_bound(output);
    return names.contains(name) || (it != names.end() && it->first.starts_with(output));
}

bool is_below(const std::string& path, const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// Something is at that path of /etc, or below it.
bool is_in_etc(const Subjects& files, const std::string& path) {
    const auto it = files.lower_bound(path + "/");
    return files.contains(path) || (it != files.end() && is_below(it->first, path));
}

/// The options name that file, a folder that it lies in, or the file that it goes with.
bool is_of_etc(const Subjects& options, std::string path) {
    for (const auto* companion : {".mode", ".uid", ".gid"}) {
        if (path.ends_with(companion) && options.contains(path.substr(0, path.rfind('.')))) {
            return true;
        }
    }
    for (;;) {
        if (options.contains(path)) {
            return true;
        }
        const auto slash = path.rfind('/');
        if (slash == std::string::npos) {
            return false;
        }
        path.resize(slash);
    }
}

class Comparison {
  public:
    explicit Comparison(const Compared& sides) : sides_(sides) {}

    proposals::Disagreements run() {
        for (const auto topic : all_topics()) {
            one(topic);
        }
        std::sort(out_.items.begin(), out_.items.end());
        if (sides_.base_options == nullptr) {
            out_.trouble = "what the options of the base say is not known, so what this change "
                           "demands and was not built is not seen";
        }
        return std::move(out_);
    }

  private:
    void one(Topic topic) {
        const bool told = sides_.options.find(topic) != nullptr;
        const bool built = sides_.candidate.find(topic) != nullptr;
        if (told && built) {
            demanded(topic);
            unexpected(topic);
        } else if (!built || changes(topic)) {
            // Of what the built system does not tell nobody knows whether it changes.
            out_.not_compared.emplace_back(to_string(topic));
        }
    }

    /// As far as the built systems and the base's options tell of it.
    bool changes(Topic topic) const {
        const auto differ = [&](const Statements& one, const Statements& other) {
            const auto& before = of(&one, topic);
            const auto& after = of(&other, topic);
            return (one.find(topic) == nullptr) != (other.find(topic) == nullptr) ||
                   !std::equal(before.begin(), before.end(), after.begin(), after.end(),
                               [](const auto& a, const auto& b) {
                                   return a.first == b.first && a.second.value == b.second.value;
                               });
        };
        return differ(sides_.running, sides_.candidate) ||
               (sides_.base_options != nullptr && differ(*sides_.base_options, sides_.options));
    }

    bool touches(Topic topic, const std::string& subject) const {
        const auto at = [&](const Statements* side) { return look(of(side, topic), subject); };
        if (sides_.base_options != nullptr &&
            differs(at(sides_.base_options), at(&sides_.options))) {
            return true;
        }
        if (topic == Topic::etc) {
            return is_in_etc(of(&sides_.running, topic), subject) !=
                   is_in_etc(of(&sides_.candidate, topic), subject);
        }
        if (topic == Topic::package) {
            return is_package(of(&sides_.running, topic), subject) !=
                   is_package(of(&sides_.candidate, topic), subject);
        }
        return differs(at(&sides_.running), at(&sides_.candidate));
    }

    /// What the options say and the built system does not, or says otherwise.
    void demanded(Topic topic) {
        const auto& built = of(&sides_.candidate, topic);
        for (const auto& [subject, said] : of(&sides_.options, topic)) {
            const auto* found = look(built, subject);
            const bool there = found != nullptr ||
                               (topic == Topic::etc && is_in_etc(built, subject)) ||
                               (topic == Topic::package && is_package(built, subject));
            const bool good = there ? found == nullptr || agree(said, *found) : said.optional;
            if (!good && touches(topic, subject)) {
                add(topic, subject, &said, found);
            }
        }
    }

    /// What the built system says and the options do not.
    void unexpected(Topic topic) {
        if (topic == Topic::package) {
            return; // packages come with other things; effects tell each that does
        }
        const auto& options = of(&sides_.options, topic);
        for (const auto& [subject, found] : of(&sides_.candidate, topic)) {
            const bool expected =
                found.optional || options.contains(subject) ||
                (topic == Topic::etc && is_of_etc(options, subject)) ||
                (topic == Topic::unit && sides_.options.unit_packages.contains(found.from));
            if (!expected && touches(topic, subject)) {
                add(topic, subject, nullptr, &found);
            }
        }
    }

    void add(Topic topic, const std::string& subject, const Statement* said,
             const Statement* found) {
        if (out_.items.size() == proposals::Disagreements::max_items) {
            out_.more = true;
            return;
        }
        const auto text = [](const Statement* side) {
            return side == nullptr ? std::nullopt : std::optional(side->value);
        };
        if (is_secret_text(subject) || holds_a_secret(said) || holds_a_secret(found)) {
            return add_secret(topic, said != nullptr, found != nullptr);
        }
        out_.items.push_back({.topic = std::string(to_string(topic)),
                              .subject = subject,
                              .options = text(said),
                              .built = text(found),
                              .text = sentence(topic, subject, said, found)});
    }

    /// That there is a disagreement, without what it is about.
    void add_secret(Topic topic, bool said, bool found) {
        const Statement nothing_more;
        out_.items.push_back({.topic = std::string(to_string(topic)),
                              .subject = not_shown,
                              .options = said ? std::optional<std::string>("") : std::nullopt,
                              .built = found ? std::optional<std::string>("") : std::nullopt,
                              .text = sentence(topic, not_shown, said ? &nothing_more : nullptr,
                                               found ? &nothing_more : nullptr)});
    }

    const Compared& sides_;
    proposals::Disagreements out_{};
};

} // namespace

proposals::Disagreements compare(const Compared& sides) {
    return Comparison(sides).run();
}

} // namespace agentd::evaluator::agreement
