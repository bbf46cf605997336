/// @file
/// JSON from outside, read strictly; JSON of ours, written canonically. Only `.cpp` files include the
/// full library; headers see nlohmann's forward declarations.
#pragma once

#include "agentd/core/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::core {

using Json = nlohmann::json;

struct JsonLimits {
    std::size_t bytes = 1U << 20;
    std::size_t depth = 64;
};

/// One JSON document and nothing after it. Refused: floats, integers beyond ±(2^53−1), duplicate keys,
/// invalid UTF-8, anything above the limits. The problem's `where` is the byte offset.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

/// RFC 8785 on this project's subset: sorted keys, no spaces, UTF-8 kept.
std::string canonical(const Json& value);

/// A refusal as every interface writes it: `{code, message, where, hint}`, the last two null when empty.
Json to_json(const Problem& problem);

/// Reads the fields of one object; `finish` refuses what was not asked for. The first trouble wins and
/// is kept, so that a codec can read everything and look once.
class ObjectReader {
public:
    /// @param name what the object is called in messages, e.g. `statement`.
    ObjectReader(const Json& value, std::string name);

    std::string text(const char* key, std::size_t limit = 64U << 10);
    std::optional<std::string> optional_text(const char* key, std::size_t limit = 64U << 10);
    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high);
    bool boolean(const char* key);
    /// The value, or null when it is absent.
    const Json& any(const char* key);
    std::vector<std::string> texts(const char* key, std::size_t limit_count = 4096);
    /// Text that must be one of `allowed`.
    std::string one_of(const char* key, std::initializer_list<std::string_view> allowed);
    bool has(const char* key) const;

    void refuse(const char* key, std::string_view why);
    /// Done when every field was there, well formed and known.
    Result<Done> finish();

private:
    const Json* find(const char* key, bool required);
    const Json& value_;
    std::string name_;
    std::vector<std::string_view> seen_;
    std::optional<Problem> problem_;
};

} // namespace agentd::core
