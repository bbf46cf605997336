/// @file
/// One line of tmpfiles.d, and what its path may mean: escapes, patterns and specifiers are filled
/// in later.
#pragma once

#include <string>
#include <string_view>

namespace agentd::evaluator::effects {

struct TmpfilesLine {
    std::string type{};
    std::string path{};
    std::string mode{};
    std::string user{};
    std::string group{};
    std::string age{};
    std::string argument{};
    bool plain = true; ///< no quotes within words, no escapes, patterns or specifiers
};

TmpfilesLine parse_tmpfiles_line(const std::string& text);

/// The path without C escapes (`\x61`, `\141`), a specifier (`%h`) made a pattern that fits all.
std::string decoded_path(std::string_view path);

/// True when the path, as a pattern, may be `place` or something below it.
bool may_mean(std::string_view path, std::string_view place);
/// True when one of its parts, as a pattern, may be `part`.
bool has_part(std::string_view path, const std::string& part);

/// `/var/lib/x` for `/var/lib/x/` and `/var/lib//x`.
std::string plain_path(std::string_view path);

} // namespace agentd::evaluator::effects
