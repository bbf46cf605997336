#include "agentd/core/json.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace agentd::core {

namespace {

constexpr std::int64_t largest = (std::int64_t{1} << 53) - 1;

/// Builds the document with nlohmann's own DOM builder and refuses on the way what we do not speak.
class StrictSax : public nlohmann::json_sax<Json> {
public:
    explicit StrictSax(Json& root, std::size_t depth) : builder_(root, false), depth_(depth) {}

    bool null() override { return builder_.null(); }
    bool boolean(bool v) override { return builder_.boolean(v); }
    bool number_integer(number_integer_t v) override {
        return v < -largest ? stop("integer out of range") : builder_.number_integer(v);
    }
    bool number_unsigned(number_unsigned_t v) override {
        return v > static_cast<number_unsigned_t>(largest) ? stop("integer out of range")
                                                           : builder_.number_unsigned(v);
    }
    bool number_float(number_float_t, const string_t&) override {
        return stop("numbers with a fraction or exponent are not spoken here");
    }
    bool string(string_t& v) override { return builder_.string(v); }
    bool binary(binary_t&) override { return stop("binary values are not spoken here"); }
    bool start_object(std::size_t n) override {
        keys_.emplace_back();
        return keys_.size() + arrays_ > depth_ ? stop("nested too deeply")
                                               : builder_.start_object(n);
    }
    bool key(string_t& k) override {
        return keys_.back().insert(k).second ? builder_.key(k) : stop("key `" + k + "` given twice");
    }
    bool end_object() override {
        keys_.pop_back();
        return builder_.end_object();
    }
    bool start_array(std::size_t n) override {
        ++arrays_;
        return keys_.size() + arrays_ > depth_ ? stop("nested too deeply")
                                               : builder_.start_array(n);
    }
    bool end_array() override {
        --arrays_;
        return builder_.end_array();
    }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception&) override {
        position_ = position;
        return stop(token.empty() ? "not JSON" : "not JSON near `" + shorten(to_utf8(token), 40) + "`");
    }

    const std::string& why() const noexcept { return why_; }
    std::size_t position() const noexcept { return position_; }

private:
    bool stop(std::string why) {
        why_ = std::move(why);
        return false;
    }
    nlohmann::detail::json_sax_dom_parser<Json> builder_;
    std::size_t depth_;
    std::size_t arrays_ = 0;
    std::size_t position_ = 0;
    std::vector<std::set<std::string>> keys_;
    std::string why_;
};

} // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return Problem{.code = "too_large",
                       .message = "JSON of " + std::to_string(text.size()) + " bytes; at most " +
                                  std::to_string(limits.bytes) + " are read"};
    }
    Json root;
    StrictSax sax(root, limits.depth);
    if (!Json::sax_parse(text.begin(), text.end(), &sax)) {
        return Problem{.code = "bad_json",
                       .message = sax.why().empty() ? "not JSON" : sax.why(),
                       .where = "byte " + std::to_string(sax.position())};
    }
    return root;
}

std::string canonical(const Json& value) { return value.dump(); }

Json to_json(const Problem& problem) {
    const auto or_null = [](const std::string& text) {
        return text.empty() ? Json() : Json(to_utf8(text));
    };
    return {{"code", to_utf8(problem.code)},
            {"message", to_utf8(problem.message)},
            {"where", or_null(problem.where)},
            {"hint", or_null(problem.hint)}};
}

ObjectReader::ObjectReader(const Json& value, std::string name)
    : value_(value), name_(std::move(name)) {
    if (!value_.is_object()) {
        problem_ = Problem{.code = "bad_value", .message = name_ + " is not an object"};
    }
}

void ObjectReader::refuse(const char* key, std::string_view why) {
    if (!problem_) {
        problem_ = Problem{.code = "bad_value",
                           .message = name_ + ": `" + key + "` " + std::string(why)};
    }
}

bool ObjectReader::has(const char* key) const {
    return value_.is_object() && value_.contains(key) && !value_.at(key).is_null();
}

const Json* ObjectReader::find(const char* key, bool required) {
    seen_.emplace_back(key);
    if (!value_.is_object()) {
        return nullptr;
    }
    const auto it = value_.find(key);
    if (it == value_.end() || (it->is_null() && required)) {
        if (required) {
            refuse(key, "is missing");
        }
        return nullptr;
    }
    return &*it;
}

std::string ObjectReader::text(const char* key, std::size_t limit) {
    const Json* found = find(key, true);
    if (found == nullptr) {
        return {};
    }
    if (!found->is_string() || found->get_ref<const std::string&>().size() > limit) {
        refuse(key, "has to be text of at most " + std::to_string(limit) + " bytes");
        return {};
    }
    return found->get<std::string>();
}

std::optional<std::string> ObjectReader::optional_text(const char* key, std::size_t limit) {
    const Json* found = find(key, false);
    if (found == nullptr || found->is_null()) {
        return std::nullopt;
    }
    if (!found->is_string() || found->get_ref<const std::string&>().size() > limit) {
        refuse(key, "has to be null or text of at most " + std::to_string(limit) + " bytes");
        return std::nullopt;
    }
    return found->get<std::string>();
}

std::int64_t ObjectReader::integer(const char* key, std::int64_t low, std::int64_t high) {
    const Json* found = find(key, true);
    if (found == nullptr) {
        return low;
    }
    if (!found->is_number_integer() || found->get<std::int64_t>() < low ||
        found->get<std::int64_t>() > high) {
        refuse(key, "has to be a whole number from " + std::to_string(low) + " to " +
                        std::to_string(high));
        return low;
    }
    return found->get<std::int64_t>();
}

bool ObjectReader::boolean(const char* key) {
    const Json* found = find(key, true);
    if (found != nullptr && !found->is_boolean()) {
        refuse(key, "has to be true or false");
        return false;
    }
    return found != nullptr && found->get<bool>();
}

const Json& ObjectReader::any(const char* key) {
    static const Json null;
    const Json* found = find(key, false);
    return found == nullptr ? null : *found;
}

std::vector<std::string> ObjectReader::texts(const char* key, std::size_t limit_count) {
    const Json* found = find(key, true);
    std::vector<std::string> out;
    if (found == nullptr) {
        return out;
    }
    if (!found->is_array() || found->size() > limit_count) {
        refuse(key, "has to be a list of at most " + std::to_string(limit_count));
        return out;
    }
    for (const Json& item : *found) {
        if (!item.is_string()) {
            refuse(key, "has to be a list of texts");
            return {};
        }
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::string ObjectReader::one_of(const char* key, std::initializer_list<std::string_view> allowed) {
    std::string found = text(key, 64);
    if (!problem_ && std::find(allowed.begin(), allowed.end(), found) == allowed.end()) {
        std::string names;
        for (const auto& name : allowed) {
            names += (names.empty() ? "" : ", ") + std::string(name);
        }
        refuse(key, "is `" + printable(found) + "`; it has to be one of " + names);
    }
    return found;
}

Result<Done> ObjectReader::finish() {
    if (problem_) {
        return *problem_;
    }
    for (const auto& [key, ignored] : value_.items()) {
        if (std::find(seen_.begin(), seen_.end(), key) == seen_.end()) {
            return Problem{.code = "unknown_field",
                           .message = name_ + " has the unknown field `" +
                                      printable(shorten(key, 80)) + "`"};
        }
    }
    return Done{};
}

} // namespace agentd::core
