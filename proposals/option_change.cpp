#include "proposals/option_change.hpp"

#include "proposals/nix_text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {

template <class Value> core::Json or_null(const std::optional<Value>& value) {
    return value ? core::Json(*value) : core::Json();
}

core::Json to_json(const OptionChange& change) {
    return {{"path", change.path},
            {"name", option_name(change.path)},
            {"before", or_null(change.before)},
            {"after", or_null(change.after)},
            {"added", change.added},
            {"removed", change.removed},
            {"secret", change.secret},
            {"file", or_null(change.file)},
            {"line", or_null(change.line)},
            {"priority", or_null(change.priority)}};
}

} // namespace

std::string option_name(const std::vector<std::string>& path) {
    std::string name;
    for (const auto& part : path) {
        name += name.empty() ? "" : ".";
        name += nix_name(part);
    }
    return name;
}

core::Json to_json(const OptionChanges& changes) {
    core::Json rows = core::Json::array();
    for (const auto& change : changes.changes) {
        rows.push_back(to_json(change));
    }
    return {{"schema", "agentd.options/1"},
            {"changes", std::move(rows)},
            {"more", changes.more},
            {"trouble", changes.trouble}};
}

} // namespace agentd::proposals
