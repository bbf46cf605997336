#include "policy/analysis/facts_text.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::policy {

namespace {

constexpr std::size_t shown_members = 12;

std::string quoted(const std::string& text) {
    return "\"" + core::printable(core::shorten(text, 120)) + "\"";
}

std::string shown(const FactValue& value) {
    return core::match(
        value, [](const Unknown&) { return std::string(); },
        [](bool flag) { return std::string(flag ? "true" : "false"); },
        [](std::int64_t number) { return std::to_string(number); },
        [](const std::string& text) { return quoted(text); },
        [](const Texts& members) {
            std::vector<std::string> out;
            for (const std::string& member : members) {
                if (out.size() == shown_members) {
                    out.emplace_back("…");
                    break;
                }
                out.push_back(quoted(member));
            }
            return "[" + core::join(out, ", ") + "]";
        });
}

/// By its name, or by the key that to_json() gives it.
std::optional<std::size_t> named(const std::string& key) {
    for (std::size_t i = 0; i < known_facts().size(); ++i) {
        std::string own(known_facts()[i].name);
        if (key == own) {
            return i;
        }
        std::replace(own.begin(), own.end(), '.', '_');
        if (key == own) {
            return i;
        }
    }
    return std::nullopt;
}

/// Unknown when it is no value that a fact may have.
FactValue read(const core::Json& value) {
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        return number > INT64_MAX ? FactValue(Unknown{})
                                  : FactValue(static_cast<std::int64_t>(number));
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    Texts out;
    if (!value.is_array()) {
        return Unknown{};
    }
    for (const core::Json& member : value) {
        if (!member.is_string()) {
            return Unknown{};
        }
        out.insert(member.get<std::string>());
    }
    return out;
}

core::Problem no_such_fact(const std::string& key) {
    const auto near = nearest_facts(key);
    return {.code = "unknown_fact",
            .message = "no fact is called `" + core::printable(core::shorten(key, 80)) + "`",
            .where = core::printable(core::shorten(key, 80)),
            .hint = near.empty() ? "`agentctl policy facts` lists them"
                                 : "did you mean `" + core::join(near, "` or `") + "`?"};
}

core::Problem wrong_type(const KnownFact& fact) {
    std::string hint = "it is " + std::string(to_string(fact.type));
    if (!fact.choices.empty()) {
        hint += ": " + core::shorten(core::join(fact.choices, ", "), 300);
    }
    return {.code = "wrong_type",
            .message = "`" + std::string(fact.name) + "` cannot have this value",
            .where = std::string(fact.name),
            .hint = std::move(hint)};
}

} // namespace

std::string as_example(const Facts& facts) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < known_facts().size(); ++i) {
        if (const std::string value = shown(facts.at(i)); !value.empty()) {
            out.push_back("\"" + std::string(known_facts()[i].name) + "\" = " + value);
        }
    }
    return out.empty() ? "{}" : "{ " + core::join(out, ", ") + " }";
}

core::Result<Facts> facts_from_json(const core::Json& value) {
    if (!value.is_object()) {
        return core::Problem{.code = "wrong_type",
                             .message = "facts are one object, a key for each fact"};
    }
    Facts out;
    for (const auto& [key, given] : value.items()) {
        const auto index = named(key);
        if (!index) {
            return no_such_fact(key);
        }
        const KnownFact& fact = known_facts()[*index];
        FactValue read_value = read(given);
        if (std::holds_alternative<Unknown>(read_value) || !fits(fact, read_value)) {
            return wrong_type(fact);
        }
        out.set(fact.name, std::move(read_value));
    }
    return out;
}

} // namespace agentd::policy
