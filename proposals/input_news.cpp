#include "proposals/input_news.hpp"

#include "agentd/core/clock.hpp"
#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::proposals {

namespace {

constexpr std::int64_t day = 86'400;

std::string shortly(const std::string& text) {
    return text.substr(0, text.starts_with("sha256-") ? 17 : 10);
}

std::string range_of(const InputNews& news) {
    const std::string place = news.place.empty() ? "" : news.place + " ";
    return news.from.empty()      ? place + shortly(news.to)
           : news.from == news.to ? place + shortly(news.to) + " with other inputs of its own"
                                  : place + shortly(news.from) + ".." + shortly(news.to);
}

std::string age_of(const InputNews& news) {
    if (day_of(news.before).empty() || day_of(news.after).empty() || news.from == news.to) {
        return "";
    }
    const auto days = days_of(news);
    const std::string many =
        std::to_string(days < 0 ? -days : days) + (days * days == 1 ? " day" : " days");
    return ", " + day_of(news.before) + " to " + day_of(news.after) + ", " +
           (news.after < news.before ? "OLDER than before" + (days == 0 ? "" : " by " + many)
                                     : many + " newer");
}

} // namespace

std::int64_t days_of(const InputNews& news) {
    return day_of(news.before).empty() || day_of(news.after).empty()
               ? 0
               : (news.after - news.before) / day;
}

std::string sentence(const InputNews& news) {
    std::string out = news.name + ": " + range_of(news) + age_of(news);
    if (!news.release.empty() && !news.release_before.empty()) {
        out += news.release == news.release_before
                   ? "; NixOS " + news.release + " as before"
                   : "; NixOS " + news.release_before + " to " + news.release;
    }
    return core::printable(core::shorten(out, 600));
}

core::Json to_json(const InputNews& news) {
    const auto date = [](std::int64_t seconds) {
        const auto text = day_of(seconds);
        return text.empty() ? core::Json() : core::Json(text);
    };
    return {{"name", news.name},
            {"from", news.from},
            {"to", news.to},
            {"before", date(news.before)},
            {"after", date(news.after)},
            {"days", days_of(news)},
            {"branch", news.branch},
            {"range", range_of(news)},
            {"compare", news.compare},
            {"release_before", news.release_before},
            {"release", news.release},
            {"text", sentence(news)}};
}

std::string day_of(std::int64_t seconds) {
    constexpr std::int64_t last = 253'402'300'799; // of the year 9999
    if (seconds <= 0 || seconds > last) {
        return "";
    }
    return core::format_instant(core::Instant(std::chrono::seconds(seconds))).substr(0, 10);
}

} // namespace agentd::proposals
