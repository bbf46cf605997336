#include "agentd/core/names.hpp"
#include "agentd/ctl/commands/commands.hpp"
#include "agentd/ctl/context.hpp"
#include "agentd/ctl/patch_input.hpp"
#include "agentd/ctl/proposal_text.hpp"
#include "agentd/ctl/view.hpp"
#include "proposals/plan/request.hpp"

#include <nlohmann/json.hpp>

namespace agentd::ctl::commands {

namespace {

using core::Json;

constexpr const char* example = "git diff | agentctl propose --patch -";

std::variant<Json, Trouble> with_patch(Context& context, const std::string& name) {
    auto text = read_input(context, name, example);
    if (auto* trouble = std::get_if<Trouble>(&text)) {
        return std::move(*trouble);
    }
    const std::string& patch = std::get<std::string>(text);
    return Json{{"patch", patch}, {"title", title_of_patch(patch, name)}};
}

std::variant<Json, Trouble> with_operations(Context& context, const std::string& name) {
    auto text = read_input(context, name, example);
    if (auto* trouble = std::get_if<Trouble>(&text)) {
        return std::move(*trouble);
    }
    auto json = core::parse_json(std::get<std::string>(text));
    auto parsed = json ? proposals::plan::request_from_json(*json)
                       : core::Result<proposals::plan::Request>(json.problem());
    if (!parsed) {
        Trouble trouble{.problem = parsed.problem(), .exit = status::usage};
        if (trouble.problem.hint.empty()) {
            trouble.problem.hint = "it reads {\"schema\":\"agentd.ops/2\",\"operations\":[…]}";
        }
        trouble.problem.where =
            name + (trouble.problem.where.empty() ? "" : ": " + trouble.problem.where);
        return trouble;
    }
    const auto& operations = parsed->operations;
    std::string title = describe(operations.front());
    title += operations.size() > 1 ? ", and " + count(operations.size() - 1, "more", "more") : "";
    return Json{{"operations", *json}, {"title", title}};
}

std::variant<Json, Trouble> params_of(Context& context) {
    const Asked& asked = context.asked();
    const auto patch = asked.value("--patch"), operations = asked.value("--operations");
    if (patch.has_value() == operations.has_value()) {
        return usage("give either --patch FILE or --operations FILE", example);
    }
    const auto base = asked.value("--base");
    if (base && !core::Commit::parse(*base)) {
        return usage("--base is a full commit id of 40 hex digits", "git rev-parse HEAD");
    }
    auto made = patch ? with_patch(context, *patch) : with_operations(context, *operations);
    if (Json* params = std::get_if<Json>(&made)) {
        (*params)["title"] = asked.value("--title").value_or(raw(*params, "title"));
        (*params)["rationale"] = asked.value("--rationale").value_or("");
        if (base) {
            (*params)["base"] = *base;
        }
    }
    return made;
}

} // namespace

int propose(Context& context) {
    Terminal& terminal = context.terminal();
    const auto params = params_of(context);
    if (const auto* trouble = std::get_if<Trouble>(&params)) {
        return terminal.fail(*trouble);
    }
    const Reply reply = context.call("propose", std::get<Json>(params));
    if (const auto* trouble = std::get_if<Trouble>(&reply)) {
        return terminal.fail(*trouble);
    }
    const auto& result = std::get<Json>(reply);
    const Json& proposal = part(result, "proposal");
    terminal.line(terminal.paint(Colour::bold, label(proposal)));
    for (const Json& option : ctl::list(result, "unchecked")) {
        terminal.line("  not checked beforehand: " +
                      one_line(option.is_string() ? option.get<std::string>() : ""));
    }
    terminal.line("  it is being tested; follow it: agentctl verify " + reference(proposal));
    terminal.result(result);
    return status::ok;
}

} // namespace agentd::ctl::commands
