/// @file
/// Asking `agentd-fetch`, and letting in only what hashes as the lock says.
#pragma once

#include "evaluator/lock_maker.hpp"
#include "evaluator/source_giver.hpp"

#include <memory>
#include <string>

namespace agentd::fetching {

/// What comes is a NAR that is hashed while it is written to `nix.settings().scratch`, compared
/// with the lock, and only then given to Nix, which hashes it again; nothing of it is read or run.
/// `nix` has to outlive the giver. Codes as of SourceGiver.
std::unique_ptr<evaluator::SourceGiver> worker_source_giver(const evaluator::Nix& nix,
                                                            std::string socket);

/// @param bytes most that the servers may send
std::unique_ptr<evaluator::LockMaker> worker_lock_maker(std::string socket, std::uint64_t bytes);

/// The one place where it listens, as the unit says.
constexpr const char* worker_socket = "/run/agentd-fetch/fetch.sock";

/// The worker where it listens and we may ask it, our own Nix elsewhere.
std::unique_ptr<evaluator::SourceGiver> source_giver(const evaluator::Nix& nix);
std::unique_ptr<evaluator::LockMaker> lock_maker(const evaluator::Nix& nix);

} // namespace agentd::fetching
