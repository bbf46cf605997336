#include "policy/load_head.hpp"

#include "agentd/core/text.hpp"
#include "agentd/core/zone.hpp"

#include <algorithm>
#include <array>

namespace agentd::policy {

namespace {

using core::TomlReader;
using proposals::Level;
using proposals::PresenceMethod;
using proposals::Role;
using std::chrono::minutes;

const std::vector<std::string> level_names{"forbid",  "observe", "propose",
                                           "approve", "veto",    "auto"};
// What a person can be asked for: `none` would be an approval by nobody.
const std::vector<std::string> presence_names{"browser", "password", "ssh", "passkey"};
constexpr std::array day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::size_t max_windows = 64;
constexpr std::size_t max_people = 256;

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 80)) + "`";
}

bool is_window_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

// As zones are called: no step out of their folder, and no option of anything.
bool is_zone_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '/' && text.front() != '-' &&
           text.find("//") == std::string_view::npos && text.back() != '/' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '+' || c == '-' || c == '/';
           });
}

// As approvers are called (proposals/approvers).
bool is_person(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '@' || c == '-';
    });
}

void read_role(TomlReader& in, Role role, Policy& policy) {
    const std::string key(to_string(role));
    for (const std::string& name : in.texts(key, max_people).value_or(std::vector<std::string>{})) {
        if (!is_person(name)) {
            in.refuse(key, {.code = "bad_value",
                            .message = quoted(name) + " is nobody's name",
                            .hint = "as in the approvers' file: 1 to 64 of a-z, A-Z, 0-9, `.`, "
                                    "`_`, `@` and `-`"});
        } else if (!policy.roles.emplace(core::to_lower(name), role).second) {
            in.refuse(key, {.code = "duplicate_id",
                            .message = quoted(name) + " stands in two roles",
                            .hint = "an admin is an approver too"});
        }
    }
}

std::optional<minutes> read_time(TomlReader& in, const std::string& key) {
    in.require(key);
    const auto text = in.text(key, 16);
    const auto digit = [&](std::size_t i) { return (*text)[i] >= '0' && (*text)[i] <= '9'; };
    if (!text) {
        return std::nullopt;
    }
    if (text->size() == 5 && digit(0) && digit(1) && (*text)[2] == ':' && digit(3) && digit(4)) {
        const int hour = ((*text)[0] - '0') * 10 + (*text)[1] - '0';
        const int minute = ((*text)[3] - '0') * 10 + (*text)[4] - '0';
        if (minute < 60 && hour * 60 + minute <= 24 * 60) {
            return minutes(hour * 60 + minute);
        }
    }
    in.refuse(key, {.code = "bad_value",
                    .message = quoted(*text) + " is no time of day",
                    .hint = "two digits each, as `02:30`; the end of a day is `24:00`"});
    return std::nullopt;
}

void read_days(TomlReader& in, Window& window) {
    if (!in.has("days")) {
        window.days.set();
        return;
    }
    for (const std::string& name : in.texts("days", 7).value_or(std::vector<std::string>{})) {
        const auto it = std::find(day_names.begin(), day_names.end(), name);
        if (it == day_names.end()) {
            in.refuse("days", {.code = "bad_value",
                               .message = quoted(name) + " is no day of the week",
                               .hint = "one of: mon, tue, wed, thu, fri, sat, sun"});
            return;
        }
        window.days.set(static_cast<std::size_t>(it - day_names.begin()));
    }
    if (window.days.none()) {
        in.refuse("days", {.code = "bad_value", .message = "a window needs a day"});
    }
}

void read_hours(TomlReader& in, Window& window) {
    const auto from = read_time(in, "from");
    const auto to = read_time(in, "to");
    if (!from || !to) {
        return;
    }
    if (*from == minutes(24 * 60)) {
        in.refuse("from", {.code = "bad_value", .message = "a day begins at `00:00`"});
    } else if (*from == *to) {
        in.refuse("to", {.code = "bad_value",
                         .message = "a window that ends when it begins is never open",
                         .hint = "a whole day is from `00:00` to `24:00`"});
    }
    window.from = *from;
    window.to = *to;
}

// UTC needs no file: its clocks are never set.
void find_zone(TomlReader& in, const ZoneSource& zones, Window& window) {
    const auto bytes = window.tz == "UTC" || !zones ? std::nullopt : zones(window.tz);
    auto zone = window.tz == "UTC" ? core::Zone::from_rule("UTC0")
                : bytes            ? core::Zone::from_tzif(*bytes)
                                   : core::Result<core::Zone>(core::Problem{});
    if (zone) {
        window.zone = std::make_shared<const core::Zone>(std::move(zone).value());
    } else if (zones) {
        in.refuse("tz", {.code = "unknown_zone",
                         .message = "this machine knows no time zone " + quoted(window.tz) +
                                    (bytes ? ": " + zone.problem().message : ""),
                         .hint = "/etc/zoneinfo has those it knows; `UTC` needs no file"});
    }
}

Window read_window(TomlReader& in, std::string name, const ZoneSource& zones) {
    Window window{.name = std::move(name)};
    read_days(in, window);
    read_hours(in, window);
    in.require("tz");
    window.tz = in.text("tz", 64).value_or("");
    if (in.has("tz") && !is_zone_name(window.tz)) {
        in.refuse("tz", {.code = "bad_value",
                         .message = quoted(window.tz) + " is no time zone",
                         .hint = "as `Europe/Berlin`, or `UTC`"});
    } else if (in.has("tz")) {
        find_zone(in, zones, window);
    }
    in.finish();
    return window;
}

void read_windows(TomlReader& root, const ZoneSource& zones, Policy& policy) {
    auto all = root.table("window");
    if (!all) {
        return;
    }
    for (const auto& entry : all->entries().entries) {
        if (auto in = all->table(entry.key)) {
            if (!is_window_name(entry.key)) {
                all->refuse_at(entry.at, {.code = "bad_value",
                                          .message = quoted(entry.key) +
                                                     " is no name of a window: 1 to 64 of a-z, "
                                                     "0-9, `-` and `_`"});
            }
            policy.windows.push_back(read_window(*in, entry.key, zones));
        }
    }
    if (policy.windows.size() > max_windows) {
        all->refuse("", {.code = "too_many", .message = "more than 64 windows"});
    }
}

void read_defaults(TomlReader& in, Policy& policy) {
    policy.level = read_level(in).value_or(policy.level);
    policy.presence = read_presence(in).value_or(policy.presence);
    const auto self = in.one_of("self_approval", {"never", "terminal", "person"});
    policy.self_approval = self == "terminal" ? SelfApproval::terminal
                           : self == "person" ? SelfApproval::person
                                              : SelfApproval::never;
    in.finish();
}

} // namespace

std::optional<Level> read_level(TomlReader& in) {
    const auto name = in.one_of("level", level_names);
    return name ? proposals::parse_level(*name) : std::nullopt;
}

std::optional<PresenceMethod> read_presence(TomlReader& in) {
    const auto name = in.one_of("presence", presence_names);
    return name ? proposals::parse_presence_method(*name) : std::nullopt;
}

void read_head(TomlReader& root, const LoadOptions& options, Policy& policy) {
    root.require("schema");
    root.one_of("schema", {"agentd.policy/1"});
    root.require("revision");
    policy.revision = root.integer("revision", 0, (std::int64_t{1} << 53) - 1).value_or(0);
    if (auto defaults = root.table("defaults")) {
        read_defaults(*defaults, policy);
    }
    if (auto roles = root.table("roles")) {
        for (const Role role : {Role::viewer, Role::approver, Role::admin}) {
            read_role(*roles, role, policy);
        }
        roles->finish();
    }
    read_windows(root, options.zones, policy);
}

} // namespace agentd::policy
