#include "proposals/render.hpp"

#include "proposals/nix_text.hpp"

#include "agentd/core/match.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Problem;

namespace {

Items items_of(const Strings& strings) {
    Items items;
    for (const std::string& text : strings) {
        items.emplace_back(text);
    }
    return items;
}

Setting setting_of(const Value& value) {
    return core::match(
        value, [](const Strings& strings) { return Setting(items_of(strings)); },
        [](const auto& single) { return Setting(single); });
}

/// Only for what the codec let through: an integer, a string or a package.
Item item_of(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return *number;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return *text;
    }
    return std::get<PackageAttr>(value);
}

/// Keeps a sorted list sorted; otherwise the new item goes last, as a person would do it.
void insert_item(Items& items, Item item) {
    const auto at = std::is_sorted(items.begin(), items.end())
                        ? std::upper_bound(items.begin(), items.end(), item)
                        : items.end();
    items.insert(at, std::move(item));
}

Problem type_conflict(const OptionPath& option, const char* why) {
    return {.code = "type_conflict", .message = option.str() + " " + why, .where = option.str()};
}

Problem not_ours(const OptionPath& option) {
    return {.code = "not_ours",
            .message = "agentd's own module does not say this about " + option.str(),
            .where = option.str(),
            .hint = "it is set elsewhere in the flake: propose a patch of that file"};
}

core::Result<core::Done> add(HostModule& module, const OptionPath& option, const Item& item) {
    Setting& setting = module.settings.try_emplace(option, Items{}).first->second;
    auto* items = std::get_if<Items>(&setting);
    if (items == nullptr) {
        return type_conflict(option, "holds one value here, not a list");
    }
    if (std::find(items->begin(), items->end(), item) == items->end()) {
        insert_item(*items, item);
    }
    return core::Done{};
}

core::Result<core::Done> remove(HostModule& module, const OptionPath& option, const Item& item) {
    const auto setting = module.settings.find(option);
    if (setting == module.settings.end()) {
        return not_ours(option);
    }
    auto* items = std::get_if<Items>(&setting->second);
    if (items == nullptr) {
        return type_conflict(option, "holds one value here, not a list");
    }
    if (std::erase(*items, item) == 0) {
        return not_ours(option);
    }
    if (items->empty()) {
        module.settings.erase(setting);
    }
    return core::Done{};
}

core::Result<core::Done> apply_one(HostModule& module, const Operation& operation) {
    switch (operation.kind) {
    case OperationKind::set_option:
        module.settings.insert_or_assign(operation.option, setting_of(operation.value.value()));
        return core::Done{};
    case OperationKind::unset_option:
        return module.settings.erase(operation.option) != 0 ? core::Result<core::Done>(core::Done{})
                                                            : not_ours(operation.option);
    case OperationKind::add_to_list:
        return add(module, operation.option, item_of(operation.value.value()));
    case OperationKind::remove_from_list:
        return remove(module, operation.option, item_of(operation.value.value()));
    }
    return core::Done{};
}

/// In the map's order a path stands right before those below it.
core::Result<core::Done> check_paths(const HostModule& module) {
    const OptionPath* previous = nullptr;
    for (const auto& [option, ignored] : module.settings) {
        if (previous != nullptr && previous->is_prefix_of(option)) {
            return Problem{.code = "path_conflict",
                           .message = previous->str() + " and " + option.str() +
                                      " cannot both be set: one lies below the other",
                           .where = option.str()};
        }
        previous = &option;
    }
    return core::Done{};
}

} // namespace

std::string module_path(const core::HostName& host) {
    return "hosts/" + host.str() + "/agentd.nix";
}

core::Result<HostModule> apply(HostModule module, const Operations& operations) {
    const HostModule before = module;
    for (const Operation& operation : operations.operations) {
        if (auto done = apply_one(module, operation); !done) {
            return done.problem();
        }
    }
    if (auto done = check_paths(module); !done) {
        return done.problem();
    }
    if (module == before) {
        return Problem{.code = "no_change",
                       .message = "agentd's module of " + operations.host.str() +
                                  " says all of this already",
                       .where = module_path(operations.host)};
    }
    if (module.settings.size() > HostModule::max_settings ||
        render(module).size() > HostModule::max_bytes) {
        return Problem{.code = "too_large", .message = "agentd's module would become too large"};
    }
    return module;
}

core::Result<std::string> render_operations(std::optional<std::string_view> current,
                                            const Operations& operations) {
    auto module = current ? parse_module(*current) : core::Result<HostModule>(HostModule{});
    if (!module) {
        Problem problem = module.problem();
        problem.where = module_path(operations.host) + ":" + problem.where;
        return problem;
    }
    auto changed = apply(std::move(module).value(), operations);
    if (!changed) {
        return changed.problem();
    }
    return render(*changed);
}

} // namespace agentd::proposals
