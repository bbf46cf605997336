#include "proposals/nix/syntax_error.hpp"

#include "agentd/core/text.hpp"

#include <algorithm>

namespace agentd::proposals::nix {

namespace {

std::string told(const Position& at) {
    return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
}

std::string what(const SyntaxError& error) {
    std::string out = "expected " + error.expected + ", found " + error.found;
    if (error.opened_at) {
        out += "; " + error.opened + " of " + told(*error.opened_at) + " is still open";
    }
    return out;
}

} // namespace

Position position_of(std::string_view source, std::size_t offset) noexcept {
    const std::string_view before = source.substr(0, std::min(offset, source.size()));
    const auto line_break = before.rfind('\n');
    const std::string_view line =
        line_break == std::string_view::npos ? before : before.substr(line_break + 1);
    // Bytes that continue a code point are no column of their own.
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    const auto lines = std::count(before.begin(), before.end(), '\n');
    return {.line = static_cast<std::uint32_t>(lines) + 1,
            .column = static_cast<std::uint32_t>(columns) + 1};
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 60;
    const auto line = text.substr(0, std::min(text.find_first_of("\r\n"), 4 * longest));
    const bool cut = line.size() < text.size();
    const std::string shown = core::shorten(core::to_utf8(line), longest);
    return "`" + core::printable(shown) + (cut && !shown.ends_with("…") ? "…`" : "`");
}

std::string SyntaxError::message() const {
    return told(at) + ": " + what(*this);
}

core::Problem SyntaxError::problem(std::string_view file) const {
    return {.code = "nix_syntax",
            .message = what(*this),
            .where = std::string(file) + ":" + std::to_string(at.line) + ":" +
                     std::to_string(at.column)};
}

} // namespace agentd::proposals::nix
