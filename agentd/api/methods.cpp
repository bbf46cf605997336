#include "agentd/api/methods.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace agentd::api {

using core::Json;
using core::Problem;

namespace {

constexpr std::array table{
    Method{"freeze", &Api::freeze, Lane::brakes, "*"},
    Method{"cancel", &Api::cancel, Lane::brakes, "proposal:id"},
    Method{"confirm", &Api::confirm, Lane::brakes, "*"},
    Method{"trust.revoke", &Api::trust_revoke, Lane::brakes, "*", Who::terminal},
    Method{"reject", &Api::reject, Lane::brakes, "proposal:id reason:text"},
    Method{"withdraw", &Api::withdraw, Lane::brakes, "proposal:id reason:text"},
    Method{"session.check", &Api::session_check, Lane::checks, "*", Who::viewers},

    Method{"status", &Api::status, Lane::looks, "", Who::viewers},
    Method{"list", &Api::list, Lane::looks, "all:flag", Who::viewers},
    Method{"show", &Api::show, Lane::looks, "proposal:id", Who::viewers},
    Method{"diff", &Api::diff, Lane::looks, "proposal:id", Who::viewers},
    Method{"log", &Api::log, Lane::looks, "proposal:id level:text", Who::viewers},
    Method{"trust.explain", &Api::trust_explain, Lane::looks, "proposal:id", Who::viewers},
    Method{"audit.tail", &Api::audit_tail, Lane::looks, "from:number limit:number", Who::viewers},
    Method{"web.login", &Api::web_login, Lane::looks, "label:text", Who::terminal},

    Method{"statement", &Api::statement, Lane::decisions, "proposal:id mode:text break_glass:flag"},
    Method{"approve", &Api::approve, Lane::decisions, "*"},
    Method{"generations", &Api::generations, Lane::decisions, "", Who::viewers},
    Method{"policy.explain", &Api::policy_explain, Lane::decisions, "proposal:id", Who::viewers},
    Method{"trust.statement", &Api::trust_statement, Lane::decisions, "*", Who::terminal},
    Method{"trust.grant", &Api::trust_grant, Lane::decisions, "*", Who::terminal},
    Method{"pull", &Api::pull, Lane::decisions, "repository:text", Who::terminal},

    Method{"session.login", &Api::session_login, Lane::visits, "*", Who::viewers},
    Method{"pair.enrol", &Api::pair_enrol, Lane::pairings, "*", Who::viewers},

    Method{"doctor", &Api::doctor, Lane::errands, "", Who::terminal},
    Method{"observe", &Api::observe, Lane::errands},
    Method{"run", &Api::run, Lane::errands, "*"},
    Method{"propose", &Api::propose, Lane::errands, "*"},
    Method{"act.preview", &Api::act_preview, Lane::errands, "*"},
    Method{"options.search", &Api::options_search, Lane::errands, "words:text limit:number",
           Who::viewers},
    Method{"options.show", &Api::options_show, Lane::errands, "path:text", Who::viewers},
    Method{"packages.search", &Api::packages_search, Lane::errands, "words:text limit:number",
           Who::viewers},
    Method{"trust.show", &Api::trust_show, Lane::errands, "", Who::viewers},
    Method{"audit.verify", &Api::audit_verify, Lane::errands, "", Who::viewers},
    Method{"state.rebuild", &Api::state_rebuild, Lane::errands, "", Who::terminal},

    Method{"verify", &Api::verify, Lane::tests, "proposal:id"},
    Method{"apply", &Api::apply, Lane::applies, "proposal:id"},
};

struct Type {
    std::string_view name;
    std::string_view words;
    bool (*has)(const Json& value);
};

constexpr std::array types{
    Type{"text", "text", [](const Json& value) { return value.is_string(); }},
    Type{"number", "a whole number, from 0 on",
         [](const Json& value) {
             return value.is_number_integer() && value.get<std::int64_t>() >= 0;
         }},
    Type{"flag", "true or false", [](const Json& value) { return value.is_boolean(); }},
    Type{"id", "a proposal's number or id",
         [](const Json& value) { return value.is_string() || value.is_number_integer(); }},
};

struct Field {
    std::string_view name;
    std::string_view type;
};

std::vector<Field> fields_of(const Method& method) {
    std::vector<Field> fields;
    for (const auto word : core::split(method.fields, ' ')) {
        if (const auto colon = word.find(':'); colon != std::string_view::npos) {
            fields.push_back({.name = word.substr(0, colon), .type = word.substr(colon + 1)});
        }
    }
    return fields;
}

std::string drawn(std::string_view text) {
    return "`" + core::printable(core::shorten(text, 60)) + "`";
}

Problem strange_field(const Method& method, std::string_view key,
                      const std::vector<Field>& fields) {
    std::vector<std::string> names;
    for (const Field& field : fields) {
        names.emplace_back(field.name);
    }
    return {.code = "unknown_field",
            .message = "params has the unknown field " + drawn(key),
            .where = std::string(method.name),
            .hint = names.empty() ? "it takes none" : "it takes: " + core::join(names, ", ")};
}

} // namespace

std::span<const Method> methods() noexcept {
    return table;
}

const Method* find_method(std::string_view name) noexcept {
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const Method& method) { return method.name == name; });
    return row == table.end() ? nullptr : &*row;
}

core::Result<core::Done> check_fields(const Method& method, const Json& params) {
    if (method.fields == "*") {
        return core::Done{};
    }
    const auto fields = fields_of(method);
    for (const auto& [key, value] : params.items()) {
        const auto field = std::find_if(fields.begin(), fields.end(),
                                        [&](const Field& f) { return f.name == key; });
        if (field == fields.end()) {
            return strange_field(method, key, fields);
        }
        const auto type = std::find_if(types.begin(), types.end(),
                                       [&](const Type& t) { return t.name == field->type; });
        AGENTD_CHECK(type != types.end());
        if (!value.is_null() && !type->has(value)) {
            return Problem{.code = "bad_value",
                           .message = drawn(key) + " has to be " + std::string(type->words) +
                                      ", not " + drawn(value.dump()),
                           .where = std::string(method.name) + ": " + key};
        }
    }
    return core::Done{};
}

} // namespace agentd::api
