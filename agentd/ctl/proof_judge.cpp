#include "agentd/ctl/proof_judge.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
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

/// The value at a path, which may lie inside that of an option; nullptr where it is not told.
struct Found {
    Json value{};
    const OptionValue* option = nullptr;
};

Found find(const OptionValues& values, const Path& path) {
    for (const OptionValue& one : values) {
        if (one.path.size() > path.size() ||
            !std::equal(one.path.begin(), one.path.end(), path.begin())) {
            continue;
        }
        auto json = core::parse_json(one.value);
        if (!json) {
            return {};
        }
        Json value = std::move(json).value();
        for (std::size_t at = one.path.size(); at < path.size(); ++at) {
            const auto set = value.is_object() ? value.find("set") : value.end();
            if (set == value.end() || !set->is_object() || !set->contains(path[at])) {
                return {};
            }
            value = Json(set->at(path[at]));
        }
        return {.value = std::move(value), .option = &one};
    }
    return {};
}

bool is(const Json& value, std::string_view what) {
    const auto at = value.is_object() ? value.find("is") : value.end();
    return at != value.end() && *at == what;
}

/// What stands for more than it tells: too much, no data, or nothing at all.
bool veiled(const Json& value) {
    return value.is_object() && value.contains("is") && !is(value, "package");
}

/// `curl-8.14` is one of `curl`, `python3.12-requests-2.31` of `requests`, `gitea-1.2` none of
/// `git`.
bool is_version_of(const std::string& text, const std::string& name) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at == 0 || text[at - 1] == '-';
        const bool version = end + 1 < text.size() && text[end] == '-' && text[end + 1] >= '0' &&
                             text[end + 1] <= '9';
        if (begins && (end == text.size() || version)) {
            return true;
        }
    }
    return false;
}

bool holds_package(const Json& value, const proposals::PackageAttr& wanted) {
    const std::string& attribute = wanted.str();
    const std::string name = attribute.substr(attribute.rfind('.') + 1);
    const auto text = is(value, "package") ? value.find("text") : value.end();
    return text != value.end() && text->is_string() &&
           is_version_of(text->get<std::string>(), name);
}

/// Texts of several definitions are put one below the other.
bool has_lines(const std::string& text, std::string_view wanted) {
    return ("\n" + text + "\n").find("\n" + std::string(core::trim(wanted)) + "\n") !=
           std::string::npos;
}

bool is_value(const Json& value, const Value& wanted) {
    if (const auto* package = std::get_if<proposals::PackageAttr>(&wanted)) {
        return holds_package(value, *package);
    }
    if (const auto* text = std::get_if<std::string>(&wanted)) {
        return value.is_string() && has_lines(value.get<std::string>(), *text);
    }
    if (const auto* number = std::get_if<std::int64_t>(&wanted)) {
        return value == Json(*number);
    }
    if (const auto* boolean = std::get_if<bool>(&wanted)) {
        return value == Json(*boolean);
    }
    if (const auto* list = std::get_if<proposals::Strings>(&wanted)) {
        return value.is_array() &&
               std::all_of(list->begin(), list->end(), [&](const std::string& each) {
                   return std::find(value.begin(), value.end(), Json(each)) != value.end();
               });
    }
    return value.is_null();
}

bool has_element(const Json& value, const Value& wanted) {
    return value.is_array() && std::any_of(value.begin(), value.end(), [&](const Json& each) {
               return is_value(each, wanted);
           });
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
        if (now.option != nullptr && is(now.value, "unknown") && before.option != nullptr &&
            !is(before.value, "unknown")) {
            problem = problem ? problem : without_value(path, now);
            return;
        }
        if (now.option == nullptr || veiled(now.value)) {
            notes.push_back(name + " could not be read");
            return;
        }
        const bool listed = kind == WishKind::add_to_list || kind == WishKind::remove_from_list;
        const bool there = listed ? has_element(now.value, wanted) : is_value(now.value, wanted);
        if (there != (kind == WishKind::remove_from_list)) {
            return;
        }
        if (before.option != nullptr && before.value == now.value) {
            problem = problem ? problem : no_effect(path, now);
        } else {
            notes.push_back(name + " becomes " + text_of(*now.option, now.value));
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
                                      " changes too, and it was not named",
                           .where = each.name,
                           .hint = hint};
        }
    }
    return std::nullopt;
}

} // namespace agentd::ctl
