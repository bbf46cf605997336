/// @file
/// Typed operations on options (`agentd.ops/1`): what words, models and tools may ask for.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::proposals {

/// A name of the text form `a.b."c.d".e`.
struct OptionName {
    std::string text{};
    bool quoted = false;
};
/// Split at the dots that are not in quotes, the quotes dropped; nullopt where a name is empty or a
/// quote stands inside of a name. The names are as they are: no identifiers yet.
std::optional<std::vector<OptionName>> option_names(std::string_view text);

/// An option as its attribute names. Text form: `a.b."c.d".e`, names quoted only where they must
/// be.
class OptionPath {
  public:
    static constexpr std::size_t max_bytes = 256;
    static constexpr std::size_t max_parts = 16;

    /// Names are identifiers, or quoted printable ASCII without `"`, `\` and `$`. A needless quote
    /// is dropped.
    static std::optional<OptionPath> parse(std::string_view text);
    const std::vector<std::string>& parts() const noexcept { return parts_; }
    /// Canonical, and valid on the left of `=` in Nix.
    std::string str() const;
    /// True when `other` lies below this path.
    bool is_prefix_of(const OptionPath& other) const noexcept;
    friend bool operator==(const OptionPath&, const OptionPath&) = default;
    friend auto operator<=>(const OptionPath&, const OptionPath&) = default;

  private:
    std::vector<std::string> parts_;
};

/// A package of the host's nixpkgs by attribute, without `pkgs.`: `ripgrep`,
/// `python3Packages.requests`.
class PackageAttr {
  public:
    static constexpr std::size_t max_bytes = 128;

    static std::optional<PackageAttr> parse(std::string_view text);
    const std::string& str() const noexcept { return text_; }
    friend bool operator==(const PackageAttr&, const PackageAttr&) = default;
    friend auto operator<=>(const PackageAttr&, const PackageAttr&) = default;

  private:
    explicit PackageAttr(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct Null {
    friend bool operator==(const Null&, const Null&) = default;
    friend auto operator<=>(const Null&, const Null&) = default;
};

using Strings = std::vector<std::string>;
/// Texts are UTF-8 of at most 4 KiB with no hidden code point but LF and TAB; integers within
/// ±(2^53−1).
using Value = std::variant<Null, bool, std::int64_t, std::string, PackageAttr, Strings>;

enum class OperationKind { set_option, unset_option, add_to_list, remove_from_list };

std::string_view to_string(OperationKind kind) noexcept;

/// List operations take an integer, a string or a package; `unset_option` takes no value.
struct Operation {
    OperationKind kind{};
    OptionPath option{};
    std::optional<Value> value{};
    friend bool operator==(const Operation&, const Operation&) = default;
};

inline constexpr std::size_t max_value_text = 4096;   ///< bytes of a text in a value
inline constexpr std::size_t max_value_strings = 256; ///< of a list of them

core::Json to_json(const Value& value);
core::Json to_json(const Operation& operation);
/// Problems: `bad_value`, `unknown_field`, `bad_option`, `bad_package`, `hidden_unicode`,
/// `control_char`.
core::Result<Operation> operation_from_json(const core::Json& value);
/// `add ripgrep to environment.systemPackages`, for titles.
std::string describe(const Operation& operation);

} // namespace agentd::proposals
