#include "evaluator/agreement/topic_reader.hpp"

#include "evaluator/agreement/statements.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator::agreement {

using core::Json;

const Json& TopicReader::at(const Json& object, const std::string& key) {
    static const Json nothing;
    if (!object.is_object()) {
        odd_ = true;
        return nothing;
    }
    const auto it = object.find(key);
    odd_ = odd_ || it == object.end();
    return it == object.end() ? nothing : *it;
}

const Json& TopicReader::list(const Json& value) {
    static const Json nothing = Json::array();
    const bool good = value.is_array() && value.size() <= Statements::most_subjects;
    odd_ = odd_ || !good;
    return good ? value : nothing;
}

const std::string& TopicReader::text(const Json& value) {
    static const std::string nothing;
    odd_ = odd_ || !value.is_string();
    return value.is_string() ? value.get_ref<const std::string&>() : nothing;
}

std::string TopicReader::text_or_empty(const Json& object, const std::string& key) {
    const Json& value = at(object, key);
    return value.is_null() ? std::string{} : text(value);
}

bool TopicReader::flag(const Json& object, const std::string& key) {
    const Json& value = at(object, key);
    odd_ = odd_ || !value.is_boolean();
    return value.is_boolean() && value.get<bool>();
}

std::int64_t TopicReader::number(const Json& value) {
    odd_ = odd_ || !value.is_number_integer();
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::uint16_t TopicReader::port(const Json& value) {
    const auto out = number(value);
    const bool good = out >= 0 && out <= 65'535;
    odd_ = odd_ || !good;
    return good ? static_cast<std::uint16_t>(out) : 0;
}

} // namespace agentd::evaluator::agreement
