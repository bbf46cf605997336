#include "evaluator/evaluation_shelf_codec.hpp"

#include "agentd/core/json.hpp"
#include "evaluator/option_answer.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator {

namespace {

using core::Json;

constexpr std::size_t most_bytes = 16U << 20;
constexpr std::size_t most_texts = 65'536;

Json options_json(const std::optional<OptionValues>& options) {
    if (!options) {
        return {};
    }
    Json rows = Json::array();
    for (const auto& option : *options) {
        rows.push_back({{"path", option.path},
                        {"value", Json::parse(option.value)},
                        {"priority", option.priority ? Json(*option.priority) : Json()},
                        {"files", option.files}});
    }
    return rows;
}

} // namespace

std::string write_known(const KnownEvaluation& known) {
    const auto& it = known.evaluated;
    return core::canonical({{"drv", it.drv.str()},
                            {"toplevel", it.toplevel.str()},
                            {"system", it.system},
                            {"state_version", it.state_version},
                            {"host_name", it.host_name},
                            {"warnings", it.warnings},
                            {"facts", it.facts_json},
                            {"hosts", it.hosts},
                            {"options", options_json(it.options)},
                            {"declared", it.declared ? agreement::to_json(*it.declared) : Json()},
                            {"words", known.words}});
}

std::optional<KnownEvaluation> read_known(std::string_view text) {
    const auto value = core::parse_json(text, {.bytes = most_bytes});
    if (!value) {
        return std::nullopt;
    }
    core::ObjectReader in(*value, "evaluation");
    const auto drv = core::StorePath::parse(in.text("drv", 512));
    const auto toplevel = core::StorePath::parse(in.text("toplevel", 512));
    const auto system = in.text("system", 256), state_version = in.text("state_version", 256),
               host_name = in.text("host_name", 256);
    auto warnings = in.texts("warnings");
    auto facts = in.text("facts", most_bytes);
    auto hosts = in.texts("hosts");
    const Json& options = in.any("options");
    const Json& told = in.any("declared");
    const auto words = in.texts("words", most_texts);
    if (!in.finish() || !drv || !toplevel) {
        return std::nullopt;
    }
    std::optional<agreement::Statements> declared;
    if (auto read = agreement::statements_from_json(told)) {
        declared = std::move(*read);
    } else if (!told.is_null()) {
        return std::nullopt;
    }
    return KnownEvaluation{.evaluated = {.drv = *drv,
                                         .toplevel = *toplevel,
                                         .system = system,
                                         .state_version = state_version,
                                         .host_name = host_name,
                                         .warnings = std::move(warnings),
                                         .facts_json = std::move(facts),
                                         .hosts = std::move(hosts),
                                         .options = option_values_of(options),
                                         .declared = std::move(declared)},
                           .words = {words.begin(), words.end()}};
}

} // namespace agentd::evaluator
