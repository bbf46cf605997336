/// @file
/// What somebody wants of a repository, as typed operations: `agentd.ops/1` and `agentd.ops/2`.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "proposals/operations.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::plan {

enum class WishKind {
    set_option,
    unset_option,
    add_to_list,
    remove_from_list,
    add_import,
    remove_import,
    create_module,
    add_input,
    set_input_url,
    remove_input,
    bump_input, ///< its newest revision; without a name all of them
};
std::string_view to_string(WishKind kind) noexcept;

struct Setting {
    OptionPath option{};
    Value value{};
};

/// One operation. Which fields it has depends on its kind.
struct Wish {
    WishKind kind{};
    std::optional<OptionPath> option{};
    std::optional<Value> value{};
    bool fresh = false; ///< of set_option: refused where something else is set there already
    bool weak = false;  ///< of set_option: hosts may say otherwise (mkDefault)
    std::optional<std::int64_t> last{}; ///< of a list of ranges: `{ from = value; to = last; }`
    std::optional<std::int64_t> size{}; ///< of a list of swaps: `{ device = value; size = size; }`
    std::string user{};                 ///< an option of home-manager, for this user
    std::string in{};                ///< only in this file, module or aspect, by its path or name
    std::string module{};            ///< a file of the repository, or the end of its path
    std::vector<Setting> settings{}; ///< of a new module
    std::string input{};
    std::string url{};
    std::vector<std::string> follows{};
};

struct Request {
    static constexpr std::size_t max_operations = 64;

    std::vector<std::string> hosts{}; ///< by name; empty: not said
    bool every_host = false;          ///< all of nixosConfigurations
    std::vector<Wish> operations{};
};

/// Strict: unknown fields are refused. Problems as of operations_from_json, with `where` the index
/// of the operation.
core::Result<Request> request_from_json(const core::Json& value);
/// `set time.timeZone to "UTC"`, for people.
std::string describe(const Wish& wish);

} // namespace agentd::proposals::plan
