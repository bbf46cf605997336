/// @file
/// What Nix says with `--log-format internal-json`: one message a line, the same in every version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

struct NixMessage {
    enum class Action { message, start, stop, result };
    Action action{};
    std::int64_t id = 0;
    std::int64_t type = 0;  ///< of an activity or a result
    std::int64_t level = 0; ///< 0 is an error
    std::string text{};     ///< without colours; of an error without its frame and position
    std::string full{};     ///< as a person would have seen it, without colours
    std::string file{};     ///< of an error that knows its position
    std::int64_t line = 0;
    std::int64_t column = 0;
    std::vector<std::string> texts{};    ///< the fields that are strings
    std::vector<std::int64_t> numbers{}; ///< the fields that are numbers
};

/// nullopt for a line that is none of Nix's messages (a program of Nix's spoke by itself).
std::optional<NixMessage> parse_nix_message(std::string_view line);

/// Without terminal control sequences (ECMA-48) and other control characters; LF and TAB stay.
/// Valid UTF-8.
std::string without_colours(std::string_view text);

/// The warning an evaluation printed in this message, without its prefix; nullopt when it is none.
std::optional<std::string> warning_of(const NixMessage& message);

/// `/nix/store/<hash>-source/hosts/web.nix` or `«git+file://…»/hosts/web.nix` as `hosts/web.nix`;
/// what is in no such tree stays. Applied to every place of a longer text.
std::string in_repository(std::string_view text);

} // namespace agentd::evaluator
