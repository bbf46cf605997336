#include "agentd/rehearsal/seen.hpp"

#include "agentd/core/names.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <map>

namespace agentd::rehearsal {

namespace {

using Block = std::map<std::string, std::string, std::less<>>;

std::string at(const Block& block, std::string_view key) {
    const auto found = block.find(key);
    return found == block.end() ? "" : found->second;
}

std::int64_t number(const Block& block, std::string_view key) {
    return core::parse_integer(at(block, key)).value_or(0);
}

/// A word of systemd's own; anything else is nonsense and says nothing.
std::string word(const Block& block, std::string_view key) {
    const std::string text = at(block, key);
    const bool plain = text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || c == '-';
                       });
    return plain ? text : "";
}

bool comes_and_goes(std::string_view name) {
    return name.ends_with(".device") || name.ends_with(".scope") || name.ends_with(".slice");
}

/// What the manager could not give it: credentials, or files it was to read beforehand.
std::string lacks(const Block& block) {
    for (const char* key : {"LoadCredential", "LoadCredentialEncrypted", "EnvironmentFiles"}) {
        // `PATH (ignore_errors=yes)`: what may be missing is not needed.
        const std::string text = at(block, key);
        for (const auto part : core::split(text, ')')) {
            const std::string secret = secret_in(part);
            if (!secret.empty() && !part.ends_with("(ignore_errors=yes")) {
                return secret;
            }
        }
    }
    constexpr std::int64_t no_credentials = 243; // systemd.exec(5)
    if (number(block, "ExecMainStatus") == no_credentials) {
        return "its credentials";
    }
    return at(block, "Result") == "resources" ? "a file that it names" : "";
}

/// It fell after a life of `since - begun` at most. What falls by a fixed delay, or again and
/// again, has fallen again before it stood for as long.
bool is_steady(const Block& block, const Span& span) {
    const std::int64_t since = number(block, "ActiveEnterTimestampMonotonic");
    return number(block, "NRestarts") > 0 && at(block, "ActiveState") == "active" &&
           since > span.begun_us && since <= span.now_us &&
           span.now_us - since > since - span.begun_us;
}

std::optional<Unit> unit_of(const Block& block, const Span& span) {
    const std::string name = at(block, "Id");
    if (!core::UnitName::parse(name) || comes_and_goes(name)) {
        return std::nullopt;
    }
    return Unit{.name = name,
                .active = word(block, "ActiveState"),
                .sub = word(block, "SubState"),
                .result = word(block, "Result"),
                .status = number(block, "ExecMainStatus") & 0xff,
                .restarts = std::clamp<std::int64_t>(number(block, "NRestarts"), 0, 1'000'000),
                .steady = is_steady(block, span),
                .skipped = at(block, "ConditionResult") == "no" &&
                           number(block, "ConditionTimestampMonotonic") != 0,
                .waiting = number(block, "Job") != 0,
                .ran = number(block, "InactiveExitTimestampMonotonic") != 0,
                .needs = lacks(block)};
}

std::string text_at(const core::Json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

/// Four bytes a word, each in the byte order of the machine: little-endian, or this is not
/// compiled.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
std::string address_of(std::string_view hex) {
    std::array<std::uint32_t, 4> words{};
    const std::size_t count = hex.size() / 8;
    if ((count != 1 && count != 4) || hex.size() % 8 != 0) {
        return {};
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto part = hex.substr(i * 8, 8);
        const auto read = std::from_chars(part.data(), part.data() + 8, words[i], 16);
        if (read.ptr != part.data() + 8) {
            return {};
        }
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size()) ==
                   nullptr
               ? ""
               : text.data();
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> out;
    for (const auto part : core::split(line, ' ')) {
        if (!part.empty()) {
            out.push_back(part);
        }
    }
    return out;
}

} // namespace

std::vector<std::string> wanted_properties() {
    return {"Id",
            "ActiveState",
            "SubState",
            "Result",
            "ExecMainStatus",
            "NRestarts",
            "ActiveEnterTimestampMonotonic",
            "ConditionResult",
            "ConditionTimestampMonotonic",
            "Job",
            "InactiveExitTimestampMonotonic",
            "LoadCredential",
            "LoadCredentialEncrypted",
            "EnvironmentFiles"};
}

Units units_from(std::string_view shown, const Span& span) {
    Units out;
    Block block;
    std::map<std::string, Unit> units;
    const auto end_block = [&] {
        if (auto unit = unit_of(block, span)) {
            if (units.size() < Rehearsal::max_units || units.contains(unit->name)) {
                units.emplace(unit->name, std::move(*unit));
            } else {
                out.truncated = true;
            }
        }
        block.clear();
    };
    for (const auto line : core::lines(shown)) {
        const auto equals = line.find('=');
        if (line.empty()) {
            end_block();
        } else if (equals != std::string_view::npos && block.size() < 32) {
            std::string& value = block[std::string(line.substr(0, equals))];
            value += (value.empty() ? "" : " ") + std::string(line.substr(equals + 1));
        }
    }
    end_block();
    for (auto& [name, unit] : units) {
        out.units.push_back(std::move(unit));
    }
    return out;
}

void add_from_journal(std::string_view lines, Units& units) {
    std::map<std::string, Unit> found;
    for (const auto line : core::lines(lines)) {
        const auto json = core::parse_json(line, {.bytes = 16U << 10, .depth = 4});
        if (!json || !json->is_object() || text_at(*json, "JOB_TYPE") != "start" ||
            text_at(*json, "JOB_RESULT") != "done") {
            continue;
        }
        const std::string name = text_at(*json, "UNIT");
        if (!core::UnitName::parse(name) || comes_and_goes(name)) {
            continue;
        }
        const std::string said = text_at(*json, "MESSAGE");
        const bool skipped = said.find(" was skipped because ") != std::string::npos ||
                             said.starts_with("Condition check resulted in ");
        found[name] = {.name = name,
                       .active = "inactive",
                       .sub = "dead",
                       .result = "success",
                       .skipped = skipped,
                       .ran = !skipped};
    }
    for (const Unit& known : units.units) {
        found.erase(known.name);
    }
    for (auto& [name, unit] : found) {
        if (units.units.size() >= Rehearsal::max_units) {
            units.truncated = true;
            break;
        }
        units.units.push_back(std::move(unit));
    }
    std::sort(units.units.begin(), units.units.end(),
              [](const Unit& a, const Unit& b) { return a.name < b.name; });
}

void listeners_from(std::string_view file, std::string_view protocol, std::vector<Listener>& out) {
    // TCP_LISTEN; of UDP, which does not listen, TCP_CLOSE: bound, and connected to nobody.
    const std::string_view wanted = protocol == "tcp" ? "0A" : "07";
    for (const auto line : core::lines(file)) {
        const auto words = words_of(line);
        if (words.size() < 4 || words[3] != wanted) {
            continue;
        }
        const auto colon = words[1].rfind(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        std::uint16_t port = 0;
        const auto hex = words[1].substr(colon + 1);
        std::from_chars(hex.data(), hex.data() + hex.size(), port, 16);
        std::string address = address_of(words[1].substr(0, colon));
        if (port != 0 && !address.empty()) {
            out.push_back(
                {.protocol = std::string(protocol), .address = std::move(address), .port = port});
        }
    }
}

std::string secret_in(std::string_view text) {
    constexpr std::string_view end_of_path = " \t\n\"',;:)(}{[]";
    for (const std::string_view folder :
         {"/run/secrets", "/run/agenix", "/run/keys", "/var/lib/secrets"}) {
        const auto begin = text.find(folder);
        if (begin != std::string_view::npos) {
            const auto path = text.substr(begin, text.find_first_of(end_of_path, begin) - begin);
            return core::printable(core::shorten(core::to_utf8(path), 200));
        }
    }
    return {};
}

void take_units(Units units, Rehearsal& seen) {
    seen.units = std::move(units.units);
    seen.truncated = seen.truncated || units.truncated;
}

} // namespace agentd::rehearsal
