#include "agentd/core/zone_rule.hpp"

#include <algorithm>

namespace agentd::core {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

sys_days day_of(const YearlyChange& change, std::chrono::year year) {
    using std::chrono::month;
    const sys_days first(year / std::chrono::January / 1);
    if (change.form == YearlyChange::Form::day_of_year) {
        return first + std::chrono::days(change.day);
    }
    if (change.form == YearlyChange::Form::day_of_year_without_leap) {
        const bool after = year.is_leap() && change.day >= 60; // 29 February is never counted
        return first + std::chrono::days(change.day - 1 + (after ? 1 : 0));
    }
    const month in(static_cast<unsigned>(change.month));
    const std::chrono::weekday wanted(static_cast<unsigned>(change.day));
    return change.week == 5 ? sys_days(year / in / wanted[std::chrono::last])
                            : sys_days(year / in / wanted[static_cast<unsigned>(change.week)]);
}

/// Reads a POSIX rule from left to right; after a trouble `good` is false.
class RuleReader {
  public:
    explicit RuleReader(std::string_view text) : text_(text) {}

    bool done() const { return text_.empty(); }
    bool good() const { return good_; }
    void need(bool holds) { good_ = good_ && holds; }
    bool take(char c) {
        const bool is = !text_.empty() && text_.front() == c;
        text_.remove_prefix(is ? 1 : 0);
        return is;
    }
    char peek() const { return text_.empty() ? '\0' : text_.front(); }

    /// `CET` or `<+03>`.
    void name() {
        const bool angle = take('<');
        std::size_t length = 0;
        const auto part = [&](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                   (angle && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
        };
        while (part(peek())) {
            text_.remove_prefix(1);
            ++length;
        }
        need(length >= 3 && (!angle || take('>')));
    }

    int number(int most) {
        int out = 0;
        bool any = false;
        while (peek() >= '0' && peek() <= '9' && out <= most) {
            out = out * 10 + (peek() - '0');
            text_.remove_prefix(1);
            any = true;
        }
        need(any && out <= most);
        return out;
    }

    /// `[+-]hh[:mm[:ss]]`
    seconds time() {
        const bool negative = take('-');
        if (!negative) {
            take('+');
        }
        int out = number(167) * 3600;
        out += take(':') ? number(59) * 60 : 0;
        out += take(':') ? number(59) : 0;
        return seconds(negative ? -out : out);
    }

    YearlyChange change() {
        YearlyChange out{.time = std::chrono::hours(2)};
        if (take('M')) {
            out.month = number(12);
            need(take('.'));
            out.week = number(5);
            need(take('.'));
            out.day = number(6);
            need(out.month >= 1 && out.week >= 1);
        } else if (take('J')) {
            out.form = YearlyChange::Form::day_of_year_without_leap;
            out.day = number(365);
            need(out.day >= 1);
        } else {
            out.form = YearlyChange::Form::day_of_year;
            out.day = number(365);
        }
        if (take('/')) {
            out.time = time();
        }
        return out;
    }

  private:
    std::string_view text_;
    bool good_ = true;
};

} // namespace

Result<ZoneRule> parse_zone_rule(std::string_view text) {
    RuleReader in(text);
    ZoneRule out;
    in.name();
    out.winter = -in.time(); // POSIX counts westward
    out.summer = out.winter + std::chrono::hours(1);
    if (!in.done()) {
        in.name();
        if (in.peek() != ',') {
            out.summer = -in.time();
        }
        in.need(in.take(','));
        out.begin = in.change();
        in.need(in.take(','));
        out.end = in.change();
    }
    if (!in.good() || !in.done()) {
        return Problem{.code = "bad_zone", .message = "it is no POSIX rule of a time zone"};
    }
    return out;
}

std::vector<ZoneChange> changes_of(const ZoneRule& rule, std::chrono::year year) {
    if (!rule.begin || !rule.end) {
        return {};
    }
    std::vector<ZoneChange> out{
        {.at = sys_seconds(day_of(*rule.begin, year)) + rule.begin->time - rule.winter,
         .offset = rule.summer},
        {.at = sys_seconds(day_of(*rule.end, year)) + rule.end->time - rule.summer,
         .offset = rule.winter}};
    std::sort(out.begin(), out.end(),
              [](const ZoneChange& a, const ZoneChange& b) { return a.at < b.at; });
    return out;
}

} // namespace agentd::core
