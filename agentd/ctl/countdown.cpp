#include "agentd/ctl/countdown.hpp"

#include "agentd/ctl/view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace agentd::ctl {

void Countdown::start(const core::Json& wanted) {
    Terminal& terminal = context_.terminal();
    until_ = core::parse_instant(raw(wanted, "until"));
    told_ = -1;
    terminal.progress("  " + terminal.paint(Colour::warn, "To keep it, open a new connection") +
                      " to this machine and run there:  agentctl confirm " + id_);
    terminal.progress("  To take it back now:  agentctl cancel " + id_ +
                      "   (by itself when nobody confirms)");
    tick();
}

void Countdown::tick() {
    if (!until_) {
        return;
    }
    constexpr std::int64_t seldom = 30;
    const auto left =
        std::chrono::ceil<std::chrono::seconds>(*until_ - context_.around().clock.now());
    const std::int64_t seconds = std::max<std::int64_t>(0, left.count());
    if (seconds == told_) {
        return;
    }
    Terminal& terminal = context_.terminal();
    const std::string text = "  taken back in " + std::to_string(seconds) + " s";
    terminal.passing(text);
    if (told_ < 0 || (seconds % seldom == 0 && seconds > 0)) {
        terminal.event("countdown", {{"seconds", seconds}});
    }
    told_ = seconds;
}

void Countdown::stop() {
    if (until_) {
        context_.terminal().passing("");
        until_.reset();
    }
}

} // namespace agentd::ctl
