#include "agentd/applyd/journal.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/json.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace agentd::applyd {

namespace {

using core::Failure;
using core::FailureKind;

constexpr std::array phases{Phase::intent, Phase::armed, Phase::activated, Phase::healthy,
                            Phase::profile_set};

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
                       .profile = reader.text("profile")};
    const auto phase = parse_phase(reader.text("phase"));
    const auto deadline = core::parse_instant(reader.text("deadline"));
    if (!reader.finish() || !phase || !deadline) {
        throw Failure(FailureKind::corrupt, "what was in flight cannot be understood", path);
    }
    in_flight.phase = *phase;
    in_flight.deadline = *deadline;
    return in_flight;
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
                         {"phase", to_string(in_flight.phase)},
                         {"deadline", core::format_instant(in_flight.deadline)}}) +
            "\n");
}

void Journal::clear() noexcept {
    try {
        ::unlink((directory_ + "/in-flight.json").c_str());
        core::sync_directory(directory_);
    } catch (const std::exception& error) {
        core::log(core::Level::error, error.what());
    }
}

bool Journal::spend(const std::string& nonce) {
    const std::string path = directory_ + "/nonces/" + nonce;
    const core::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
        if (errno == EEXIST) {
            return false;
        }
        throw core::system_failure("cannot write down that a statement is used", path, errno);
    }
    core::sync_directory(directory_ + "/nonces");
    return true;
}

bool Journal::spent(const std::string& nonce) const {
    return ::access((directory_ + "/nonces/" + nonce).c_str(), F_OK) == 0;
}

void Journal::give_back(const std::string& nonce) {
    ::unlink((directory_ + "/nonces/" + nonce).c_str());
    core::sync_directory(directory_ + "/nonces");
}

bool Journal::frozen() const {
    return ::access((directory_ + "/frozen").c_str(), F_OK) == 0;
}

} // namespace agentd::applyd
