/// The shapes `nix path-info --json` has had: a list with `path` inside (2.8, Lix), an object by
/// path (2.19 and newer), the same below `info` with base names (2.34's format 2).
#include "agentd/core/crypto.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/store_info.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace agentd::evaluator {
namespace {

using core::Json;
using core::Problem;

constexpr std::size_t most_paths = 200'000;
constexpr std::string_view store_folder = "/nix/store/";

Problem bad(std::string why) {
    return {.code = "query_failed", .message = "cannot read `nix path-info`: " + std::move(why)};
}

std::optional<core::StorePath> path_of(std::string_view text) {
    return core::StorePath::parse(
        text.starts_with('/') ? std::string(text) : std::string(store_folder) + std::string(text));
}

std::optional<std::string> bytes_of_base32(std::string_view text) {
    constexpr std::string_view alphabet = "0123456789abcdfghijklmnpqrsvwxyz";
    std::string out(32, '\0');
    if (text.size() != 52) {
        return std::nullopt;
    }
    for (std::size_t n = 0; n < text.size(); ++n) {
        const auto digit = alphabet.find(text[text.size() - n - 1]);
        if (digit == alphabet.npos) {
            return std::nullopt;
        }
        const std::size_t bit = n * 5;
        const std::size_t at = bit / 8;
        const auto wide = static_cast<unsigned>(digit) << (bit % 8);
        out[at] = static_cast<char>(static_cast<unsigned char>(out[at]) | (wide & 0xffU));
        if ((wide >> 8) != 0 && at + 1 >= out.size()) {
            return std::nullopt; // bits beyond the hash
        }
        if (at + 1 < out.size()) {
            out[at + 1] = static_cast<char>(static_cast<unsigned char>(out[at + 1]) | (wide >> 8));
        }
    }
    return out;
}

core::Result<PathInfo> read_one(const core::StorePath& path, const Json& value) {
    if (!value.is_object() || (value.contains("valid") && value.at("valid") == false)) {
        return Problem{.code = "not_in_store",
                       .message = "the store does not have this path",
                       .where = path.str()};
    }
    PathInfo out{.path = path};
    const auto hash = value.find("narHash");
    const auto size = value.find("narSize");
    const auto references = value.find("references");
    if (hash == value.end() || !hash->is_string() || size == value.end() ||
        !size->is_number_unsigned() || references == value.end() || !references->is_array()) {
        return bad("a field is missing for " + path.str());
    }
    out.nar_hash = normal_nar_hash(hash->get_ref<const std::string&>());
    out.nar_size = size->get<std::uint64_t>();
    for (const auto& text : *references) {
        auto reference =
            text.is_string() ? path_of(text.get_ref<const std::string&>()) : std::nullopt;
        if (!reference) {
            return bad("a reference of " + path.str() + " is no store path");
        }
        if (*reference != path) {
            out.references.push_back(std::move(*reference));
        }
    }
    if (out.nar_hash.empty()) {
        return bad("an unknown form of narHash for " + path.str());
    }
    std::sort(out.references.begin(), out.references.end());
    return out;
}

} // namespace

std::string normal_nar_hash(std::string_view text) {
    constexpr std::string_view sri = "sha256-";
    constexpr std::string_view old = "sha256:";
    if (text.starts_with(sri)) {
        const auto bytes = core::base64_decode(text.substr(sri.size()));
        return bytes && bytes->size() == core::Digest::size ? std::string(text) : "";
    }
    if (!text.starts_with(old)) {
        return "";
    }
    text.remove_prefix(old.size());
    if (const auto hex = core::Digest::parse(text)) {
        return std::string(sri) +
               core::base64_encode(
                   {reinterpret_cast<const char*>(hex->bytes().data()), core::Digest::size});
    }
    const auto bytes = bytes_of_base32(text);
    return bytes ? std::string(sri) + core::base64_encode(*bytes) : "";
}

core::Result<std::vector<PathInfo>> parse_path_info(std::string_view json) {
    auto parsed = core::parse_json(json, {.bytes = 256U << 20, .depth = 16});
    if (!parsed) {
        return bad(parsed.problem().message);
    }
    const Json* paths = &*parsed;
    if (paths->is_object() && paths->contains("info") && paths->at("info").is_object()) {
        paths = &paths->at("info");
    }
    if (!paths->is_array() && !paths->is_object()) {
        return bad("neither a list nor an object");
    }
    if (paths->size() > most_paths) {
        return bad("more than " + std::to_string(most_paths) + " paths");
    }
    std::vector<PathInfo> out;
    out.reserve(paths->size());
    for (const auto& [key, value] : paths->items()) {
        const auto inner =
            paths->is_array() && value.is_object() ? value.find("path") : value.end();
        const bool named = paths->is_array() && inner != value.end() && inner->is_string();
        auto path = path_of(named ? inner->get_ref<const std::string&>() : key);
        if (!path) {
            return bad("`" + core::shorten(key, 64) + "` is no store path");
        }
        auto one = read_one(*path, value);
        if (!one) {
            return one.problem();
        }
        out.push_back(std::move(one).value());
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
}

} // namespace agentd::evaluator
