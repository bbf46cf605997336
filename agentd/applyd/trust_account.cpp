// Root's own account as a file: what is in it is what was written last, or nobody is trusted.
#include "agentd/applyd/trust_records.hpp"
#include "agentd/core/crypto.hpp"
#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/log.hpp"
#include "agentd/core/text.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace agentd::applyd {

namespace {

using policy::trust::Event;
using policy::trust::EventKind;

constexpr std::size_t most_bytes = 32U << 20;
constexpr std::size_t most_events = 4000; ///< beyond them what is long past goes, all before a day
constexpr std::chrono::days remembered{31}; ///< longer than a grant, a budget and a revocation last
constexpr std::size_t most_withdrawn = 64;  ///< of so many names: of everybody

/// Several threads may be asked to revoke while another applies, and the way back is a process of
/// its own.
core::Fd hold(const std::string& folder) {
    constexpr auto patience = std::chrono::seconds(20);
    core::make_directories(folder, 0700);
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        if (auto held = core::try_lock_file(folder + "/lock")) {
            return std::move(*held);
        }
        if (std::chrono::steady_clock::now() >= until) {
            throw core::Failure(core::FailureKind::busy, "somebody else writes what root remembers",
                                folder);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

/// Both as of one moment: a head that changed meanwhile is read again.
struct Kept {
    std::optional<std::string> text{};
    std::string head{};
    bool fits() const { return text && head.find(core::sha256(*text).hex()) != std::string::npos; }
};
Kept read_kept(const std::string& folder) {
    constexpr int tries = 5;
    Kept kept;
    for (int i = 0; i < tries; ++i) {
        const auto before = core::read_file_if_exists(folder + "/head", 1024).value_or("");
        kept.text = core::read_file_if_exists(folder + "/events", most_bytes);
        kept.head = core::read_file_if_exists(folder + "/head", 1024).value_or("");
        if (kept.fits() || before == kept.head) {
            break;
        }
    }
    return kept;
}

} // namespace

/// nullopt when it is not what was written last.
std::optional<std::vector<Event>> TrustRecords::events() const {
    std::vector<Event> out;
    try {
        const Kept kept = read_kept(folder_);
        if (!kept.text && kept.head.empty()) {
            if (core::read_file_if_exists(config_.apply.directory + "/last-good")) {
                out.push_back(event(EventKind::host_fault)); // it was removed, or set back
                out.back().because = "what root remembers begins anew here";
            }
            return out;
        }
        if (!kept.fits()) {
            core::log(core::Level::error,
                      folder_ +
                          " is not what root wrote last: nobody is trusted until it is removed");
            return std::nullopt;
        }
        for (const auto line : core::lines(*kept.text)) {
            auto event = policy::trust::event_from_line(line);
            if (!event) {
                core::log(core::Level::error, folder_ + ": " + event.problem().message);
                return std::nullopt;
            }
            out.push_back(std::move(*event));
        }
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
        return std::nullopt;
    }
    return out;
}

/// The head names the old and the new while the new is written, so that a power cut leaves either.
void TrustRecords::write(std::vector<Event>& events) {
    std::string text;
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].index = i;
        text += to_line(events[i]) + "\n";
    }
    const auto old = core::read_file_if_exists(folder_ + "/events", most_bytes);
    const std::string now = core::sha256(text).hex() + "\n";
    core::write_file_durably(folder_ + "/head", (old ? core::sha256(*old).hex() + "\n" : "") + now);
    core::write_file_durably(folder_ + "/events", text);
    core::write_file_durably(folder_ + "/head", now);
}

bool TrustRecords::append(Event event) {
    const auto held = hold(folder_);
    auto all = events();
    if (!all) {
        return false;
    }
    if (all->size() >= most_events) { // a fault that goes takes along all that it made void
        std::erase_if(*all, [&](const Event& one) { return one.at + remembered < event.at; });
    }
    if (event.kind == EventKind::withdrawn) { // whoever asks again and again adds nothing
        std::erase_if(*all, [&](const Event& one) {
            return one.kind == EventKind::withdrawn && one.who == event.who &&
                   one.effect_class == event.effect_class;
        });
        const auto count = std::count_if(all->begin(), all->end(), [](const Event& one) {
            return one.kind == EventKind::withdrawn;
        });
        if (static_cast<std::size_t>(count) >= most_withdrawn) {
            std::erase_if(*all, [](const Event& one) { return one.kind == EventKind::withdrawn; });
            event.who = {};
            event.effect_class.reset();
        }
    }
    all->push_back(std::move(event));
    write(*all);
    return true;
}

} // namespace agentd::applyd
