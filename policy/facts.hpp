/// @file
/// Facts about a proposal: the closed, typed table that rules may speak of.
#pragma once

#include "agentd/core/json.hpp"
#include "policy/glob.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace agentd::policy {

enum class FactType {
    boolean,
    integer,
    text,    ///< any text
    choice,  ///< one of a list of names
    ordered, ///< one of a list of names, least first
    texts,   ///< a set of texts
};

std::string_view to_string(FactType type) noexcept;

struct KnownFact {
    std::string_view name{};
    FactType type{};
    std::string_view meaning{};
    /// The names a choice, an ordered choice or the members of a set may have; empty when any.
    std::vector<std::string> choices{};
    Form form = Form::text; ///< of its names
    /// The root helper can work it out by itself from the two closures and the statement.
    bool recomputed = false;
};

/// The one table.
std::span<const KnownFact> known_facts();
/// Index into known_facts(), or nullopt.
std::optional<std::size_t> find_fact(std::string_view name);
/// Up to three names near `wanted`.
std::vector<std::string> nearest_facts(std::string_view wanted);

/// Nobody said, or nobody could find out.
struct Unknown {
    friend bool operator==(const Unknown&, const Unknown&) = default;
};
using Texts = std::set<std::string, std::less<>>;
using FactValue = std::variant<Unknown, bool, std::int64_t, std::string, Texts>;

/// A value for every known fact; each is unknown until it is set.
class Facts {
  public:
    static constexpr std::size_t max_members = 65'536; ///< of one set; a larger one is unknown

    Facts();
    /// `name` must be known and the value of its type (or unknown): anything else is a bug.
    Facts& set(std::string_view name, FactValue value);
    const FactValue& get(std::string_view name) const;
    const FactValue& at(std::size_t index) const;
    friend bool operator==(const Facts&, const Facts&) = default;

  private:
    std::vector<FactValue> values_;
};

/// A name as the fact has it: an option's has one form however it is quoted. nullopt where it is
/// none.
std::optional<std::string> canonical_name(const KnownFact& fact, std::string_view name);
/// Does the value fit the fact: its type, the form of its names, and these where they are closed?
bool fits(const KnownFact& fact, const FactValue& value);

/// One object, a key for each known fact that is not unknown.
core::Json to_json(const Facts& facts);
/// For people, at most about 200 bytes: `["redis.service", … 3 more]`, `unknown`.
std::string show(const FactValue& value);

} // namespace agentd::policy
