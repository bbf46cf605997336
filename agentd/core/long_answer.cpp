#include "agentd/core/long_answer.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/line_socket.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace agentd::core {

std::vector<std::string> lines_of_answer(std::string answer) {
    if (answer.size() <= LineChannel::max_line) {
        return {std::move(answer)};
    }
    // As JSON in JSON a part is at most twice as long: all that JSON escapes is escaped already.
    constexpr std::size_t most = LineChannel::max_line / 4;
    std::vector<std::string> out;
    for (std::string_view rest = answer; !rest.empty();) {
        auto end = std::min(most, rest.size());
        while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xc0U) == 0x80U) {
            --end; // not in the middle of a letter
        }
        out.push_back(canonical(Json{{"part", rest.substr(0, end)}}));
        rest.remove_prefix(end);
    }
    out.push_back(canonical(Json{{"ok", true}, {"parts", out.size()}}));
    return out;
}

} // namespace agentd::core
