#include "agentd/ctl/proof_judge.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "agentd/stages/proof_values.hpp"
#include "evaluator/secret_text.hpp"
#include "proposals/option_change.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

using core::Json;
using core::Problem;
using core::Result;
using evaluator::OptionValue;
using evaluator::OptionValues;
using proposals::Value;
using proposals::plan::Request;
using proposals::plan::Setting;
using proposals::plan::Wish;
using proposals::plan::WishKind;
using Path = std::vector<std::string>;

namespace {

Path path_of(const Wish& wish, const proposals::OptionPath& option) {
    Path path;
    if (!wish.user.empty()) {
        path = {"home-manager", "users", wish.user};
    }
    path.insert(path.end(), option.parts().begin(), option.parts().end());
    return path;
}

struct Found {
    Json value{};
    const OptionValue* option = nullptr;
};

Found find(const OptionValues& values, const Path& path) {
    Found found;
    found.option = stages::find_value(values, path, found.value);
    return found;
}

std::string text_of(const OptionValue& option, const Json& value) {
    const std::string name = proposals::option_name(option.path);
    const std::string text = core::printable(core::shorten(value.dump(), 200));
    return evaluator::names_a_secret(name) || evaluator::is_secret_text(text) ? "its value" : text;
}

Problem no_effect(const Path& path, const Found& now) {
    const auto& files = now.option->files;
    const std::string name = proposals::option_name(path);
    return {.code = "no_effect",
            .message = "with this edit " + name + " stays " + text_of(*now.option, now.value) +
                       ": another definition of it counts for more, or takes it back",
            .where = files.empty() ? name : files.front(),
            .hint =
                "it is defined in " +
                (files.empty() ? std::string("files that nobody tells") : core::join(files, ", ")) +
                ": change it there; nothing was written"};
}

Problem still_set(const Path& path, const Found& now) {
    Problem problem = no_effect(path, now);
    problem.message = "with this edit " + proposals::option_name(path) + " is still set, to " +
                      text_of(*now.option, now.value);
    return problem;
}

Problem without_value(const Path& path, const Found& now) {
    const std::string name = proposals::option_name(path);
    return {.code = "conflict",
            .message = "with this edit " + name +
                       " has no value any more: what defines it does not go together",
            .where = now.option->files.empty() ? name : now.option->files.front(),
            .hint = "it is defined in " + core::join(now.option->files, ", ") +
                    ": change it in one place; nothing was written"};
}

class Judge {
  public:
    explicit Judge(const Seen& seen) : seen_(seen) {}

    std::optional<Problem> problem{};
    std::vector<std::string> notes{};

    void look(const Path& path, const Value& wanted, WishKind kind) {
        const auto now = find(seen_.after, path);
        const auto before = find(seen_.before, path);
        const std::string name = proposals::option_name(path);
        if (now.option != nullptr && stages::is(now.value, "unknown") && before.option != nullptr &&
            !stages::is(before.value, "unknown")) {
            problem = problem ? problem : without_value(path, now);
            return;
        }
        if (now.option == nullptr || stages::veiled(now.value)) {
            notes.push_back(name + " could not be read");
            return;
        }
        const bool listed = kind == WishKind::add_to_list || kind == WishKind::remove_from_list;
        stages::Had had =
            stages::has_element(now.value, wanted) ? stages::Had::yes : stages::Had::no;
        if (kind == WishKind::remove_from_list) {
            had = had == stages::Had::no ? stages::Had::yes : stages::Had::no;
        } else if (!listed) {
            had = stages::has(now.value, wanted);
        }
        if (had == stages::Had::yes) {
            return;
        }
        if (before.option != nullptr && before.value == now.value) {
            problem = problem ? problem : no_effect(path, now);
        } else {
            notes.push_back(
                name + " becomes " + text_of(*now.option, now.value) +
                (had == stages::Had::no ? "" : ": other definitions are joined with it"));
        }
    }

    /// Nobody of the repository sets it any more, or what it is inside of has it no longer.
    /// @param in_one only one file was meant
    void look_unset(const Path& path, bool in_one) {
        const auto now = find(seen_.after, path);
        const auto before = find(seen_.before, path);
        const std::string name = proposals::option_name(path);
        if (now.option == nullptr) {
            if (before.option == nullptr) {
                notes.push_back(name + " could not be read");
            }
            return;
        }
        const bool whole = now.option->path.size() == path.size();
        const bool as_before = before.option != nullptr && before.value == now.value;
        if (whole ? now.option->files.empty() : !as_before) {
            return;
        }
        if (!whole) { // who defines a part of a value nobody tells
            notes.push_back(name + " stays " + text_of(*now.option, now.value) +
                            ": whether that is its default could not be told");
        } else if (in_one) {
            notes.push_back(name + " is still set elsewhere, to " +
                            text_of(*now.option, now.value));
        } else {
            problem = problem ? problem : still_set(path, now);
        }
    }

  private:
    const Seen& seen_;
};

} // namespace

std::vector<Path> asked_options(const Wish& wish) {
    std::vector<Path> out;
    if (wish.option) {
        out.push_back(path_of(wish, *wish.option));
    }
    for (const Setting& each : wish.settings) {
        out.push_back(path_of(wish, each.option));
    }
    return out;
}

Result<std::vector<std::string>> judge_values(const Request& request, const Seen& seen) {
    Judge judge(seen);
    for (const Wish& wish : request.operations) {
        const bool told = wish.option && wish.value;
        if (told) {
            judge.look(path_of(wish, *wish.option), *wish.value, wish.kind);
        } else if (wish.kind == WishKind::unset_option && wish.option) {
            judge.look_unset(path_of(wish, *wish.option), !wish.in.empty());
        }
        for (const Setting& each : wish.settings) {
            judge.look(path_of(wish, each.option), each.value, WishKind::set_option);
        }
    }
    if (judge.problem) {
        return *std::move(judge.problem);
    }
    return std::move(judge.notes);
}

std::optional<Problem> judge_hosts(const Request& request, const proposals::HostChanges& hosts) {
    using proposals::HostFate;
    const bool anybody = request.every_host || request.hosts.empty();
    const auto meant = [&](const std::string& name) {
        return anybody ||
               std::find(request.hosts.begin(), request.hosts.end(), name) != request.hosts.end();
    };
    constexpr const char* hint = "name the hosts that are meant; nothing was written";
    for (const auto& each : hosts.hosts) {
        if (each.fate == HostFate::breaks) {
            return Problem{.code = "shared",
                           .message = "with this edit the host " + each.name +
                                      " cannot be evaluated any more" +
                                      (each.why.empty() ? "" : ": " + each.why),
                           .where = each.name,
                           .hint = hint};
        }
        if (each.fate == HostFate::changed && !meant(each.name)) {
            return Problem{.code = "shared",
                           .message = "with this edit the host " + each.name +
                                      " changes too, and it was not named" +
                                      (each.why.empty() ? "" : ": " + each.why),
                           .where = each.name,
                           .hint = hint};
        }
    }
    return std::nullopt;
}

} // namespace agentd::ctl
