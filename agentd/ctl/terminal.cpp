#include "agentd/ctl/terminal.hpp"

#include "agentd/core/text.hpp"
#include "agentd/ctl/aside.hpp"
#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

namespace agentd::ctl {

using core::Json;

namespace {

bool wants_colour(const Surroundings& around, ColourChoice choice) {
    if (choice != ColourChoice::automatic) {
        return choice == ColourChoice::always;
    }
    const auto no_colour = around.variable("NO_COLOR");
    const auto term = around.variable("TERM");
    return around.out_is_terminal && (!no_colour || no_colour->empty()) && term &&
           *term != "dumb" && !term->empty();
}

std::string_view code_of(Colour colour) {
    switch (colour) {
    case Colour::bold:
        return "1";
    case Colour::dim:
        return "2";
    case Colour::good:
        return "32";
    case Colour::warn:
        return "33";
    case Colour::bad:
        return "31;1";
    case Colour::good_inside:
        return "32;7";
    case Colour::bad_inside:
        return "31;7";
    case Colour::word:
        return "35";
    case Colour::value:
        return "33";
    case Colour::text:
        return "36";
    case Colour::place:
        return "34";
    }
    return "0";
}

Json error_object(const Trouble& trouble) {
    Json error = core::to_json(trouble.problem);
    error["exit"] = trouble.exit;
    for (const Reading& reading : trouble.readings) {
        error["readings"].push_back({{"say", reading.say}, {"understood", reading.understood}});
    }
    return error;
}

} // namespace

Terminal::Terminal(const Surroundings& around, Style style)
    : around_(around), style_(std::move(style)), coloured_(wants_colour(around, style_.colour)) {}

void Terminal::line(std::string_view text) {
    if (!style_.json) {
        around_.out << text << '\n';
    }
}

void Terminal::progress(std::string_view text) {
    if (!style_.json) {
        around_.err << text << std::endl; // a person watches: each line when it is true
    }
}

void Terminal::passing(std::string_view text) {
    if (!style_.json && coloured_ && around_.in_is_terminal) {
        around_.err << "\r\x1b[K" << text << std::flush;
    }
}

void Terminal::begin_stream() {
    if (style_.stream && !begun_) {
        begun_ = true;
        around_.out << core::canonical({{"type", "version"}, {"schema", "agentctl/1"}})
                    << std::endl;
    }
}

void Terminal::event(std::string_view type, Json object) {
    if (!style_.json) {
        return;
    }
    begin_stream();
    object["type"] = type;
    around_.out << core::canonical(object) << std::endl;
}

void Terminal::result(const Json& object) {
    if (!style_.json) {
        return;
    }
    if (style_.stream) {
        event("result", {{"result", object}});
    } else {
        around_.out << core::canonical(object) << std::endl;
    }
}

int Terminal::fail(Trouble trouble) {
    core::Problem& problem = trouble.problem;
    if (problem.hint.empty() && trouble.exit == status::usage) {
        problem.hint = style_.help;
    }
    complain(around_, problem);
    if (style_.json && style_.stream) {
        event("error", {{"error", error_object(trouble)}});
    } else if (style_.json) {
        around_.out << core::canonical({{"error", error_object(trouble)}}) << std::endl;
    }
    return trouble.exit;
}

std::string Terminal::paint(Colour colour, std::string_view text) const {
    if (!coloured_) {
        return std::string(text);
    }
    return "\x1b[" + std::string(code_of(colour)) + "m" + std::string(text) + "\x1b[0m";
}

std::string Terminal::paint_risk(std::string_view risk) const {
    const std::string name =
        core::trim(risk).empty() ? std::string(risk) : std::string(core::trim(risk));
    if (name == "critical" || name == "high") {
        return paint(Colour::bad, risk);
    }
    if (name == "notice") {
        return paint(Colour::warn, risk);
    }
    return paint(Colour::dim, risk);
}

std::optional<std::string> Terminal::ask(std::string_view question) {
    around_.out.flush();
    around_.err << question << std::flush;
    std::string answer;
    if (!std::getline(around_.in, answer)) {
        around_.err << '\n';
        return std::nullopt;
    }
    return std::string(core::trim(answer));
}

} // namespace agentd::ctl
