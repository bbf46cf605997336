#include "agentd/pipeline/ledger.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace agentd::pipeline {

using core::Failure;
using core::FailureKind;
using core::Json;

Ledger::Ledger(std::string append_socket, store::Projection& projection, web::EventHub& events,
               const core::Clock& clock)
    : client_(std::move(append_socket)), projection_(projection), events_(events), clock_(clock) {}

void Ledger::record(std::string type, std::string subject, const Json& body,
                    const audit::Actor& actor, std::optional<std::string> cause) {
    // The helper may have written since: its entries are folded first, so that the rehearsal is
    // about the rows as they will be.
    catch_up();
    const auto draft = audit::draft(clock_.now(), std::move(type), std::move(subject), body, actor,
                                    std::move(cause));
    projection_.rehearse(audit::to_line(
        {.draft = draft,
         .stamp = {.time = clock_.now(), .boot_id = core::boot_id(), .mono_us = 0}}));
    const auto appended = client_.append(std::array{draft});
    if (!appended) {
        throw Failure(FailureKind::unavailable,
                      "the log does not take the entry: " + appended.problem().message,
                      appended.problem().where);
    }
    std::string misfit;
    fold_new([&](store::Index entry, const std::string& why) {
        misfit = entry == appended->first ? why : misfit;
    });
    if (!misfit.empty()) {
        throw Failure(FailureKind::busy,
                      "somebody else was quicker, and nothing was changed; look again: " + misfit);
    }
}

std::vector<std::string> Ledger::read(store::Index from, std::size_t limit) {
    auto page = client_.read(from, limit);
    if (!page) {
        throw Failure(FailureKind::unavailable,
                      "the log cannot be read: " + page.problem().message);
    }
    return std::move(page->lines);
}

void Ledger::fold_new(const store::OnMisfit& on_misfit) {
    auto index = projection_.next_index();
    std::vector<std::string> folded;
    projection_.catch_up(
        [&](store::Index from, std::size_t limit) {
            auto lines = read(from, limit);
            folded.insert(folded.end(), lines.begin(), lines.end());
            return lines;
        },
        on_misfit);
    for (const std::string& line : folded) {
        const Json entry = Json::parse(line);
        events_.publish("entry", core::canonical({{"index", index++},
                                                  {"type", entry.at("type")},
                                                  {"subject", entry.at("subject")},
                                                  {"time", entry.at("time")}}));
    }
}

void Ledger::catch_up_if_it_answers() {
    try {
        catch_up();
    } catch (const Failure& failure) {
        if (failure.kind() != FailureKind::unavailable) {
            throw;
        }
        core::log(core::Level::debug, failure.what());
    }
}

TrustLog& Ledger::trust() {
    constexpr std::size_t page = 512;
    catch_up();
    while (trust_.next() < projection_.next_index()) {
        const auto lines = read(trust_.next(), page);
        for (const std::string& line : lines) {
            trust_.take(trust_.next(), line);
        }
        if (lines.empty()) {
            break; // shorter than the rows: who asks says how long it has to be
        }
    }
    return trust_;
}

store::RebuildReport Ledger::rebuild() {
    return projection_.rebuild(
        [this](store::Index from, std::size_t limit) { return read(from, limit); });
}

} // namespace agentd::pipeline
