#include "proposals/locked_input.hpp"

#include "agentd/core/text.hpp"
#include "proposals/names.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {

constexpr Names<InputChange, 5> change_names{"same", "changed", "added", "removed", "unknown"};

std::string at(const LockedInput& input) {
    return input.revision.empty() ? input.hash : input.revision;
}

/// `nixpkgs 1a2b -> 3c4d`, `new other 5e6f`, `old gone`.
std::string words_of(const LockedInput& input) {
    switch (input.change) {
    case InputChange::changed:
        return input.name + " " + input.before + " -> " + at(input);
    case InputChange::added:
        return "new " + input.name + " " + at(input);
    case InputChange::removed:
        return input.name + " gone";
    case InputChange::same:
    case InputChange::unknown:
        return {};
    }
    return {};
}

} // namespace

std::string_view to_string(InputChange change) noexcept {
    return name_of(change_names, change);
}

std::string headline(const LockedInputs& locked) {
    if (!locked.trouble.empty()) {
        return "which inputs are locked is not known: " + locked.trouble;
    }
    std::size_t there = 0;
    std::vector<std::string> changed;
    for (const auto& input : locked.inputs) {
        there += input.change == InputChange::removed ? 0 : 1;
        if (auto words = words_of(input); !words.empty()) {
            changed.push_back(std::move(words));
        }
    }
    if (locked.inputs.empty()) {
        return {};
    }
    return std::to_string(there) + (locked.more ? " and more" : "") +
           (there == 1 && !locked.more ? " input" : " inputs") + " locked" +
           (changed.empty() ? ""
                            : ", " + std::to_string(changed.size()) +
                                  " changed: " + core::shorten(core::join(changed, ", "), 500));
}

core::Json to_json(const LockedInputs& locked) {
    core::Json rows = core::Json::array();
    for (const auto& input : locked.inputs) {
        rows.push_back({{"name", input.name},
                        {"type", input.type},
                        {"origin", input.origin},
                        {"revision", input.revision},
                        {"hash", input.hash},
                        {"direct", input.direct},
                        {"change", to_string(input.change)},
                        {"before", input.before}});
    }
    return {{"schema", "agentd.inputs/1"},
            {"inputs", std::move(rows)},
            {"more", locked.more},
            {"trouble", locked.trouble}};
}

} // namespace agentd::proposals
