#include "proposals/intake_flag.hpp"

#include "proposals/names.hpp"

namespace agentd::proposals {
namespace {

constexpr Names<Flag, 9> flag_names{"mode_change", "hidden_unicode", "control_char",
                                    "not_utf8",    "unreviewable",   "flake_file",
                                    "lock_file",   "secrets",        "agentd_file"};

constexpr Names<Flag, 9> sentences{"its executable bit changes, which no line shows",
                                   "it has characters that cannot be seen, or that reorder others",
                                   "it has control characters",
                                   "it is no UTF-8 text",
                                   "it is too long, or its lines are, to be read line by line",
                                   "it is the flake itself: inputs and outputs of every host",
                                   "it says which sources the inputs are",
                                   "it may hold secrets, or say who can read them",
                                   "it is about agentd itself"};

} // namespace

std::string_view to_string(Flag flag) noexcept {
    return name_of(flag_names, flag);
}

std::optional<Flag> parse_flag(std::string_view text) noexcept {
    return value_of(flag_names, text);
}

std::string_view sentence_of(Flag flag) noexcept {
    return name_of(sentences, flag);
}

} // namespace agentd::proposals
