#include "agentd/probe/answer.hpp"

#include "agentd/core/json.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace agentd::probe {

namespace {

constexpr std::size_t longest_detail = 1200;

} // namespace

Answer well(std::string said) {
    return {.verdict = Verdict::well, .said = std::move(said)};
}

Answer unwell(std::string said) {
    return {.verdict = Verdict::unwell, .said = std::move(said)};
}

Answer cannot(std::string said) {
    return {.verdict = Verdict::cannot, .said = std::move(said)};
}

std::string one_line(const std::string& text) {
    const std::string_view trimmed = core::trim(text);
    return core::shorten(core::printable(trimmed.substr(0, trimmed.find('\n'))), longest_detail);
}

std::string to_json_line(const Answer& answer) {
    return core::canonical({{"ok", answer.verdict == Verdict::well},
                            {"impossible", answer.verdict == Verdict::cannot},
                            {"detail", one_line(answer.said)}}) +
           "\n";
}

} // namespace agentd::probe
