#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/own_index.hpp"
#include "agentd/ctl/own_nix.hpp"
#include "agentd/ctl/view.hpp"
#include "evaluator/index/index_json.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <functional>

namespace agentd::ctl::commands {

namespace {

using core::Json;
using evaluator::OptionIndex;

/// From the daemon; with --repo from a clone, without it.
Reply ask(Context& context, std::string_view method, const Json& params,
          const std::function<core::Result<Json>(const OptionIndex&)>& of) {
    if (!context.asked().value("--repo") && !context.asked().value("--host")) {
        return context.call(method, params);
    }
    const auto config = own_settings(context);
    if (const auto* trouble = std::get_if<Trouble>(&config)) {
        return *trouble;
    }
    const auto& own = std::get<std::optional<Config>>(config);
    const auto source = OwnSource::open(context, own ? &*own : nullptr,
                                        context.asked().value("--host").value_or(""));
    const auto index = source ? own_index(context, **source) : source.problem();
    if (!index) {
        return trouble_of(index.problem());
    }
    auto found = of(**index);
    return found ? Reply(std::move(found).value()) : Reply(trouble_of(found.problem()));
}

std::variant<std::size_t, Trouble> limit_of(const Asked& asked) {
    const std::string given =
        asked.value("--limit").value_or(std::to_string(evaluator::default_hits));
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), out);
    if (error != std::errc() || end != given.data() + given.size() || out < 1 ||
        out > evaluator::most_hits) {
        return usage("--limit is a number from 1 to 100, not `" + one_line(given, 40) + "`");
    }
    return out;
}

void print_row(Terminal& terminal, std::string_view name, const std::string& type,
               const std::string& says) {
    terminal.line(terminal.paint(Colour::bold, one_line(name, 200)) +
                  (type.empty() ? "" : "  " + terminal.paint(Colour::dim, one_line(type, 100))));
    if (!says.empty()) {
        terminal.line("    " + one_line(says, 160));
    }
}

/// One list of answers to a search, whichever it is of.
int print_found(Context& context, const Reply& reply, const char* key, const char* what,
                const std::function<void(const Json&)>& print) {
    Terminal& terminal = context.terminal();
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const auto rows = ctl::list(result, key);
    for (const auto& row : rows) {
        print(row);
    }
    if (rows.empty()) {
        terminal.line("none of " + count(static_cast<std::size_t>(number(result, "of")), what) +
                      " has these words; try fewer, or other ones");
    }
    terminal.result(result);
    return rows.empty() ? status::failed : status::ok;
}

void print_list(Terminal& terminal, const char* title, const std::vector<Json>& names) {
    if (names.empty()) {
        return;
    }
    if (*title != '\0') {
        terminal.line();
        terminal.line(title);
    }
    for (const auto& name : names) {
        terminal.line("  " + one_line(name.is_string() ? name.get<std::string>() : "", 200));
    }
}

void print_option(Terminal& terminal, const Json& option) {
    const auto field = [&](const char* label, const std::string& text) {
        if (!text.empty()) {
            terminal.line("  " + pad(label, 10) + text);
        }
    };
    field("type", shown(option, "type", 1'000));
    field("default", shown(option, "default", 500));
    field("example", shown(option, "example", 500));
    for (const auto& file : ctl::list(option, "declared")) {
        field("declared", one_line(file.is_string() ? file.get<std::string>() : "", 300));
    }
    if (truth(option, "hidden")) {
        field("note", "hidden: not for people to set, or taken out");
    }
    if (truth(option, "read_only")) {
        field("note", "it is set by the system and cannot be set");
    }
    if (const auto says = shown(option, "description", 2'000); !says.empty()) {
        terminal.line();
        terminal.line("  " + says);
    }
}

/// What stands at the path, in a line.
std::string standing_line(const Json& found, const std::string& path) {
    const auto standing = raw(found, "standing");
    const auto& option = part(found, "option");
    const auto around = shown(option, "path");
    if (standing == "declared") {
        return around + (truth(option, "own") ? " (of this flake)" : "");
    }
    if (standing == "within") {
        return path + " is inside " + around + ": " + shown(found, "type", 300);
    }
    if (standing == "unchecked") {
        return path + " is inside " + around + ", which takes any name: not checked";
    }
    if (standing == "renamed") {
        return path + " has another name now: " + shown(option, "new_name");
    }
    return standing == "a_set" ? path + " is no option; options below it:"
                               : "there is no option " + path;
}

} // namespace

int options_search(Context& context) {
    const auto limit = limit_of(context.asked());
    if (const auto* trouble = std::get_if<Trouble>(&limit)) {
        return context.terminal().fail(*trouble);
    }
    const auto words = context.asked().argument("WORDS");
    const auto hits = std::get<std::size_t>(limit);
    const auto reply = ask(context, "options.search", {{"words", words}, {"limit", hits}},
                           [&](const OptionIndex& index) -> core::Result<Json> {
                               return evaluator::options_found(index, words, hits);
                           });
    return print_found(context, reply, "options", "option", [&](const Json& row) {
        print_row(context.terminal(), raw(row, "path"), raw(row, "type"), raw(row, "description"));
    });
}

int options_show(Context& context) {
    Terminal& terminal = context.terminal();
    const auto path = context.asked().argument("PATH");
    const auto reply =
        ask(context, "options.show", {{"path", path}},
            [&](const OptionIndex& index) -> core::Result<Json> {
                const auto found = index.show(path);
                return found ? evaluator::to_json(*found) : core::Result<Json>(found.problem());
            });
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& found = std::get<Json>(reply);
    const bool known = raw(found, "standing") != "unknown";
    terminal.line(terminal.paint(Colour::bold, standing_line(found, one_line(path))));
    if (known && !part(found, "option").is_null()) {
        print_option(terminal, part(found, "option"));
    }
    print_list(terminal, "near it:", ctl::list(found, "nearest"));
    print_list(terminal, raw(found, "standing") == "a_set" ? "" : "options below it:",
               ctl::list(found, "below"));
    terminal.result(found);
    return known ? status::ok : status::failed;
}

int packages_search(Context& context) {
    const auto limit = limit_of(context.asked());
    if (const auto* trouble = std::get_if<Trouble>(&limit)) {
        return context.terminal().fail(*trouble);
    }
    const auto words = context.asked().argument("WORDS");
    const auto hits = std::get<std::size_t>(limit);
    const auto reply = ask(context, "packages.search", {{"words", words}, {"limit", hits}},
                           [&](const OptionIndex& index) -> core::Result<Json> {
                               return evaluator::packages_found(index, words, hits);
                           });
    return print_found(context, reply, "packages", "package", [&](const Json& row) {
        print_row(context.terminal(), raw(row, "attribute"), raw(row, "version"), "");
    });
}

} // namespace agentd::ctl::commands
