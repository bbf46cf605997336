#include "evaluator/nix_scripts.hpp"

namespace agentd::evaluator {

std::string nix_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || c == '$') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

} // namespace agentd::evaluator
