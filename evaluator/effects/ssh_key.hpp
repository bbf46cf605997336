/// @file
/// What a line of authorized_keys is called (sshd(8)).
#pragma once

#include <string>

namespace agentd::evaluator::effects {

/// `ssh-ed25519 SHA256:… alice@laptop`, its options behind it; the line itself when it is no plain
/// key. Comment and options are anybody's words.
std::string key_name(const std::string& line);

} // namespace agentd::evaluator::effects
