#include "proposals/operations.hpp"

#include "agentd/core/text.hpp"
#include "proposals/nix_text.hpp"

#include <algorithm>

namespace agentd::proposals {

namespace {

/// What may stand between quotes needs no escape in Nix.
bool is_quotable(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '$';
    });
}

/// The next name, bare or quoted, taken off `rest`; nullopt when there is none of the right form.
std::optional<std::string> next_name(std::string_view& rest) {
    const bool quoted = rest.starts_with('"');
    const auto end = quoted ? rest.find('"', 1) : std::min(rest.find('.'), rest.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto name = quoted ? rest.substr(1, end - 1) : rest.substr(0, end);
    rest.remove_prefix(quoted ? end + 1 : end);
    if (!(quoted ? is_quotable(name) : is_nix_identifier(name))) {
        return std::nullopt;
    }
    return std::string(name);
}

} // namespace

std::optional<OptionPath> OptionPath::parse(std::string_view text) {
    OptionPath path;
    if (text.empty() || text.size() > max_bytes) {
        return std::nullopt;
    }
    for (;;) {
        auto name = next_name(text);
        if (!name || path.parts_.size() == max_parts) {
            return std::nullopt;
        }
        path.parts_.push_back(std::move(*name));
        if (text.empty()) {
            return path;
        }
        if (text.front() != '.' || text.size() == 1) {
            return std::nullopt;
        }
        text.remove_prefix(1);
    }
}

std::string OptionPath::str() const {
    std::string out;
    for (const std::string& part : parts_) {
        out += out.empty() ? "" : ".";
        out += nix_name(part);
    }
    return out;
}

bool OptionPath::is_prefix_of(const OptionPath& other) const noexcept {
    return parts_.size() < other.parts_.size() &&
           std::equal(parts_.begin(), parts_.end(), other.parts_.begin());
}

std::optional<PackageAttr> PackageAttr::parse(std::string_view text) {
    const auto parts = core::split(text, '.');
    const bool fits = text.size() <= max_bytes && parts.size() <= 8 &&
                      std::all_of(parts.begin(), parts.end(), is_nix_identifier);
    return fits ? std::optional(PackageAttr(std::string(text))) : std::nullopt;
}

} // namespace agentd::proposals
