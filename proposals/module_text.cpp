#include "proposals/render.hpp"

#include "proposals/nix_text.hpp"

#include "agentd/core/match.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals {

using core::Problem;

namespace {

constexpr std::string_view head =
    "# Written by agentd, whole, whenever a proposal of typed operations is made.\n"
    "# Change it by proposals (agentctl run, agentctl propose): agentd leaves a file alone that\n"
    "# somebody edited by hand.\n"
    "{ pkgs, ... }:\n"
    "{\n";
constexpr std::string_view foot = "}\n";
constexpr std::string_view package_prefix = "pkgs.";

std::string text_of(const Item& item) {
    return core::match(
        item, [](std::int64_t number) { return nix_integer(number); },
        [](const std::string& text) { return nix_string(text); },
        [](const PackageAttr& package) { return std::string(package_prefix) + package.str(); });
}

std::string text_of(const Items& items) {
    if (items.empty()) {
        return "[ ]";
    }
    std::string out = "[\n";
    for (const Item& item : items) {
        out += "    " + text_of(item) + "\n";
    }
    return out + "  ]";
}

std::string text_of(const Setting& setting) {
    return core::match(
        setting, [](Null) { return std::string("null"); },
        [](bool value) { return std::string(value ? "true" : "false"); },
        [](const Items& items) { return text_of(items); },
        [](const auto& single) { return text_of(Item(single)); });
}

/// Reads what `render` writes. It may be lenient: the result is rendered again and compared.
class ModuleReader {
  public:
    explicit ModuleReader(std::string_view text) : rest_(text) {}

    bool read(HostModule& module) {
        if (!literal(head)) {
            return false;
        }
        while (!literal(foot)) {
            if (module.settings.size() >= HostModule::max_settings || !read_setting(module)) {
                return false;
            }
        }
        return rest_.empty();
    }
    std::size_t left() const noexcept { return rest_.size(); }

  private:
    bool literal(std::string_view expected) {
        const bool found = rest_.starts_with(expected);
        rest_.remove_prefix(found ? expected.size() : 0);
        return found;
    }

    bool read_setting(HostModule& module) {
        if (!literal("  ")) {
            return false;
        }
        const auto end = rest_.find(" = ");
        const auto option =
            end == std::string_view::npos ? std::nullopt : OptionPath::parse(rest_.substr(0, end));
        if (!option) {
            return false;
        }
        rest_.remove_prefix(end + 3);
        auto setting = read_value();
        return setting && literal(";\n") &&
               module.settings.emplace(*option, std::move(*setting)).second;
    }

    std::optional<Setting> read_value() {
        if (literal("null")) {
            return Null{};
        }
        if (literal("true")) {
            return true;
        }
        if (literal("false")) {
            return false;
        }
        if (literal("[ ]")) {
            return Items{};
        }
        if (literal("[\n")) {
            return read_items();
        }
        const auto item = read_item();
        return item ? std::optional(
                          core::match(*item, [](const auto& single) { return Setting(single); }))
                    : std::nullopt;
    }

    std::optional<Setting> read_items() {
        Items items;
        while (!literal("  ]")) {
            if (!literal("    ")) {
                return std::nullopt;
            }
            auto item = read_item();
            if (!item || !literal("\n")) {
                return std::nullopt;
            }
            items.push_back(std::move(*item));
        }
        return items;
    }

    std::optional<Item> read_item() {
        if (rest_.starts_with('"')) {
            auto text = take_nix_string(rest_);
            return text ? std::optional<Item>(std::move(*text)) : std::nullopt;
        }
        if (literal(package_prefix)) {
            const auto end = std::min(rest_.find_first_of(";\n"), rest_.size());
            auto package = PackageAttr::parse(rest_.substr(0, end));
            rest_.remove_prefix(end);
            return package ? std::optional<Item>(std::move(*package)) : std::nullopt;
        }
        const auto number = take_nix_integer(rest_);
        return number ? std::optional<Item>(*number) : std::nullopt;
    }

    std::string_view rest_;
};

Problem edited_by_hand(std::string_view text, std::size_t offset) {
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    return {
        .code = "edited_by_hand",
        .message = "agentd's module is not as agentd writes it",
        .where = std::to_string(line),
        .hint =
            "move what was written by hand into another module, then agentd goes on with its own"};
}

} // namespace

std::string render(const HostModule& module) {
    std::string out(head);
    for (const auto& [option, setting] : module.settings) {
        out += "  " + option.str() + " = " + text_of(setting) + ";\n";
    }
    return out += foot;
}

core::Result<HostModule> parse_module(std::string_view text) {
    HostModule module;
    if (text.size() > HostModule::max_bytes) {
        return edited_by_hand(text, 0);
    }
    ModuleReader reader(text);
    if (!reader.read(module)) {
        return edited_by_hand(text, text.size() - reader.left());
    }
    const std::string again = render(module);
    if (again != text) {
        const auto [ours, theirs] =
            std::mismatch(again.begin(), again.end(), text.begin(), text.end());
        return edited_by_hand(text, static_cast<std::size_t>(theirs - text.begin()));
    }
    return module;
}

} // namespace agentd::proposals
