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
    friend bool operator==(const Setting&, const Setting&) = default;
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
    friend bool operator==(const Wish&, const Wish&) = default;
};

struct Request {
    static constexpr std::size_t max_operations = 64;

    std::vector<std::string> hosts{}; ///< by name; empty: not said
    bool every_host = false;          ///< all of nixosConfigurations
    std::vector<Wish> operations{};
    friend bool operator==(const Request&, const Request&) = default;
};

/// Strict: unknown fields are refused. Problems as of operation_from_json and `too_many`, with
/// `where` the index of the operation from 0.
core::Result<Request> request_from_json(const core::Json& value);
core::Result<Wish> wish_from_json(const core::Json& value);
/// `agentd.ops/2`, which reads back as it was.
core::Json to_json(const Request& request);
core::Json to_json(const Wish& wish);
/// An option as the host has it: one of home-manager below its user. nullopt where that is no path
/// any more.
std::optional<OptionPath> for_host(const OptionPath& option, const std::string& user);
/// What a wish says of options as the host has them (one of home-manager below its user), the
/// settings of a new module among them; none of an import or an input.
std::vector<Operation> on_options(const Wish& wish);
/// `set time.timeZone to "UTC"`, for people.
std::string describe(const Wish& wish);

} // namespace agentd::proposals::plan
