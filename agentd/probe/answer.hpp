/// @file
/// What one question came to, and the one line of JSON that says so.
#pragma once

#include <string>

namespace agentd::probe {

enum class Verdict {
    well,
    unwell,
    cannot, ///< it cannot be found out at all
};

struct Answer {
    Verdict verdict = Verdict::cannot;
    std::string said{}; ///< what was seen, for a person
};

Answer well(std::string said);
Answer unwell(std::string said);
Answer cannot(std::string said);

/// One line that can be shown: the first of `text`, printable, at most 1,200 bytes.
std::string one_line(const std::string& text);

/// `{"detail":"…","impossible":false,"ok":true}` and a LF; the detail as one line.
std::string to_json_line(const Answer& answer);

} // namespace agentd::probe
