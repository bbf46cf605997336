#include "evaluator/option_values.hpp"

#include "agentd/core/text.hpp"
#include "evaluator/nix_scripts.hpp"
#include "evaluator/option_answer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_options = 512;
constexpr std::size_t most_files = 64;
constexpr std::size_t longest_answer = 8U << 20;

bool is_text_list(const core::Json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(),
                                           [](const auto& each) { return each.is_string(); });
}

std::vector<std::string> texts(const core::Json& object, const char* key, std::size_t most) {
    const auto it = object.find(key);
    if (it == object.end() || !is_text_list(*it)) {
        return {};
    }
    auto all = it->get<std::vector<std::string>>();
    all.resize(std::min(all.size(), most));
    return all;
}

/// A set loses the members that no word names, as options.nix would have left them out.
core::Json restricted(const core::Json& value, const OptionWords& words) {
    if (value.is_array()) {
        core::Json out = core::Json::array();
        for (const auto& element : value) {
            out.push_back(restricted(element, words));
        }
        return out;
    }
    const auto set = value.is_object() ? value.find("set") : value.end();
    if (set == value.end() || !set->is_object()) {
        return value;
    }
    core::Json members = core::Json::object();
    for (const auto& [name, member] : set->items()) {
        if (words.contains(name)) {
            members[name] = restricted(member, words);
        }
    }
    return {{"set", std::move(members)}};
}

} // namespace

std::string nix_words(const OptionWords& words) {
    if (words.empty()) {
        return "null";
    }
    std::string out = "{";
    for (const auto& word : words) {
        out += " " + nix_string(word) + " = null;";
    }
    return out + " }";
}

std::optional<OptionValues> read_option_values(const core::Json& text) {
    const auto list = text.is_string() ? core::parse_json(text.get_ref<const std::string&>(),
                                                          {.bytes = longest_answer, .depth = 48})
                                       : core::Result<core::Json>(core::Problem{});
    return list ? option_values_of(*list) : std::nullopt;
}

std::optional<OptionValues> option_values_of(const core::Json& list) {
    if (!list.is_array()) {
        return std::nullopt;
    }
    OptionValues values;
    for (const auto& each : list) {
        if (!each.is_object() || !each.contains("value") || values.size() == most_options) {
            continue;
        }
        auto path = texts(each, "path", 16);
        if (path.empty()) {
            continue;
        }
        const auto priority = each.find("priority");
        values.push_back({.path = std::move(path),
                          .value = core::canonical(each.at("value")),
                          .priority = priority != each.end() && priority->is_number_integer()
                                          ? std::optional(priority->get<std::int64_t>())
                                          : std::nullopt,
                          .files = texts(each, "files", most_files)});
    }
    std::sort(values.begin(), values.end(),
              [](const auto& one, const auto& other) { return one.path < other.path; });
    return values;
}

OptionValues restrict_options(const OptionValues& values, const OptionWords& words) {
    OptionValues out;
    for (const auto& value : values) {
        if (!std::all_of(value.path.begin(), value.path.end(),
                         [&](const auto& part) { return words.contains(part); })) {
            continue;
        }
        out.push_back(value);
        out.back().value = core::canonical(restricted(core::Json::parse(value.value), words));
    }
    return out;
}

bool is_full(const OptionValues& values) noexcept {
    return values.size() >= most_options;
}

core::Result<OptionValues> option_values(const Nix& nix, const FlakeSource& source,
                                         const core::HostName& host, const OptionWords& words,
                                         std::stop_token stop) {
    if (words.empty()) {
        return OptionValues{};
    }
    const std::string named = nix_words(words);
    if (named.size() > most_word_bytes) {
        return core::Problem{.code = "too_many_words",
                             .message = "the changed files are too long to look for their options"};
    }
    const auto asked = ask_flake(nix, source, options_of_script,
                                 {{"host", nix_string(host.str())},
                                  {"tell", "(" + std::string(options_script) + ")"},
                                  {"words", named}},
                                 stop);
    const auto* answer = std::get_if<FlakeAnswer>(&asked);
    if (answer == nullptr) {
        return problem_of(asked);
    }
    const auto list = answer->value->find("options");
    if (list == answer->value->end()) {
        return core::Problem{.code = "unknown_host",
                             .message = "the flake had no host " + host.str() + " before"};
    }
    auto values = read_option_values(*list);
    if (!values) {
        return core::Problem{.code = "unreadable_answer",
                             .message = "Nix tells the options in no form that can be read"};
    }
    return std::move(*values);
}

} // namespace agentd::evaluator
