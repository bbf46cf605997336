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

/// The next name, bare or quoted, taken off `rest`.
std::optional<OptionName> next_name(std::string_view& rest) {
    const bool quoted = rest.starts_with('"');
    const auto end = quoted ? rest.find('"', 1) : std::min(rest.find('.'), rest.size());
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto name = quoted ? rest.substr(1, end - 1) : rest.substr(0, end);
    rest.remove_prefix(quoted ? end + 1 : end);
    return OptionName{.text = std::string(name), .quoted = quoted};
}

} // namespace

std::optional<std::vector<OptionName>> option_names(std::string_view text) {
    std::vector<OptionName> out;
    for (;;) {
        auto name = next_name(text);
        if (!name || name->text.empty() || name->text.find('"') != std::string::npos) {
            return std::nullopt;
        }
        out.push_back(std::move(*name));
        if (text.empty()) {
            return out;
        }
        if (text.front() != '.' || text.size() == 1) {
            return std::nullopt;
        }
        text.remove_prefix(1);
    }
}

std::optional<OptionPath> OptionPath::parse(std::string_view text) {
    auto names = text.size() > max_bytes ? std::nullopt : option_names(text);
    if (!names || names->size() > max_parts) {
        return std::nullopt;
    }
    OptionPath path;
    for (OptionName& name : *names) {
        if (!(name.quoted ? is_quotable(name.text) : is_nix_identifier(name.text))) {
            return std::nullopt;
        }
        path.parts_.push_back(std::move(name.text));
    }
    return path;
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
