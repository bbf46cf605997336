/// @file
/// The daemon's own module of a host, written whole: `hosts/<host>/agentd.nix`.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/operations.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::proposals {

/// An integer, a string or a package.
using Item = std::variant<std::int64_t, std::string, PackageAttr>;
using Items = std::vector<Item>;
/// What the module says about one option: one value, or a list that the module system joins with
/// others.
using Setting = std::variant<Null, bool, std::int64_t, std::string, PackageAttr, Items>;

/// What stands in the module, by option.
struct HostModule {
    static constexpr std::size_t max_settings = 4096;
    static constexpr std::size_t max_bytes = 512U << 10;

    std::map<OptionPath, Setting> settings{};
    friend bool operator==(const HostModule&, const HostModule&) = default;
};

std::string module_path(const core::HostName& host);

/// Stable: one value has one text. Valid Nix whatever the strings hold.
std::string render(const HostModule& module);
/// Reads back exactly what `render` writes; anything else is `edited_by_hand` with `where` = line.
core::Result<HostModule> parse_module(std::string_view text);

/// Applies the operations in order. Problems: `not_ours` (unset or removed what this module does
/// not say), `type_conflict` (a list operation on a single value or the other way round),
/// `path_conflict` (an option and one below it), `no_change` (everything is so already),
/// `too_large`.
core::Result<HostModule> apply(HostModule module, const Operations& operations);

/// The whole new text of the module; `current` is the file as it stands, or nullopt.
core::Result<std::string> render_operations(std::optional<std::string_view> current,
                                            const Operations& operations);

} // namespace agentd::proposals
