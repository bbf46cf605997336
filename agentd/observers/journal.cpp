#include "agentd/observers/journal.hpp"

#include "agentd/core/names.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <cstdlib>

namespace agentd::observers {

namespace {

constexpr int most_messages = 2'000;
constexpr std::size_t most_times = 1'000;

/// The value of a field of the present entry, without `NAME=`; empty when it has none.
std::string_view field(sd_journal* journal, const char* name) {
    const void* data = nullptr;
    std::size_t length = 0;
    if (sd_journal_get_data(journal, name, &data, &length) < 0) {
        return {};
    }
    const std::string_view all(static_cast<const char*>(data), length);
    const auto equals = all.find('=');
    return equals == all.npos ? std::string_view() : all.substr(equals + 1);
}

} // namespace

void BurstCounter::count(const std::string& unit, std::string_view text, std::int64_t mono_us) {
    if (!units_.contains(unit) && units_.size() >= limits_.units) {
        return;
    }
    Unit& seen = units_[unit];
    seen.times.push_back(mono_us);
    if (seen.times.size() > most_times) {
        seen.times.pop_front();
    }
    if (!seen.burst) {
        seen.sample = quoted(text, 200);
    }
}

std::vector<Condition> BurstCounter::conditions(std::int64_t mono_us) {
    std::vector<Condition> out;
    for (auto& [name, unit] : units_) {
        const auto recent =
            std::count_if(unit.times.begin(), unit.times.end(),
                          [&](std::int64_t t) { return mono_us - t <= limits_.window.count(); });
        const bool quiet = unit.times.empty() || mono_us - unit.times.back() > limits_.calm.count();
        unit.burst = !quiet && (unit.burst || static_cast<std::size_t>(recent) >= limits_.messages);
        if (quiet) {
            unit.times.clear();
        }
        if (unit.burst) {
            out.push_back({.key = "journal_burst:" + name,
                           .kind = "journal_burst",
                           .subject = name,
                           .title = name + " writes errors without end",
                           .detail = std::to_string(limits_.messages) +
                                     " and more within a minute, such as: " + unit.sample,
                           .severity = Severity::warning,
                           .trusted = false});
        }
    }
    std::erase_if(units_, [](const auto& entry) { return entry.second.times.empty(); });
    return out;
}

void Journal::Close::operator()(sd_journal* journal) const noexcept {
    sd_journal_close(journal);
}

Journal::Journal() = default;
Journal::~Journal() = default;

void Journal::open() {
    sd_journal* opened = nullptr;
    if (sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) < 0) {
        return;
    }
    std::unique_ptr<sd_journal, Close> journal(opened);
    // It opens without a word where nothing may be read.
    char* last = nullptr;
    if (sd_journal_seek_tail(opened) < 0 || sd_journal_previous(opened) <= 0 ||
        sd_journal_get_cursor(opened, &last) < 0) {
        return;
    }
    const std::unique_ptr<char, decltype(&std::free)> cursor(last, &std::free);
    for (const char* match : {"PRIORITY=0", "PRIORITY=1", "PRIORITY=2", "PRIORITY=3"}) {
        if (sd_journal_add_match(opened, match, 0) < 0) {
            return;
        }
    }
    // Only what is written from now on: from the last entry of all, because the tail is no place to
    // go on from where there was no error yet.
    descriptor_ = sd_journal_get_fd(opened);
    if (descriptor_ >= 0 && sd_journal_seek_cursor(opened, cursor.get()) >= 0) {
        journal_ = std::move(journal);
        begin_ = cursor.get();
    }
}

Aim Journal::aim() const {
    if (!journal_) {
        return {};
    }
    const int events = sd_journal_get_events(journal_.get());
    return {.descriptors = {{.fd = descriptor_,
                             .events = static_cast<short>(events > 0 ? events : 0),
                             .topic = Topic::journal}}};
}

void Journal::read_on(std::int64_t mono_us) {
    sd_journal_process(journal_.get());
    for (int i = 0; i < most_messages && sd_journal_next(journal_.get()) > 0; ++i) {
        if (sd_journal_test_cursor(journal_.get(), begin_.c_str()) > 0) {
            continue; // was there before
        }
        const std::string unit(field(journal_.get(), "_SYSTEMD_UNIT"));
        const std::string other(field(journal_.get(), "UNIT"));
        // The unit is set by journald itself; a name that is none is nobody's.
        const auto name =
            core::UnitName::parse(unit == "init.scope" && !other.empty() ? other : unit);
        counter_.count(name ? name->str() : "kernel", field(journal_.get(), "MESSAGE"), mono_us);
    }
}

Findings Journal::look(Sight& sight) {
    if (sight.on_host("/") != "/") {
        return {.blind = true}; // the demo machine has no journal
    }
    if (!journal_) {
        open();
    }
    Fact fact{.name = "journal", .owner = "systemd"};
    if (!journal_) {
        fact.state = Fact::State::unknown;
        fact.text = "agentd may not read it (group systemd-journal)";
        return {.facts = {fact}, .blind = true};
    }
    read_on(sight.moment().mono_us);
    Findings findings{.conditions = counter_.conditions(sight.moment().mono_us)};
    fact.state = findings.conditions.empty() ? Fact::State::good : Fact::State::amiss;
    fact.text = findings.conditions.empty() ? "no burst of errors"
                                            : std::to_string(findings.conditions.size()) +
                                                  " units write errors without end";
    findings.facts.push_back(std::move(fact));
    return findings;
}

} // namespace agentd::observers
