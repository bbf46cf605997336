// Any option by its path.
#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>
#include <array>

namespace agentd::planners::goal {

namespace {

using core::Problem;
using core::Result;

Wish for_user(Wish wish, const Situation& in) {
    wish.user = in.scope.user;
    return wish;
}

bool is_switch(std::string_view option) {
    return option.ends_with(".enable") || option.ends_with(".openFirewall");
}

using Values = std::vector<Value>;

/// What it may mean: `on` is true for a switch, and could be a text of anything else.
Result<Values> values_of(const std::string& option, const Item& item) {
    const bool bare = item.more == "bare";
    const bool on = item.text == "on" || item.text == "yes";
    const bool off = item.text == "off" || item.text == "no";
    if (bare && (on || off) && is_switch(option)) {
        return Values{on};
    }
    if (bare && item.text.starts_with("pkgs.")) {
        const auto package = proposals::PackageAttr::parse(std::string_view(item.text).substr(5));
        return package ? Result<Values>(Values{*package})
                       : Problem{.code = "bad_value",
                                 .message = quoted(item.text) + " is no name of a package"};
    }
    if (bare && (item.text.starts_with("config.") || item.text.starts_with("lib."))) {
        return Problem{.code = "bad_value",
                       .message = quoted(item.text) + " is an expression, and words set values",
                       .hint = "put it in quotes if the text is meant, or write it by hand"};
    }
    const bool zeros = item.text.size() > 1 && item.text.front() == '0' && item.more.empty();
    const bool number = std::holds_alternative<std::int64_t>(*item.value);
    if (number && (zeros || option.ends_with("networking.hostId"))) {
        return Values{item.text}; // digits, and no number
    }
    const bool either = bare && (item.text == "on" || item.text == "off");
    return either ? Values{on, *item.value} : Values{*item.value};
}

Result<Made> assign(const State& match, const Situation& in) {
    const std::string option = match.text("option");
    const auto values = values_of(option, match.items("value").front());
    if (!values) {
        return values.problem();
    }
    std::vector<Made> ways;
    for (const Value& one : *values) {
        Wish wish = for_user(set(option, one), in);
        wish.fresh = match.has("fresh");
        ways.push_back(only(std::move(wish)));
    }
    return all_of({ways});
}

Result<Made> assign_package(const State& match, const Situation& in) {
    return only(for_user(set(match.text("option"), attribute(match.text("package"))), in));
}

Result<Made> turn(const State& match, const Situation& in, bool on) {
    std::vector<std::vector<Made>> out;
    const auto switched = [&](const std::string& option) {
        return Made{.wishes = {for_user(set(option, on), in)}, .service = option};
    };
    for (const Item& item : match.items("options")) {
        const CatalogView* catalog = in.scene.around.catalog;
        const std::string longer = item.text + ".enable";
        const bool short_one = catalog != nullptr
                                   ? catalog->has_option(longer)
                                   : std::count(item.text.begin(), item.text.end(), '.') == 1;
        const bool sure = catalog != nullptr || is_switch(item.text) || short_one;
        const bool below = !is_switch(item.text) && short_one;
        out.push_back({switched(below ? longer : item.text)});
        if (!sure) { // it is a switch itself, or has one
            out.back().push_back(switched(longer));
        }
    }
    return all_of(out);
}

Result<Made> enable(const State& match, const Situation& in) {
    return turn(match, in, true);
}
Result<Made> disable(const State& match, const Situation& in) {
    return turn(match, in, false);
}

Result<Made> forget(const State& match, const Situation& in) {
    Made out;
    for (const Item& item : match.items("options")) {
        out.wishes.push_back(for_user(unset(item.text), in));
    }
    return out;
}

bool holds_packages(const std::string& option) {
    return option.ends_with("ackages") || option.ends_with(".fonts");
}

/// `8000-8010`
std::optional<std::pair<std::int64_t, std::int64_t>> range_of(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = core::parse_integer(text.substr(0, dash));
    const auto last = dash == text.npos ? std::nullopt : core::parse_integer(text.substr(dash + 1));
    const bool fits = first && last && *first > 0 && *first < *last && *last <= 65535;
    return fits ? std::optional(std::pair(*first, *last)) : std::nullopt;
}

Result<Made> elements(const State& match, const Situation& in, WishKind kind) {
    const std::string option = match.text("option");
    Made out;
    for (const Item& item : match.items("values")) {
        Value value = *item.value;
        const bool fits = std::holds_alternative<std::string>(value) ||
                          std::holds_alternative<std::int64_t>(value);
        if (!fits) {
            return Problem{.code = "bad_value",
                           .message = quoted(item.text) + " is no element of a list: a number, a "
                                                          "text or a package is"};
        }
        const auto package = item.more == "bare" && holds_packages(option)
                                 ? proposals::PackageAttr::parse(item.text)
                                 : std::nullopt;
        if (package) {
            value = *package;
        }
        const auto range = option.ends_with("PortRanges") ? range_of(item.text) : std::nullopt;
        if (range) {
            value = range->first;
        }
        Wish wish = kind == WishKind::add_to_list ? add(option, value) : remove(option, value);
        wish.last = range ? std::optional(range->second) : std::nullopt;
        out.wishes.push_back(for_user(std::move(wish), in));
    }
    return out;
}

Result<Made> put_in(const State& match, const Situation& in) {
    return elements(match, in, WishKind::add_to_list);
}
Result<Made> take_out(const State& match, const Situation& in) {
    return elements(match, in, WishKind::remove_from_list);
}

Result<Made> packages(const State& match, const Situation& in, WishKind kind) {
    Made out;
    for (const Item& item : match.items("packages")) {
        const Value value = attribute(item.text);
        const std::string option = match.text("option");
        Wish wish = kind == WishKind::add_to_list ? add(option, value) : remove(option, value);
        out.wishes.push_back(for_user(std::move(wish), in));
    }
    return out;
}
Result<Made> put_packages(const State& match, const Situation& in) {
    return packages(match, in, WishKind::add_to_list);
}
Result<Made> take_packages(const State& match, const Situation& in) {
    return packages(match, in, WishKind::remove_from_list);
}

/// `services.fail2ban.maxretry` of "the fail2ban maxretry", where it is known to be one.
Result<Made> leaf(const State& match, const Situation& in) {
    const Item& service = match.items("service").front();
    const std::string name = match.text("leaf");
    const std::string path = service.text.substr(0, service.text.size() - 6) + name;
    const auto option = proposals::OptionPath::parse(path);
    const CatalogView* catalog = in.scene.around.catalog;
    const bool known =
        option &&
        ((catalog != nullptr && catalog->has_option(path)) ||
         (in.scene.around.said != nullptr && in.scene.around.said->seen(*option) == Seen::yes));
    const Item& value = match.items("value").front();
    if (!known) {
        return Problem{.code = "unknown_option",
                       .message = "whether " + quoted(path) + " is an option is not known here",
                       .hint = "say it by its path: set " + path + " to " + value.text};
    }
    Wish wish = set(path, *value.value);
    wish.user = in.scope.user;
    return only(std::move(wish));
}

constexpr auto patterns = std::to_array<Pattern>({
    {"[set|change|switch|make] [option|value of] {option} (to|=|be) {value} "
     "[(where|if) nothing else is set {nothing:fresh}]",
     assign, "set time.timeZone to \"UTC\"", About::users},
    {"{option} (should|must|shall|needs to|has to) be [set to] {value}", assign, "", About::users},
    {"[set|change] [option] {option} (to|=) package {package}", assign_package, "", About::users},
    {"(set|change) {knownservice:service} [option|setting] {leaf} (to|=) {value}", leaf,
     "set the fail2ban maxretry to 3", About::users},
    {"(set|change) {knownservice:service} 's {leaf} (to|=) {value}", leaf, "", About::users},
    {"(set|change) {leaf} (of|for) {knownservice:service} (to|=) {value}", leaf, "", About::users},
    {"(enable|activate|turn on|switch on) [option] {options}", enable,
     "enable services.openssh.enable", About::users},
    {"(turn|switch) {options} on", enable, "", About::users},
    {"(disable|deactivate|turn off|switch off) [option] {options}", disable, "", About::users},
    {"(turn|switch) {options} off", disable, "", About::users},
    {"(unset|forget|clear|reset) [option|options] {options}", forget,
     "unset services.openssh.ports", About::users},
    {"(remove|delete|drop) (option|options|setting|settings) {options}", forget, "", About::users},
    {"(add|append|put) {values} (to|in|into) [list] {option}", put_in,
     "add \"docker\" to users.users.bob.extraGroups", About::users},
    {"(remove|delete|drop|take) {values} (from|out of) [list] {option}", take_out,
     "remove 8080 from networking.firewall.allowedTCPPorts", About::users},
    {"(add|append|put) (package|packages) {packages} (to|in|into) [list] {option}", put_packages,
     "", About::users},
    {"(remove|delete|drop|take) (package|packages) {packages} (from|out of) [list] {option}",
     take_packages, "", About::users},
});

} // namespace

Patterns option_patterns() {
    return patterns;
}

} // namespace agentd::planners::goal
