#include "proposals/obligations.hpp"

#include "proposals/names.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::proposals {

using core::Json;
using core::ObjectReader;

namespace {

constexpr Names<Role, 3> role_names{"viewer", "approver", "admin"};

void merge(std::vector<std::string>& into, const std::vector<std::string>& names) {
    into.insert(into.end(), names.begin(), names.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

bool is_sorted_and_unique(const std::vector<std::string>& names) {
    return std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()) == names.end();
}

std::string describe(const ApproversNeeded& needed) {
    const std::string who = needed.role == Role::admin ? "admin" : "approver";
    return std::to_string(needed.n) + " " + who + (needed.n == 1 ? "" : "s");
}

core::Result<ApproversNeeded> approvers_from_json(const Json& value) {
    ObjectReader in(value, "approvers");
    ApproversNeeded needed{
        .n = in.integer("n", 1, ApproversNeeded::most),
        .role = parse_role(in.one_of("role", {"approver", "admin"})).value_or(Role::admin)};
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return needed;
}

/// nullopt where it is no such list.
core::Result<std::vector<ApproversNeeded>> all_approvers_from_json(const Json& value) {
    std::vector<ApproversNeeded> out;
    if (!value.is_array() || value.size() > 2) {
        return core::Problem{.code = "bad_value", .message = "`approvers` has to be a list"};
    }
    for (const Json& item : value) {
        auto needed = approvers_from_json(item);
        if (!needed) {
            return needed.problem();
        }
        if (!out.empty() && out.back().role >= needed->role) {
            return core::Problem{.code = "bad_order", .message = "`approvers`: least role first"};
        }
        out.push_back(*needed);
    }
    return out;
}

} // namespace

std::string_view to_string(Role role) noexcept {
    return name_of(role_names, role);
}
std::optional<Role> parse_role(std::string_view text) noexcept {
    return value_of(role_names, text);
}

Obligations& Obligations::operator+=(const Obligations& other) {
    for (const ApproversNeeded& theirs : other.approvers) {
        const auto ours =
            std::find_if(approvers.begin(), approvers.end(),
                         [&](const ApproversNeeded& each) { return each.role >= theirs.role; });
        if (ours != approvers.end() && ours->role == theirs.role) {
            ours->n = std::max(ours->n, theirs.n);
        } else {
            approvers.insert(ours, theirs);
        }
    }
    delay = std::max(delay, other.delay);
    merge(windows, other.windows);
    merge(tests, other.tests);
    typed_host = typed_host || other.typed_host;
    return *this;
}

const std::vector<std::string>& obligation_tests() {
    static const std::vector<std::string> names{"checks", "dry_activate", "hosts", "rehearsal"};
    return names;
}

std::string describe_delay(std::chrono::seconds delay) {
    const auto count = delay.count();
    return count % 86'400 == 0  ? std::to_string(count / 86'400) + " d"
           : count % 3'600 == 0 ? std::to_string(count / 3'600) + " h"
           : count % 60 == 0    ? std::to_string(count / 60) + " min"
                                : std::to_string(count) + " s";
}

std::string describe(const Obligations& obligations) {
    std::vector<std::string> out;
    for (const ApproversNeeded& needed : obligations.approvers) {
        out.push_back("approved by " + describe(needed));
    }
    if (obligations.typed_host) {
        out.emplace_back("with the name of the host typed");
    }
    if (obligations.delay.count() > 0) {
        out.push_back("not before " + describe_delay(obligations.delay) + " have passed");
    }
    if (!obligations.windows.empty()) {
        out.push_back("only in the window " + core::join(obligations.windows, " and "));
    }
    if (!obligations.tests.empty()) {
        out.push_back("passed: " + core::join(obligations.tests, ", "));
    }
    return core::join(out, ", ");
}

Json to_json(const Obligations& obligations) {
    Json approvers = Json::array();
    for (const ApproversNeeded& needed : obligations.approvers) {
        approvers.push_back({{"n", needed.n}, {"role", to_string(needed.role)}});
    }
    return {{"approvers", std::move(approvers)},
            {"delay_seconds", obligations.delay.count()},
            {"windows", obligations.windows},
            {"tests", obligations.tests},
            {"typed_host", obligations.typed_host}};
}

core::Result<Obligations> obligations_from_json(const Json& value) {
    ObjectReader in(value, "obligations");
    auto approvers = all_approvers_from_json(in.any("approvers"));
    if (!approvers) {
        return approvers.problem();
    }
    Obligations out{.approvers = std::move(approvers).value(),
                    .delay = std::chrono::seconds(
                        in.integer("delay_seconds", 0, Obligations::longest_delay.count())),
                    .windows = in.texts("windows", Obligations::max_names),
                    .tests = in.texts("tests", Obligations::max_names),
                    .typed_host = in.boolean("typed_host")};
    if (!is_sorted_and_unique(out.windows)) {
        in.refuse("windows", "has to be in order, each name once");
    }
    if (!is_sorted_and_unique(out.tests)) {
        in.refuse("tests", "has to be in order, each name once");
    }
    if (auto done = in.finish(); !done) {
        return done.problem();
    }
    return out;
}

} // namespace agentd::proposals
