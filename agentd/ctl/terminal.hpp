/// @file
/// What goes to stdout and stderr: data here, progress and prompts there, colour only where it is
/// wanted.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/ctl/exit.hpp"
#include "agentd/ctl/surroundings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace agentd::ctl {

/// From `word` on: what a text of Nix is made of. Neither red nor green, which say what went and
/// came.
enum class Colour { bold, dim, good, warn, bad, good_inside, bad_inside, word, value, text, place };
enum class ColourChoice { automatic, always, never };

/// Callers give text that is safe to print (`view.hpp`); nothing is drawn twice.
class Terminal {
  public:
    struct Style {
        bool json = false;
        bool stream = false; ///< with json: one object a line, the version first
        ColourChoice colour = ColourChoice::automatic;
        std::string help{}; ///< the command that explains how this one is used
    };
    Terminal(const Surroundings& around, Style style);

    bool json() const noexcept { return style_.json; }
    /// A line of data for a person; nothing with --json.
    void line(std::string_view text = {});
    /// A line of progress on stderr; nothing with --json, where events say it.
    void progress(std::string_view text);
    /// A line on stderr that the next one of its kind writes over, where somebody watches; "" ends
    /// it.
    void passing(std::string_view text);
    /// One line of a stream, `{"type":…}` added; nothing without --json.
    void event(std::string_view type, core::Json object);
    /// The result object with --json: alone, or as last line of a stream.
    void result(const core::Json& object);
    /// `agentctl: …`, `  where: …`, `  next: …` on stderr; with --json the error object, too. Wrong
    /// use that names nothing to do next is sent to the command's help.
    int fail(Trouble trouble);

    std::string paint(Colour colour, std::string_view text) const;
    /// `critical` in red, `low` dim.
    std::string paint_risk(std::string_view risk) const;
    bool can_ask() const noexcept { return around_.in_is_terminal; }
    /// The answer, trimmed; nullopt when the input ended.
    std::optional<std::string> ask(std::string_view question);

  private:
    void begin_stream();

    const Surroundings& around_;
    Style style_;
    bool coloured_;
    bool begun_ = false;
};

} // namespace agentd::ctl
