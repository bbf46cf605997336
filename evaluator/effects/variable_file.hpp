/// @file
/// A file of variables for logins, read so that nothing a shell would run passes for a value.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace agentd::evaluator::effects {

/// How a line of such a file sets a variable.
enum class VariableSyntax {
    shell, ///< `export NAME=value`
    pam,   ///< `NAME DEFAULT="value"`
    plain  ///< `NAME=value`
};

/// The variables a file begins with. From the first line on that does not set another one, the file
/// is a text: what a line does there may hang on those around it.
struct Variables {
    std::map<std::string, std::string> values{};
    std::vector<std::string> order{};
    std::string rest{};
};

/// nullptr reads as an empty file. A value is one bare word, or one whole quoted text, that no
/// shell finds a command in.
Variables read_variables(const std::string* text, VariableSyntax syntax);

/// A letter, a digit or `_`.
bool is_of_variable_name(char c);

/// True of variables that decide which program runs, what is loaded into it, or whom it talks to.
bool is_weighty(const std::string& name);

} // namespace agentd::evaluator::effects
