/// @file
/// Edits in tests: the new text, or the code of the refusal in brackets.
#pragma once

#include "proposals/nix/edit.hpp"
#include "tests/unit/nix_syntax/support.hpp"

#include <string>
#include <vector>

namespace agentd::tests {

inline std::string outcome(const proposals::nix::EditResult& edit) {
    if (!edit) {
        return "[" + edit.problem().code + "]";
    }
    return edit->splices.empty() ? "[nothing to do]" : edit->text;
}

inline std::vector<std::string> names(std::string_view dotted) {
    std::vector<std::string> out(1);
    for (const char c : dotted) {
        if (c == '.') {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

inline std::string set(std::string_view text, std::string_view path, std::string_view value,
                       const proposals::nix::EditStyle& style = {}) {
    return outcome(proposals::nix::set_value(read_nix(text), names(path), value, style));
}
inline std::string insert(std::string_view text, std::string_view path, std::string_view value,
                          const proposals::nix::EditStyle& style = {}) {
    return outcome(proposals::nix::insert_binding(read_nix(text), names(path), value, style));
}
inline std::string remove(std::string_view text, std::string_view path) {
    return outcome(proposals::nix::remove_binding(read_nix(text), names(path)));
}
inline std::string add(std::string_view text, std::string_view path, const std::string& element,
                       const proposals::nix::EditStyle& style = {}) {
    return outcome(
        proposals::nix::add_element(read_nix(text), names(path), {.text = element}, style));
}
inline std::string add_package(std::string_view text, const std::string& package,
                               const proposals::nix::EditStyle& style = {}) {
    return outcome(proposals::nix::add_element(read_nix(text), names("environment.systemPackages"),
                                               {.text = package, .package = true}, style));
}
inline std::string take_out(std::string_view text, std::string_view path,
                            const std::string& element) {
    return outcome(proposals::nix::remove_element(read_nix(text), names(path), {.text = element}));
}

} // namespace agentd::tests
