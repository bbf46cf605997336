#include "agentd/applyd/journal.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <vector>

namespace agentd::applyd {

namespace {

using core::Failure;
using core::FailureKind;

constexpr std::array phases{Phase::intent,     Phase::armed,   Phase::activated,
                            Phase::confirming, Phase::healthy, Phase::profile_set};

std::optional<Phase> parse_phase(std::string_view text) {
    for (const Phase phase : phases) {
        if (to_string(phase) == text) {
            return phase;
        }
    }
    return std::nullopt;
}

} // namespace

std::string_view to_string(Phase phase) noexcept {
    switch (phase) {
    case Phase::intent:
        return "intent";
    case Phase::armed:
        return "armed";
    case Phase::activated:
        return "activated";
    case Phase::confirming:
        return "confirming";
    case Phase::healthy:
        return "healthy";
    case Phase::profile_set:
        return "profile_set";
    }
    return "intent";
}

Journal::Journal(std::string directory) : directory_(std::move(directory)) {
    core::make_directories(directory_, 0700);
    core::make_directories(directory_ + "/nonces", 0700);
}

std::optional<core::Fd> Journal::try_lock() const {
    return core::try_lock_file(directory_ + "/lock");
}

std::optional<InFlight> Journal::in_flight() const {
    const std::string path = directory_ + "/in-flight.json";
    const auto text = core::read_file_if_exists(path, 64U << 10);
    if (!text) {
        return std::nullopt;
    }
    const auto json = core::parse_json(*text);
    if (!json) {
        throw Failure(FailureKind::corrupt, "what was in flight cannot be read", path);
    }
    core::ObjectReader reader(*json, "in-flight");
    InFlight in_flight{.proposal = reader.text("proposal"),
                       .intent = reader.text("intent"),
                       .statement_sha256 = reader.text("statement_sha256"),
                       .nonce = reader.text("nonce"),
                       .mode = reader.text("mode"),
                       .from = reader.text("from"),
                       .to = reader.text("to"),
                       .profile = reader.text("profile"),
                       .act = reader.has("act") ? reader.text("act") : ""};
    // An older version may have written it: what came later may be missing.
    in_flight.confirm = reader.has("confirm") ? reader.text("confirm") : "";
    in_flight.residue =
        reader.has("residue") ? reader.texts("residue") : std::vector<std::string>();
    in_flight.boot_id = reader.has("boot_id") ? reader.text("boot_id") : "";
    const auto phase = parse_phase(reader.text("phase"));
    const auto deadline = core::parse_instant(reader.text("deadline"));
    if (!reader.finish() || !phase || !deadline) {
        throw Failure(FailureKind::corrupt, "what was in flight cannot be understood", path);
    }
    in_flight.phase = *phase;
    in_flight.deadline = *deadline;
    return in_flight;
}

bool Journal::unsettled() const noexcept {
    return ::access((directory_ + "/in-flight.json").c_str(), F_OK) == 0;
}

void Journal::write(const InFlight& in_flight) {
    core::write_file_durably(
        directory_ + "/in-flight.json",
        core::canonical({{"proposal", in_flight.proposal},
                         {"intent", in_flight.intent},
                         {"statement_sha256", in_flight.statement_sha256},
                         {"nonce", in_flight.nonce},
                         {"mode", in_flight.mode},
                         {"from", in_flight.from},
                         {"to", in_flight.to},
                         {"profile", in_flight.profile},
                         {"act", in_flight.act},
                         {"confirm", in_flight.confirm},
                         {"residue", in_flight.residue},
                         {"boot_id", in_flight.boot_id},
                         {"phase", to_string(in_flight.phase)},
                         {"deadline", core::format_instant(in_flight.deadline)}}) +
            "\n");
}

void Journal::clear() noexcept {
    try {
        ::unlink((directory_ + "/in-flight.json").c_str());
        ::unlink((directory_ + "/outcome.json").c_str());
        core::sync_directory(directory_);
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

void Journal::write_outcome(const std::string& nonce, const audit::Draft& draft) {
    core::write_file_durably(directory_ + "/outcome.json",
                             core::canonical({{"nonce", nonce}, {"entry", audit::to_json(draft)}}) +
                                 "\n");
}

std::optional<audit::Draft> Journal::outcome(const std::string& nonce) const {
    const std::string path = directory_ + "/outcome.json";
    const auto text = core::read_file_if_exists(path, 1U << 20);
    const auto json = text ? core::parse_json(*text) : core::Result<core::Json>(core::Problem{});
    if (!text) {
        return std::nullopt;
    }
    if (!json || !json->is_object() || !json->contains("entry")) {
        throw Failure(FailureKind::corrupt, "an outcome that waits for the log cannot be read",
                      path);
    }
    if (json->value("nonce", "") != nonce) {
        return std::nullopt; // of an earlier one, which is over
    }
    auto draft = audit::draft_from_json(json->at("entry"));
    if (!draft) {
        throw Failure(FailureKind::corrupt,
                      "an outcome that waits for the log is no entry: " + draft.problem().message,
                      path);
    }
    return std::move(*draft);
}

core::Result<core::Done> Journal::spend(const std::string& nonce, core::Instant expires,
                                        core::Instant now) {
    const core::Problem used{.code = "used", .message = "this statement was used before"};
    if (spent(nonce)) {
        return used;
    }
    if (const auto until = forgotten_until(); until && expires <= *until) {
        return core::Problem{
            .code = "nonces_forgotten",
            .message = "this approval runs out before " + core::format_instant(*until) +
                       ", and which ones that do were used was forgotten: this machine's clock was "
                       "far ahead once",
            .where = forgotten_file(),
            .hint = "set the clock right; when everything that was approved before that has run "
                    "out, remove that file as root (operations.md, \"The clock was wrong\")"};
    }
    const std::string path = directory_ + "/nonces/" + nonce;
    const core::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
        if (errno == EEXIST) {
            return used;
        }
        throw core::system_failure("cannot write down that a statement is used", path, errno);
    }
    core::write_all(fd.get(), core::format_instant(expires), path);
    if (::fsync(fd.get()) != 0) {
        throw core::system_failure("cannot write down that a statement is used", path, errno);
    }
    core::sync_directory(directory_ + "/nonces");
    forget_nonces(now);
    return core::Done{};
}

std::string Journal::forgotten_file() const {
    return directory_ + "/nonces-forgotten-until";
}

/// A clock that was far ahead makes statements run out which are valid again when it is set back:
/// none of them can have been made after the last one that was forgotten ran out.
std::optional<core::Instant> Journal::forgotten_until() const {
    const std::string path = forgotten_file();
    const auto text = core::read_file_if_exists(path, 64);
    if (!text) {
        return std::nullopt;
    }
    const auto until = core::parse_instant(*text);
    if (!until) {
        throw Failure(FailureKind::corrupt, "no instant: " + *text, path);
    }
    return until;
}

void Journal::forget_nonces(core::Instant now) const {
    constexpr auto clocks_err = std::chrono::hours(24 * 7);
    std::vector<std::string> old;
    auto until = forgotten_until().value_or(core::Instant::min());
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(directory_ + "/nonces", error)) {
        const auto text = core::read_file_if_exists(file.path().string(), 64);
        const auto expires = core::parse_instant(text.value_or(""));
        if (expires && *expires + clocks_err < now) {
            old.push_back(file.path().string());
            until = std::max(until, *expires);
        }
    }
    if (old.empty()) {
        return;
    }
    try {
        core::write_file_durably(forgotten_file(), core::format_instant(until));
    } catch (const Failure& failure) { // a full disk: they stay
        core::log(core::Level::warning,
                  std::string("old nonces are not forgotten: ") + failure.what());
        return;
    }
    for (const auto& path : old) {
        ::unlink(path.c_str());
    }
}

bool Journal::spent(const std::string& nonce) const {
    return ::access((directory_ + "/nonces/" + nonce).c_str(), F_OK) == 0;
}

void Journal::give_back(const std::string& nonce) {
    ::unlink((directory_ + "/nonces/" + nonce).c_str());
    core::sync_directory(directory_ + "/nonces");
}

} // namespace agentd::applyd
