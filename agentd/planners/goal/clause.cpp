#include "agentd/planners/goal/clause.hpp"

#include "agentd/core/check.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::planners::goal {

namespace {

Wish on_option(WishKind kind, std::string_view option, std::optional<Value> value) {
    auto path = proposals::OptionPath::parse(option);
    AGENTD_CHECK(path.has_value());
    return {.kind = kind, .option = std::move(path), .value = std::move(value)};
}

} // namespace

Wish set(std::string_view option, Value value) {
    return on_option(WishKind::set_option, option, std::move(value));
}

Wish unset(std::string_view option) {
    return on_option(WishKind::unset_option, option, std::nullopt);
}

Wish add(std::string_view option, Value value) {
    return on_option(WishKind::add_to_list, option, std::move(value));
}

Wish remove(std::string_view option, Value value) {
    return on_option(WishKind::remove_from_list, option, std::move(value));
}

proposals::PackageAttr attribute(const std::string& name) {
    auto out = proposals::PackageAttr::parse(name);
    AGENTD_CHECK(out.has_value());
    return *std::move(out);
}

std::string below_user(const std::string& user, std::string_view option) {
    return "users.users.\"" + user + "\"." + std::string(option);
}

std::string_view spelling(const Situation& in, std::initializer_list<std::string_view> options) {
    const CatalogView* catalog = in.scene.around.catalog;
    if (catalog != nullptr) {
        for (const auto option : options) {
            if (catalog->has_option(option)) {
                return option;
            }
        }
    }
    for (const auto& own : in.scene.around.map.own_options) {
        for (const auto option : options) {
            if (own.path == option) {
                return option;
            }
        }
    }
    return *options.begin();
}

Made only(Wish wish) {
    return {.wishes = {std::move(wish)}};
}

core::Result<Made> all_of(const std::vector<std::vector<Made>>& things) {
    std::vector<Made> ways{Made{}};
    for (const auto& each : things) {
        std::vector<Made> longer;
        for (const Made& way : ways) {
            for (const Made& one : each) {
                Made& out = longer.emplace_back(way);
                out.wishes.insert(out.wishes.end(), one.wishes.begin(), one.wishes.end());
                out.service = one.service;
            }
        }
        if (longer.size() > Question::max_readings) {
            return core::Problem{.code = "two_readings",
                                 .message = "several of these may each mean this or that",
                                 .hint = "say it in several goals"};
        }
        ways = std::move(longer);
    }
    AGENTD_CHECK(!ways.empty()); // of each thing there is one way at least
    Made out = std::move(ways.front());
    out.or_else.assign(std::make_move_iterator(ways.begin() + 1),
                       std::make_move_iterator(ways.end()));
    return out;
}

std::optional<core::Problem> nobody(const Situation& in, const std::string& user) {
    const Sayings* said = in.scene.around.said;
    const auto option = proposals::OptionPath::parse("users.users.\"" + user + "\"");
    if (user == "root" || in.scene.is_user(user) || said == nullptr || !option ||
        said->seen(*option) != Seen::no) {
        return std::nullopt;
    }
    for (const Wish& wish : in.before) {
        if (wish.option && option->is_prefix_of(*wish.option)) {
            return std::nullopt;
        }
    }
    return core::Problem{.code = "no_such_user",
                         .message = "the repository has no user " + quoted(user),
                         .hint = in.scene.users.empty()
                                     ? "create the user first: add a user " + user
                                     : "known are " + core::join(in.scene.users, ", ") +
                                           "; or create the user first: add a user " + user};
}

std::string quoted(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 80)) + "`";
}

} // namespace agentd::planners::goal
