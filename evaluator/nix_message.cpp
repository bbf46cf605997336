#include "evaluator/nix_message.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using nlohmann::json;

std::string text_at(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::int64_t number_at(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_number_integer() ? it->get<std::int64_t>() : 0;
}

std::optional<NixMessage::Action> action_of(const std::string& name) {
    if (name == "msg") {
        return NixMessage::Action::message;
    }
    if (name == "start") {
        return NixMessage::Action::start;
    }
    if (name == "stop") {
        return NixMessage::Action::stop;
    }
    if (name == "result") {
        return NixMessage::Action::result;
    }
    return std::nullopt;
}

void read_fields(const json& object, NixMessage& message) {
    const auto fields = object.find("fields");
    if (fields == object.end() || !fields->is_array()) {
        return;
    }
    for (const auto& field : *fields) {
        if (field.is_string()) {
            message.texts.push_back(field.get<std::string>());
        } else if (field.is_number_integer()) {
            message.numbers.push_back(field.get<std::int64_t>());
        }
    }
}

/// The length of the control sequence at the start of `text`, which begins with ESC.
std::size_t sequence_length(std::string_view text) {
    if (text.size() < 2) {
        return 1;
    }
    if (text[1] == ']') { // a string for the terminal: up to BEL or ESC backslash
        const auto end = text.find_first_of("\a\x1b", 2);
        return end == std::string_view::npos ? text.size() : end + (text[end] == '\a' ? 1 : 2);
    }
    if (text[1] != '[') {
        return 2;
    }
    std::size_t at = 2;
    while (at < text.size() && (text[at] < 0x40 || text[at] > 0x7e)) {
        ++at;
    }
    return at + 1;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

/// The length of a source tree's prefix at the start of `text`, its slash included; 0 when there is
/// none.
std::size_t source_prefix(std::string_view text) {
    constexpr std::string_view store = "/nix/store/";
    constexpr std::string_view open = "«";
    constexpr std::string_view close = "»/";
    if (text.starts_with(open)) {
        const auto end = text.find(close);
        return end == std::string_view::npos ? 0 : end + close.size();
    }
    if (!text.starts_with(store)) {
        return 0;
    }
    const auto slash = text.find('/', store.size());
    const bool source = slash != std::string_view::npos &&
                        text.substr(0, slash).ends_with("-source") &&
                        text.substr(0, slash).find_first_of(" \n'`") == std::string_view::npos;
    return source ? slash + 1 : 0;
}

} // namespace

std::string without_colours(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == 0x1b) {
            at += sequence_length(text.substr(at));
            continue;
        }
        if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t') {
            out += text[at];
        }
        ++at;
    }
    return core::is_utf8(out) ? out : core::to_utf8(out);
}

std::optional<NixMessage> parse_nix_message(std::string_view line) {
    if (!take_prefix(line, "@nix ")) {
        return std::nullopt;
    }
    // Lenient on purpose: what Nix adds in a later version must not make us deaf to the rest.
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object()) {
        return std::nullopt;
    }
    const auto action = action_of(text_at(object, "action"));
    if (!action) {
        return std::nullopt;
    }
    NixMessage message;
    message.action = *action;
    message.id = number_at(object, "id");
    message.type = number_at(object, "type");
    message.level = number_at(object, "level");
    message.full = without_colours(text_at(object, "msg"));
    const auto raw = text_at(object, "raw_msg");
    message.text = raw.empty() ? message.full : without_colours(raw);
    message.file = text_at(object, "file");
    message.line = number_at(object, "line");
    message.column = number_at(object, "column");
    read_fields(object, message);
    return message;
}

std::optional<std::string> warning_of(const NixMessage& message) {
    if (message.action != NixMessage::Action::message) {
        return std::nullopt;
    }
    std::string_view text = message.text;
    const bool traced = take_prefix(text, "trace: ");
    const bool warned = take_prefix(text, "warning: ");
    if (take_prefix(text, "evaluation warning: ") || (traced && warned)) {
        return std::string(core::trim(text));
    }
    return std::nullopt;
}

std::string in_repository(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t skip = source_prefix(text);
        if (skip > 0) {
            text.remove_prefix(skip);
            continue;
        }
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

} // namespace agentd::evaluator
