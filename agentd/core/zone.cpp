#include "agentd/core/zone.hpp"

#include <algorithm>
#include <limits>

namespace agentd::core {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

namespace {

Problem bad_zone(std::string_view why) {
    return {.code = "bad_zone", .message = "the rules of the time zone " + std::string(why)};
}

sys_seconds floor_seconds(Instant at) {
    return std::chrono::floor<seconds>(at);
}

std::chrono::year year_of(sys_seconds at) {
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(at)).year();
}

/// Big-endian numbers of a TZif file; nothing is read beyond its end.
class Bytes {
  public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

    bool good() const { return good_; }
    std::string_view take(std::size_t count) {
        if (count > bytes_.size()) {
            good_ = false;
            bytes_ = {};
            return {};
        }
        const auto out = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return out;
    }
    std::int64_t number(std::size_t size) {
        std::uint64_t out = 0;
        for (const char c : take(size)) {
            out = (out << 8) | static_cast<unsigned char>(c);
        }
        return size == 8 ? static_cast<std::int64_t>(out)
                         : static_cast<std::int32_t>(static_cast<std::uint32_t>(out));
    }
    std::string_view rest() const { return bytes_; }

  private:
    std::string_view bytes_;
    bool good_ = true;
};

struct Header {
    char version = '\0';
    std::size_t isut = 0, isstd = 0, leaps = 0, times = 0, types = 0, letters = 0;

    std::size_t size(std::size_t time_size) const {
        return times * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) + isstd +
               isut;
    }
};

std::optional<Header> read_header(Bytes& in) {
    constexpr std::int64_t most = 1 << 16;
    if (in.take(4) != "TZif") {
        return std::nullopt;
    }
    Header out;
    const auto version = in.take(16);
    out.version = version.empty() ? '\0' : version.front();
    for (std::size_t* count :
         {&out.isut, &out.isstd, &out.leaps, &out.times, &out.types, &out.letters}) {
        const std::int64_t number = in.number(4);
        if (number < 0 || number > most) {
            return std::nullopt;
        }
        *count = static_cast<std::size_t>(number);
    }
    const bool sound = in.good() && out.types > 0 && out.leaps == 0; // `right/` zones count leaps
    return sound ? std::optional(out) : std::nullopt;
}

} // namespace

Result<Zone> Zone::from_rule(std::string_view text) {
    auto rule = parse_zone_rule(text);
    if (!rule) {
        return rule.problem();
    }
    Zone out;
    out.first_ = rule->winter;
    out.rule_ = *rule;
    return out;
}

Result<Zone> Zone::from_tzif(std::string_view bytes) {
    Bytes in(bytes.size() > max_bytes ? std::string_view{} : bytes);
    auto header = read_header(in);
    std::size_t time_size = 4;
    if (header && header->version >= '2') { // the same again with 8 bytes for a time
        in.take(header->size(4));
        header = read_header(in);
        time_size = 8;
    }
    if (!header) {
        return bad_zone("are no TZif file");
    }
    Bytes times(in.take(header->times * time_size));
    const auto kinds = in.take(header->times);
    Bytes types(in.take(header->types * 6));
    in.take(header->size(time_size) - header->times * (time_size + 1) - header->types * 6);
    std::vector<seconds> offsets;
    for (std::size_t i = 0; i < header->types; ++i) {
        offsets.emplace_back(types.number(4));
        types.take(2);
    }
    Zone out;
    for (std::size_t i = 0; i < header->times && in.good(); ++i) {
        const auto kind = static_cast<unsigned char>(kinds[i]);
        const sys_seconds at{seconds(times.number(time_size))};
        const bool ordered = out.changes_.empty() || out.changes_.back().at < at;
        if (kind >= offsets.size() || !ordered) {
            return bad_zone("are not in order");
        }
        out.changes_.push_back({.at = at, .offset = offsets[kind]});
    }
    const bool sane = std::all_of(offsets.begin(), offsets.end(), [](seconds offset) {
        return offset >= std::chrono::hours(-26) && offset <= std::chrono::hours(26);
    });
    if (!in.good() || !sane) {
        return bad_zone("are cut short or of no clock");
    }
    out.first_ = offsets.front();
    const auto footer = in.rest();
    if (time_size == 8 && footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n') {
        auto rule = parse_zone_rule(footer.substr(1, footer.size() - 2));
        if (!rule) {
            return rule.problem();
        }
        out.rule_ = *rule;
    }
    return out;
}

seconds Zone::offset(Instant instant) const {
    const sys_seconds at = floor_seconds(instant);
    const auto after = [](sys_seconds when, const ZoneChange& change) { return when < change.at; };
    if (!changes_.empty() && (at < changes_.back().at || !rule_)) {
        const auto next = std::upper_bound(changes_.begin(), changes_.end(), at, after);
        return next == changes_.begin() ? first_ : std::prev(next)->offset;
    }
    if (!rule_) {
        return first_;
    }
    std::optional<seconds> out;
    for (int back = 1; back >= -1; --back) { // a change may fall on the other side of new year
        for (const ZoneChange& change :
             changes_of(*rule_, year_of(at) - std::chrono::years(back))) {
            out = change.at <= at ? change.offset : out;
        }
    }
    return out.value_or(rule_->winter);
}

std::optional<Instant> Zone::next_change(Instant instant) const {
    const sys_seconds after = floor_seconds(instant);
    const auto later = [](sys_seconds when, const ZoneChange& change) { return when < change.at; };
    const auto next = std::upper_bound(changes_.begin(), changes_.end(), after, later);
    if (next != changes_.end()) {
        return Instant(next->at);
    }
    if (!rule_) {
        return std::nullopt;
    }
    for (int ahead = -1; ahead <= 2; ++ahead) {
        for (const ZoneChange& change :
             changes_of(*rule_, year_of(after) + std::chrono::years(ahead))) {
            if (change.at > after && (changes_.empty() || change.at > changes_.back().at)) {
                return Instant(change.at);
            }
        }
    }
    return std::nullopt;
}

} // namespace agentd::core
